import Collection
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

/// Which collectors the server offers the functions for, and what will be missing without them.
struct FunctionsCheck: TargetCheck {
    static let name = CheckName.functions
    static let needs = [CheckName.api]

    func run(_ examination: inout Examination) async -> [Finding] {
        guard let offered = examination.offeredFunctions else {
            return [Finding(.skipped, "the server did not say which functions it offers; all will be tried")]
        }
        let wanted = examination.target.allCollectors
        let names = wanted.map { type(of: $0).name.rawValue }.joined(separator: ", ")
        var details: [CheckDetail] = [.text("collectors", names)]
        var unsupported: [String] = []
        for collector in wanted {
            let kind = type(of: collector)
            let missing = kind.functions.map(\.rawValue).filter { !offered.contains($0) }
            guard !missing.isEmpty else { continue }
            unsupported.append(kind.name.rawValue)
            let families = kind.families.map(\.name).joined(separator: ", ")
            details.append(
                .printed(
                    "no_\(kind.name.rawValue)",
                    "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") not offered; "
                        + "there will be no \(families)"))
        }
        guard !unsupported.isEmpty else {
            return [Finding(.ok, "all \(wanted.count) collectors are supported: \(names)", details: details)]
        }
        details.append(.text("unsupported", unsupported.joined(separator: ", ")))
        return [
            Finding(
                .warning,
                "\(wanted.count - unsupported.count) of \(wanted.count) collectors are supported; not supported: "
                    + unsupported.joined(separator: ", "),
                remedy: "Newer versions of MailStore offer more functions. The exporter leaves out what is missing; to "
                    + "silence this, list the others under collectors.", details: details)
        ]
    }
}

extension TargetConfiguration {
    /// The collectors that run for the target; the server's own always does.
    var allCollectors: [any Collector] {
        Collectors.all.filter { type(of: $0).name == .server || collectors.contains(type(of: $0).name) }
    }
}
