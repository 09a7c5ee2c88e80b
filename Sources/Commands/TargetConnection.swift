package import Configuration
import CurlTransport
import MailStoreAPI
import OperatingSystem
import PlainText

/// The connection of a command to one configured server.
///
/// Each call is sent at once, and a refused login is reported, not retried later.
package struct TargetConnection: Sendable {
    let settings: CollectionSettings
    let api: APIClient
    private let engine: CurlEngine
    private let recorder: CallRecorder

    /// - Parameter environment: The environment, which may contain the password.
    package init(_ target: TargetConfiguration, settings: CollectionSettings, environment: [String: String]) {
        self.init(target, settings: settings, environment: environment, recorder: CallRecorder())
    }

    init(
        _ target: TargetConfiguration, settings: CollectionSettings, environment: [String: String],
        recorder: CallRecorder
    ) {
        self.settings = settings
        self.recorder = recorder
        engine = CurlEngine()
        api = APIClient(
            transport: CurlTransport(engine: engine, options: CurlOptions(target, settings, environment: environment)),
            login: ImmediateLogin(username: target.username, password: target.password, environment: environment),
            limiter: CallLimiter(limit: settings.maximumConcurrentCalls), observer: recorder)
    }

    /// The deadline of a call that starts now.
    func deadline() -> Deadline {
        Deadline(after: settings.timeout.duration, clock: .system)
    }

    /// The record of the last request.
    var lastCall: CallRecord? { recorder.last }

    /// The functions that the server offers.
    func functions() async throws(CommandError) -> [FunctionMetadata] {
        do throws(APIError) {
            return try await api.metadata(by: deadline())
        } catch {
            throw CommandError(error)
        }
    }

    /// Closes the connection; calls in flight fail as cancelled.
    package func close() {
        engine.shutdown()
    }
}

/// Reads the password when the first call is made, and uses it without back-off.
private struct ImmediateLogin: LoginProvider {
    let username: String
    let password: PasswordSource
    let environment: [String: String]

    func credentials(for function: String) async throws(APIError) -> LoginGrant {
        do throws(PasswordError) {
            let credentials = Credentials(username: username, password: try password.read(environment: environment))
            return LoginGrant(credentials: credentials, function: function)
        } catch {
            throw APIError(.unauthorized, function: function, description: "\(error)", wasSent: false)
        }
    }

    func accepted(_ grant: LoginGrant) {}

    func failed(_ grant: LoginGrant, with error: APIError) -> APIError { error }
}

/// Stores the record of the last request.
final class CallRecorder: CallObserver {
    private let record = Locked<CallRecord?>(nil)
    private let onCall: @Sendable (CallRecord) -> Void

    /// - Parameter onCall: Also receives the record of every request.
    init(onCall: @escaping @Sendable (CallRecord) -> Void = { _ in }) {
        self.onCall = onCall
    }

    var last: CallRecord? { record.withLock { $0 } }

    func callEnded(_ call: CallRecord) {
        record.withLock { $0 = call }
        onCall(call)
    }

    func callFailed(_ error: APIError) {}

    func resultRead(_ oddities: ReplyOddities, of function: String) {}
}

extension CurlOptions {
    /// The default connection to a target.
    init(_ target: TargetConfiguration, _ settings: CollectionSettings, environment: [String: String]) {
        self.init(
            target, settings, environment: environment, userAgent: "mailstore_exporter/\(BuildInformation.version)")
    }
}

extension Configuration {
    /// The server that a command uses.
    ///
    /// - Parameter name: The value of `--target`; may be `nil` if there is only one target.
    /// - Throws: ``CommandError`` that lists the configured names.
    package func target(named name: String?) throws(CommandError) -> TargetConfiguration {
        let names = targets.map(\.name).joined(separator: ", ")
        if let name {
            if let target = targets.first(where: { $0.name == name }) { return target }
            let nearest = NearestName.find(name, among: targets.map(\.name)).map { "; did you mean \($0)?" } ?? ""
            throw CommandError(
                .configuration, "--target: there is no target \(QuotedText(name)); configured: \(names)\(nearest)")
        }
        guard !targets.isEmpty else {
            throw CommandError(.configuration, "the configuration has no target: its target files have none")
        }
        guard targets.count == 1 else {
            throw CommandError(
                .configuration, "the configuration has several targets; choose one with --target: \(names)")
        }
        return targets[0]
    }
}
