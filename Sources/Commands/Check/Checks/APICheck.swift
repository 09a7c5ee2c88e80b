import Configuration
import MailStoreAPI

/// Whether it is MailStore that answers.
struct APICheck: TargetCheck {
    static let name = CheckName.api
    static let needs = [CheckName.tls]

    func run(_ examination: inout Examination) async -> [Finding] {
        switch examination.metadata {
        case .success(let functions):
            guard functions.contains(where: { $0.name.hasPrefix("Get") }) else {
                return [
                    Finding(
                        .failed, "\(examination.endpoint) answers, but offers no function of MailStore's",
                        remedy: "Check that the URL is the Administration API's; its default port is "
                            + "\(ServerURL.defaultPort).", details: [.number("functions", functions.count)])
                ]
            }
            return [
                Finding(
                    .ok, "it is MailStore: get-metadata lists \(functions.count) functions",
                    details: [.number("functions", functions.count)])
            ]
        case .failure(let error):
            return [finding(for: error)]
        case nil:
            return [Finding(.skipped, "not asked")]
        }
    }

    private func finding(for error: APIError) -> Finding {
        let details = [CheckDetail.text("reason", error.reason.rawValue)]
        if error.reason == .unauthorized || error.reason == .forbidden {
            return Finding(
                .warning, "the list of functions is given to nobody without a login (HTTP \(error.httpStatus ?? 401))",
                remedy: "MailStore Server gives it to everybody, the Service Provider Edition does not; check that the "
                    + "URL is the Administration API of a MailStore Server.", details: details)
        }
        let message =
            switch error.reason {
            case .timeout: "no answer came in time"
            case .badReply, .tooLarge: "what answers does not answer like MailStore"
            case .httpStatus: "the API is not at this address"
            default: "the API does not answer"
            }
        return Finding(.failed, message, remedy: error.description, details: details)
    }
}
