import Configuration
import MailStoreAPI
import OperatingSystem

/// Holds the login of one target, and prevents a wrong password from locking the account.
///
/// Until a login has worked, one call at a time tries it and the others wait. After a 401, calls pause; the pause
/// doubles each time, up to 15 minutes. A password that has changed in the meantime is tried at once.
package actor LoginBackoff: LoginProvider {
    static let firstPause = Duration.seconds(30)
    static let longestPause = Duration.seconds(900)

    private enum State {
        /// Whether the login works is unknown.
        case untried
        /// One call is testing the login.
        case trying(Credentials)
        case works(Credentials)
        case refused(Credentials, until: Duration)
    }

    private var state = State.untried
    /// The pause after the next refusal.
    private var nextPause = firstPause
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private let username: String
    private let readPassword: @Sendable () throws(PasswordError) -> Secret
    private let clock: Clock

    init(
        username: String, clock: Clock,
        readPassword: @escaping @Sendable () throws(PasswordError) -> Secret
    ) {
        self.username = username
        self.clock = clock
        self.readPassword = readPassword
    }

    func credentials(for function: String) async throws(APIError) -> Credentials {
        while true {
            switch state {
            case .works(let credentials):
                return credentials
            case .untried:
                let credentials = try read(for: function)
                state = .trying(credentials)
                return credentials
            case .trying:
                await withCheckedContinuation { waiting.append($0) }
            case .refused(let refused, let until):
                let credentials = try read(for: function)
                guard credentials != refused || clock.uptime() >= until else {
                    throw APIError(
                        .unauthorized, function: function,
                        description: """
                            \(function) was not called: the server refused the login, and it is not tried again before \
                            \(clock.now() + (until - clock.uptime())), so that the account is not locked; a \
                            changed password is tried at once
                            """, wasSent: false)
                }
                state = .trying(credentials)
                return credentials
            }
        }
    }

    func ended(_ credentials: Credentials, with error: APIError?) {
        switch error?.reason {
        case nil, .apiError:
            state = .works(credentials)
            nextPause = Self.firstPause
        case .unauthorized:
            // Calls that were made at the same time are refused together: one refusal, one pause.
            if case .refused(let refused, _) = state, refused == credentials { break }
            // A late refusal of another password does not apply to the one that is in use or being tried.
            if let current, current != credentials { break }
            state = .refused(credentials, until: clock.uptime() + nextPause)
            nextPause = min(nextPause * 2, Self.longestPause)
        default:
            // The reply does not show whether the login works: the next call tests it.
            if case .trying(credentials) = state { state = .untried }
        }
        let resumed = waiting
        waiting = []
        for continuation in resumed { continuation.resume() }
    }

    /// Reads the password again before the next call, on request after a change.
    ///
    /// If the password is the same as before, the pause after a refusal continues.
    func readAgain() {
        if case .works = state { state = .untried }
    }

    /// The login that is in use or being tried.
    private var current: Credentials? {
        switch state {
        case .works(let credentials), .trying(let credentials): credentials
        case .untried, .refused: nil
        }
    }

    private func read(for function: String) throws(APIError) -> Credentials {
        do throws(PasswordError) {
            return Credentials(username: username, password: try readPassword())
        } catch {
            throw APIError(
                .unauthorized, function: function, description: "\(function) was not called: \(error)", wasSent: false)
        }
    }
}
