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
    private static let candidates: [Edition: [InformationalFunction]] = [
        .server: [.getServerInfo, .getLicenseInformation, .getActiveSessions, .getUsers, .getStores, .getJobs],
        .serviceProvider: [.getEnvironmentInfo, .getServiceStatus],
    ]

    func run(_ context: inout CheckContext) async -> [Finding] {
        let user = "\(QuotedText(context.target.username))"
        let needsList =
            context.asksForLogin && (context.target.edition == .serviceProvider || context.isOnManagementPort)
        if needsList, let finding = await readList(&context, user: user) { return [finding] }
        guard let function = Self.candidates[context.edition]?.first(where: context.offers) else {
            return [
                Finding(
                    .failed, "cannot test the login: the server offers none of the functions that the exporter calls",
                    remedy:
                        "Update MailStore, or check that the URL is that of MailStore's Administration or Management "
                        + "API.")
            ]
        }
        do throws(APIError) {
            return [try await logIn(function, user: user, context)]
        } catch {
            // A server on another port, which the Service Provider Edition may have, does not know the function.
            if context.asksForLogin, ![.unauthorized, .forbidden].contains(error.reason),
                await readList(&context, user: user) == nil, context.edition == .serviceProvider
            {
                return await run(&context)
            }
            if let contradiction = context.contradiction { return [contradiction] }
            return [finding(for: error, user: user)]
        }
    }

    /// Reads the list of functions with the login; returns why the check ends with that.
    private func readList(_ context: inout CheckContext, user: String) async -> Finding? {
        do throws(APIError) {
            context.metadata = .success(try await context.parts.api.metadata(by: context.deadline()))
        } catch {
            return finding(for: error, user: user)
        }
        return context.contradiction
    }

    private func logIn(
        _ function: InformationalFunction, user: String, _ context: CheckContext
    ) async throws(APIError) -> Finding {
        let (api, deadline) = (context.parts.api, context.deadline())
        switch function {
        case .getServerInfo:
            let info = try await api.invoke(function, as: ServerInfo.self, by: deadline)
            return Self.success(user, "Server", info.version, info.machineName)
        case .getEnvironmentInfo:
            let info = try await api.invoke(function, as: EnvironmentInfo.self, by: deadline)
            return Self.success(user, "Service Provider Edition", info.version, info.serverName)
        default:
            _ = try await api.invoke(function, as: Anything.self, by: deadline)
            return Finding(.ok, "login as \(user) succeeded (\(function.rawValue) answered)")
        }
    }

    private static func success(_ user: String, _ edition: String, _ version: String?, _ machine: String?) -> Finding {
        Finding(
            .ok,
            "login as \(user) succeeded: MailStore \(edition) \(version.map { "version \($0)" } ?? "(unknown version)")"
                + (machine.map { " on \($0)" } ?? ""),
            details: [("version", version), ("machine_name", machine)]
                .compactMap { name, value in value.map { .text(name, $0) } })
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
