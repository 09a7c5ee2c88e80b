import MailStoreAPI
import OperatingSystem

/// The functions that a server refused with one login, and whether each refusal concerns the function alone.
struct FunctionRefusals {
    private struct Refusal {
        /// The newest grant at the time: only a call that got its login later shows whether the login works.
        var newestGrant: Int
        /// Whether the server has let in another function since.
        var isOwn: Bool
        /// When the function may be called again, on the monotonic clock; `nil` if at once.
        var pauseEnd: Duration?
        var nextPause = LoginBackoff.firstPause
    }

    private var refusals: [String: Refusal] = [:]

    func contains(_ function: String) -> Bool { refusals[function] != nil }

    func isOwn(_ function: String) -> Bool { refusals[function]?.isOwn == true }

    func pauseEnd(of function: String) -> Duration? { refusals[function]?.pauseEnd }

    /// The server let in a call: the refusals from before it concern their functions alone.
    mutating func accepted(_ grant: LoginGrant) {
        refusals[grant.function] = nil
        for (function, refusal) in refusals where refusal.newestGrant < grant.number {
            refusals[function]?.isOwn = true
        }
    }

    /// A 401, after which the function pauses; `false` if the call was made before the refusal that is known.
    mutating func refused(_ grant: LoginGrant, newestGrant: Int, at now: Duration) -> Bool {
        let known = refusals[grant.function]
        if let known, grant.number <= known.newestGrant { return false }
        let pause = known?.nextPause ?? LoginBackoff.firstPause
        refusals[grant.function] = Refusal(
            newestGrant: newestGrant, isOwn: known?.isOwn ?? false, pauseEnd: now + pause,
            nextPause: min(pause * 2, LoginBackoff.longestPause))
        return true
    }

    /// A 403; returns whether it is news.
    mutating func forbidden(_ grant: LoginGrant, newestGrant: Int) -> Bool {
        guard refusals[grant.function]?.isOwn != true else { return false }
        refusals[grant.function] = Refusal(newestGrant: newestGrant, isOwn: false)
        return true
    }

    /// The login itself was refused, so nothing is known any more of a single function.
    mutating func loginWasRefused() {
        for function in refusals.keys { refusals[function]?.isOwn = false }
    }
}
