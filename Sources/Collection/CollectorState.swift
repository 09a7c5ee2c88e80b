package import MailStoreAPI
package import OperatingSystem

/// The three facts about a collector (supported, success, last success) and what it last found out.
package struct CollectorState: Sendable {
    /// Whether the server offers its functions; `nil` until it is known.
    package var isSupported: Bool?
    /// Whether the last try worked; `nil` before the first.
    package var succeeded: Bool?
    /// How long the last try took.
    package var duration: Duration?
    package var lastSuccess: Timestamp?
    /// The last success by the clock that only goes forward: values age by it.
    private(set) var lastSuccessUptime: Duration?
    /// What is on the page; `nil` where nothing is known or what was known is too old.
    package private(set) var facts: (any CollectedFacts)?
    /// The last failure; `nil` after a success.
    package private(set) var lastError: APIError?

    package mutating func succeeded(with facts: any CollectedFacts, at now: Timestamp, uptime: Duration) {
        succeeded = true
        lastSuccess = now
        lastSuccessUptime = uptime
        self.facts = facts
        lastError = nil
    }

    package mutating func failed(_ error: APIError) {
        succeeded = false
        lastError = error
    }

    /// A collector whose functions the server does not offer has nothing to show, and did not fail.
    mutating func isUnsupported() {
        isSupported = false
        succeeded = nil
        facts = nil
        lastError = nil
    }

    /// When what is on the page becomes too old, by the clock that only goes forward; `nil` where nothing is there.
    func expiry(maximumAge: Duration) -> Duration? {
        facts == nil ? nil : lastSuccessUptime.map { $0 + maximumAge }
    }

    /// Takes what is too old off the page; says whether that changed anything.
    package mutating func expire(at uptime: Duration, maximumAge: Duration) -> Bool {
        guard let expiry = expiry(maximumAge: maximumAge), uptime >= expiry else { return false }
        facts = nil
        return true
    }
}
