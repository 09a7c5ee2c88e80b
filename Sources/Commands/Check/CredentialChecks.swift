import Configuration
import MailStoreAPI
import PlainText

/// Whether the password can be read; it is not used yet.
struct PasswordCheck: TargetCheck {
    static let name = CheckName.password
    static let needs: [CheckName] = []

    func run(_ context: inout CheckContext) async -> [Finding] {
        let source = context.target.password
        let details = [CheckDetail.text("source", source.kind), .text("username", context.target.username)]
        do throws(PasswordError) {
            _ = try source.read(environment: context.environment)
        } catch {
            return [Finding(.failed, "the password cannot be read", remedy: error.description, details: details)]
        }
        let user = "the password of \(QuotedText(context.target.username)) is read from \(source.place)"
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

/// Whether the login succeeds, as an administrator with the login privilege `api`.
struct LoginCheck: TargetCheck {
    static let name = CheckName.login
    static let needs = [CheckName.api, .password]

    /// Functions without arguments, at least one of which every server should offer.
    private static let candidates: [InformationalFunction] = [
        .getServerInfo, .getLicenseInformation, .getActiveSessions, .getUsers, .getStores, .getJobs,
    ]

    func run(_ context: inout CheckContext) async -> [Finding] {
        let user = "\(QuotedText(context.target.username))"
        guard let function = Self.candidates.first(where: context.offers) else {
            return [
                Finding(
                    .failed, "cannot test the login: the server offers none of the functions that the exporter calls",
                    remedy: "Update MailStore, or check that the URL is the Administration API of a MailStore Server.")
            ]
        }
        do throws(APIError) {
            guard function == .getServerInfo else {
                _ = try await context.parts.api.invoke(function, as: Anything.self, by: context.deadline())
                return [Finding(.ok, "login as \(user) succeeded (\(function.rawValue) answered)")]
            }
            let info = try await context.parts.api.invoke(
                function, as: ServerInfo.self, by: context.deadline())
            let version = info.version.map { "version \($0)" } ?? "(unknown version)"
            let machine = info.machineName.map { " on \($0)" } ?? ""
            return [
                Finding(
                    .ok, "login as \(user) succeeded: MailStore Server \(version)\(machine)",
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
            case .unauthorized: "login as \(user) refused"
            case .forbidden: "\(user) can log in, but has no permission to use the API"
            case .apiError: "login as \(user) succeeded, but \(error.function) failed on the server"
            case .timeout: "no reply to \(error.function) in time"
            default: "\(error.function) failed"
            }
        // An error that the API itself reports shows that the login worked; the collectors report the rest.
        let status = error.reason == .apiError ? CheckStatus.warning : .failed
        return Finding(status, message, remedy: error.description, details: details)
    }
}

/// A result that is ignored.
private struct Anything: JSONDecodable {
    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.skipValue()
    }
}
