package import Configuration
package import CurlTransport
package import MailStoreAPI
import OperatingSystem

/// One configured server, as a command that a person gives reaches it: each call is sent when it is asked for, and a
/// refused login is reported, not waited for.
package struct TargetConnection: Sendable {
    package let target: TargetConfiguration
    package let settings: CollectionSettings
    package let api: APIClient
    private let engine: CurlEngine

    /// - Parameters:
    ///   - environment: Where a password may stand.
    ///   - observer: Told of every request; for those who want to show more than results.
    package init(
        _ target: TargetConfiguration, settings: CollectionSettings, environment: [String: String],
        observer: any CallObserver = SilentObserver()
    ) {
        self.target = target
        self.settings = settings
        engine = CurlEngine()
        let transport = CurlTransport(
            engine: engine,
            options: CurlOptions(target, settings, userAgent: "mailstore_exporter/\(BuildInformation.version)"))
        api = APIClient(
            transport: transport,
            login: ImmediateLogin(username: target.username, password: target.password, environment: environment),
            limiter: CallLimiter(limit: settings.maximumConcurrentCalls), observer: observer)
    }

    /// The time that a single call has.
    package func deadline() -> Deadline {
        Deadline(after: settings.timeout.duration, clock: .system)
    }

    /// Ends the connection; calls that are under way fail as cancelled.
    package func close() {
        engine.shutdown()
    }
}

/// Reads the password when the first call is made, and tries what it finds.
private struct ImmediateLogin: LoginProvider {
    let username: String
    let password: PasswordSource
    let environment: [String: String]

    func credentials(for function: String) async throws(APIError) -> Credentials {
        do throws(PasswordError) {
            return Credentials(username: username, password: try password.read(environment: environment))
        } catch {
            throw APIError(.unauthorized, function: function, description: "\(error)", wasSent: false)
        }
    }

    func ended(_ credentials: Credentials, with error: APIError?) {}
}

/// Wants to know nothing.
package struct SilentObserver: CallObserver {
    package init() {}
    package func callEnded(_ call: CallRecord) {}
    package func callFailed(_ error: APIError) {}
}
