package import MailStoreAPI
package import OperatingSystem

/// Whether a collector is supported and succeeds, when it last succeeded, and the values it collected then.
package struct CollectorState: Sendable {
    /// Whether the server offers its functions; `nil` until it is known.
    package var isSupported: Bool?
    /// Whether the last run succeeded; `nil` before the first.
    package var succeeded: Bool?
    /// How long the last run took.
    package private(set) var duration: Duration?
    /// When the last run began and ended, on the monotonic clock.
    private(set) var lastStart: Duration?
    private(set) var lastRun: Duration?
    package var lastSuccess: Timestamp?
    /// When the values were collected, on the monotonic clock, which decides when they are stale.
    private(set) var valuesUptime: Duration?
    /// The values of the last run that had any; `nil` if there are none or they are stale.
    package private(set) var values: (any CollectedValues)?
    /// The last failure; `nil` after a success.
    package private(set) var lastError: APIError?
    /// Whether the lists of the last success had more rows than are read.
    private(set) var isCut = false
    /// What the last success had to leave out, for people.
    package private(set) var warnings: [String] = []

    /// Takes over what a run has collected.
    mutating func collected(
        _ values: any CollectedValues, flaws: [ReplyFlaw] = [], at now: Timestamp, uptime: Duration
    ) {
        // Values of which a part is missing are kept, but they are no success.
        succeeded = values.failure == nil
        if succeeded == true { lastSuccess = now }
        valuesUptime = uptime
        self.values = values
        warnings = values.warnings + flaws.map(\.description)
        isCut = flaws.contains { $0.finding.isCut }
        lastError = values.failure
    }

    /// Records a run without values.
    mutating func failed(_ error: APIError) {
        succeeded = false
        lastError = error
    }

    mutating func ended(at uptime: Duration, after duration: Duration? = nil) {
        lastRun = uptime
        lastStart = uptime - (duration ?? .zero)
        if let duration { self.duration = duration }
    }

    /// Records that the collector is not to run for now; its values stay until they are stale.
    mutating func paused() {
        succeeded = nil
        lastError = nil
    }

    /// Records that the collector no longer runs.
    mutating func stalled() {
        succeeded = false
    }

    /// A collector whose functions the server does not offer has no values, and has not failed.
    mutating func becameUnsupported() {
        isSupported = false
        succeeded = nil
        values = nil
        warnings = []
        isCut = false
        lastError = nil
    }

    /// Whether the values are those of the same run.
    func hasSameValues(as other: CollectorState?) -> Bool {
        valuesUptime == other?.valuesUptime && (values == nil) == (other?.values == nil)
    }

    /// When the values become stale, on the monotonic clock; `nil` if there are none.
    func expiry(maximumAge: Duration) -> Duration? {
        values == nil ? nil : valuesUptime.map { $0 + maximumAge }
    }

    /// Drops stale values; returns whether there were any.
    mutating func expire(at uptime: Duration, maximumAge: Duration) -> Bool {
        guard let expiry = expiry(maximumAge: maximumAge), uptime >= expiry else { return false }
        values = nil
        return true
    }
}
