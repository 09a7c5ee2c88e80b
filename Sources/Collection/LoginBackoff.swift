import Configuration
import MailStoreAPI
import OperatingSystem

/// Holds the login of one target, and prevents a wrong password from locking the account.
///
/// Until a login has worked, one call at a time tries it and the others wait. After a 401, calls pause; the pause
/// doubles each time, up to 15 minutes. A password that has changed in the meantime is tried at once.
///
/// A server can also refuse a single function. If a login that has worked is refused, the next call of another function
/// tries it: if that one is let in, the refusal concerns the function alone, which then pauses alone.
package actor LoginBackoff: LoginProvider {
    static let firstPause = Duration.seconds(30)
    static let longestPause = Duration.seconds(900)
    /// How long a function that was refused leaves the next try of the login to those that were not.
    static let precedence = Duration.seconds(5)

    private enum State {
        /// Whether the login works is unknown.
        case untried
        /// One call is testing the login.
        case trying(LoginGrant)
        case works(Credentials)
        case refused(Credentials, until: Duration)
    }

    private var state = State.untried
    /// Whether the login was accepted after its last refusal.
    private var isProved = false
    /// The pause after the next refusal of the login.
    private var nextPause = firstPause
    /// The pause that the last refusal would have caused, if another function had not been asked at once.
    private var owedPause = Duration.zero
    /// Why the login was refused last, with the remedy.
    private var reason: String?
    /// The end of the pause on both clocks: all calls that it holds back are explained in the same words.
    private var announced: (end: Duration, time: Timestamp) = (.zero, Timestamp(secondsSince1970: 0))
    /// The login that the refusals concern.
    private var refusedCredentials: Credentials?
    private var refusals = FunctionRefusals()
    /// The functions that were not called during the pause.
    private var turnedAway: Set<String> = []
    /// The number of the newest grant, and of the newest at the last refusal of the login: a call from before it proves
    /// nothing about the login now.
    private var newestGrant = 0
    private var newestGrantAtRefusal = 0
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

    func credentials(for function: String) async throws(APIError) -> LoginGrant {
        while true {
            let end = pauseEnd(of: function)
            if let end {
                let credentials = try read(for: function)
                guard credentials != refusedCredentials else {
                    turnedAway.insert(function)
                    throw notCalled(function, before: end)
                }
            }
            if case .trying = state {
                await withCheckedContinuation { waiting.append($0) }
                continue
            }
            if case .works(let credentials) = state, end == nil { return grant(credentials, to: function) }
            let credentials = try read(for: function)
            if credentials != refusedCredentials { forgetRefusals() }
            let trial = grant(credentials, to: function)
            state = .trying(trial)
            return trial
        }
    }

    func accepted(_ grant: LoginGrant) {
        defer { resumeWaiting() }
        guard isTrial(grant) || grant.number > newestGrantAtRefusal, concernsCurrentLogin(grant) else { return }
        state = .works(grant.credentials)
        isProved = true
        nextPause = Self.firstPause
        owedPause = .zero
        turnedAway = []
        refusals.accepted(grant)
    }

    func failed(_ grant: LoginGrant, with error: APIError) -> APIError {
        defer { resumeWaiting() }
        switch error.reason {
        case .apiError:
            accepted(grant)
            return error
        case .unauthorized where concernsCurrentLogin(grant):
            refused(grant)
            reason = error.description
        case .forbidden where concernsCurrentLogin(grant):
            forbidden(grant)
        default:
            // The reply does not show whether the login works: the next call tests it.
            if isTrial(grant) { state = .untried }
            return error
        }
        return isOwnRefusal(of: grant.function) ? error.concerningFunctionAlone() : error
    }

    /// Reads the password again before the next call, on request after a change.
    ///
    /// If the password is the same as before, the pause after a refusal continues.
    func readAgain() {
        if case .works = state { state = .untried }
    }

    /// Whether the password that can be read now is another one than the one that was refused last.
    var hasNewPassword: Bool {
        guard let password = try? readPassword() else { return false }
        return password != refusedCredentials?.password
    }

    /// Whether the server refuses this function alone: it has let in another one with the same login since.
    func isOwnRefusal(of function: String) -> Bool {
        isProved && refusals.isOwn(function)
    }

    // MARK: - Refusals

    /// A 401.
    private func refused(_ grant: LoginGrant) {
        let now = clock.uptime()
        // Calls of one function that were made at the same time are refused together: one refusal, one pause.
        guard refusals.refused(grant, newestGrant: newestGrant, at: now) else { return }
        refusedCredentials = grant.credentials
        if refusals.isOwn(grant.function) {
            if isTrial(grant) { state = .untried }
        } else if isProved {
            isProved = false
            state = .untried
            newestGrantAtRefusal = newestGrant
            owedPause = takePause()
        } else if case .refused = state {
            // Refused together with the call that began the pause.
        } else {
            // A call from before the last refusal was refused together with it.
            let pause = grant.number <= newestGrantAtRefusal ? .zero : takePause()
            state = .refused(grant.credentials, until: now + owedPause + pause)
            owedPause = .zero
            newestGrantAtRefusal = newestGrant
            refusals.loginWasRefused()
        }
    }

    /// A 403: the password is right, so nothing pauses.
    private func forbidden(_ grant: LoginGrant) {
        if isTrial(grant) { state = .untried }
        refusedCredentials = grant.credentials
        if refusals.forbidden(grant, newestGrant: newestGrant) { isProved = false }
    }

    /// When a function may be called, on the monotonic clock; `nil` if at once.
    private func pauseEnd(of function: String) -> Duration? {
        var end = refusals.pauseEnd(of: function) ?? .zero
        if case .refused(_, let until) = state {
            let yields = refusals.contains(function) && turnedAway.contains { !refusals.contains($0) }
            end = max(end, yields ? until + Self.precedence : until)
        }
        return end > clock.uptime() ? end : nil
    }

    private func notCalled(_ function: String, before end: Duration) -> APIError {
        let wait = end - clock.uptime()
        if isOwnRefusal(of: function) {
            return APIError(
                .unauthorized, function: function,
                description: """
                    \(function) was not called: the server refuses it (401), but accepts the same login for other \
                    functions; it is called again after \(clock.now() + wait)
                    """, wasSent: false
            ).concerningFunctionAlone()
        }
        if announced.end != end { announced = (end, clock.now() + wait) }
        var error = APIError(
            .unauthorized, function: function,
            description: """
                \(reason ?? "the server refused the login (401)"). It is not tried again before \
                \(announced.time), so that the account is not locked; a changed password is tried at once
                """, wasSent: false)
        error.retryAfter = wait
        return error
    }

    private func takePause() -> Duration {
        defer { nextPause = min(nextPause * 2, Self.longestPause) }
        return nextPause
    }

    private func forgetRefusals() {
        refusals = FunctionRefusals()
        owedPause = .zero
        turnedAway = []
    }

    // MARK: - Grants

    private func grant(_ credentials: Credentials, to function: String) -> LoginGrant {
        newestGrant += 1
        return LoginGrant(credentials: credentials, function: function, number: newestGrant)
    }

    private func isTrial(_ grant: LoginGrant) -> Bool {
        if case .trying(let trial) = state { trial.number == grant.number } else { false }
    }

    /// Whether the grant is not one of another password than the one that is in use or being tried.
    private func concernsCurrentLogin(_ grant: LoginGrant) -> Bool {
        switch state {
        case .works(let credentials): credentials == grant.credentials
        case .trying(let trial): trial.credentials == grant.credentials
        case .untried, .refused: true
        }
    }

    private func resumeWaiting() {
        let resumed = waiting
        waiting = []
        for continuation in resumed { continuation.resume() }
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
