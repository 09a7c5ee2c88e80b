import Configuration
import MailStoreAPI
import PlainText

/// Whether the password can be read; it is not tried yet.
struct PasswordCheck: TargetCheck {
    static let name = CheckName.password
    static let needs: [CheckName] = []

    func run(_ examination: inout Examination) async -> [Finding] {
        let source = examination.target.password
        let details = [CheckDetail.text("source", source.kind), .text("username", examination.target.username)]
        do throws(PasswordError) {
            _ = try source.read(environment: examination.environment)
        } catch {
            return [Finding(.failed, "the password cannot be read", remedy: error.description, details: details)]
        }
        let user = "the password of \(QuotedText(examination.target.username)) comes from \(source.place)"
        guard let warning = source.warning() else { return [Finding(.ok, user, details: details)] }
        return [Finding(.warning, user, remedy: warning, details: details)]
    }
}

extension PasswordSource {
    fileprivate var kind: String {
        switch self {
        case .file: "file"
        case .environment: "environment"
        case .inline: "configuration"
        }
    }

    fileprivate var place: String {
        switch self {
        case .file(let path): "the file \(QuotedText(path))"
        case .environment(let name): "the environment variable \(name)"
        case .inline: "the configuration itself"
        }
    }
}

/// Whether the login is let in, as an administrator who holds the privilege `api`.
struct LoginCheck: TargetCheck {
    static let name = CheckName.login
    static let needs = [CheckName.api, .password]

    /// Functions without arguments, one of which every server should have.
    private static let harmless: [InformationalFunction] = [
        .getServerInfo, .getLicenseInformation, .getActiveSessions, .getUsers, .getStores, .getJobs,
    ]

    func run(_ examination: inout Examination) async -> [Finding] {
        let user = "\(QuotedText(examination.target.username))"
        guard let function = Self.harmless.first(where: examination.offers) else {
            return [
                Finding(
                    .failed, "the login cannot be tried: the server offers no function that the exporter calls",
                    remedy: "Update MailStore, or check that the URL is the Administration API of a MailStore Server.")
            ]
        }
        do throws(APIError) {
            guard function == .getServerInfo else {
                _ = try await examination.parts.api.invoke(function, as: Anything.self, by: examination.deadline())
                return [Finding(.ok, "\(user) is let in (\(function.rawValue) answered)")]
            }
            let info = try await examination.parts.api.invoke(
                function, as: ServerInfo.self, by: examination.deadline())
            let version = info.version.map { "version \($0)" } ?? "of unknown version"
            let machine = info.machineName.map { " on \($0)" } ?? ""
            return [
                Finding(
                    .ok, "\(user) is let in: MailStore Server \(version)\(machine)",
                    details: [("version", info.version), ("machine_name", info.machineName)]
                        .compactMap { name, value in value.map { .text(name, $0) } })
            ]
        } catch {
            return [finding(for: error, user: user)]
        }
    }

    private func finding(for error: APIError, user: String) -> Finding {
        let details = [CheckDetail.text("reason", error.reason.rawValue), .text("function", error.function)]
        let message =
            switch error.reason {
            case .unauthorized: "the login of \(user) is refused"
            case .forbidden: "\(user) may log in, but not use the API"
            case .apiError: "\(user) is let in, but \(error.function) failed on the server"
            case .timeout: "\(error.function) was not answered in time"
            default: "\(error.function) failed"
            }
        // A failure that the API itself reports shows that the login worked; the collectors will say the rest.
        let status = error.reason == .apiError ? CheckStatus.warning : .failed
        return Finding(status, message, remedy: error.description, details: details)
    }
}

/// A result that nobody wants to know.
private struct Anything: JSONDecodable {
    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.skipValue()
    }
}
