package import MailStoreAPI
import OperatingSystem

/// What the calls on one instance have shown, each part until it is stale.
package struct InstanceFacts: Sendable {
    /// A value, and when it was read on the monotonic clock.
    struct Aged<Value: Sendable>: Sendable {
        var value: Value
        var uptime: Duration
    }

    private var access: Aged<Bool>?
    private var archiving: Aged<Bool>?
    private var sizes: Aged<InstanceStatistics>?
    private var live = LiveCounters()
    private var liveUptime: Duration?
    /// Whether all calls of the last try succeeded; `nil` if none was made.
    private(set) var isUp: Bool?
    /// Why the last try did not succeed, for people; `nil` if it did.
    private(set) var failure: String?
    /// Whether the instance answered at its last try, if not always as it should.
    private(set) var answers = false
    /// When all these calls last succeeded.
    private(set) var lastCollection: Timestamp?
    /// When the instance was last tried, on the monotonic clock.
    private(set) var lastTry: Duration?

    /// Whether service provider access is on; `nil` if that is not known.
    package var providerAccess: Bool? { access?.value }
    /// Whether its profiles can archive; `nil` if that is not known.
    package var canArchive: Bool? { archiving?.value }
    package var statistics: InstanceStatistics? { sizes?.value }
    package var process: ProcessStatistics? { live.shown }

    package init() {}

    /// What one try has found out.
    struct Reading: Sendable {
        var providerAccess: Bool?
        var canArchive: Bool?
        var statistics: InstanceStatistics?
        var process: ProcessStatistics?
        /// The first failure.
        var failure: APIError?
        /// The functions that the instance refused because service provider access is off.
        var refused: Set<InformationalFunction> = []
    }

    /// Takes over what a try has found out; what it has not keeps its age.
    mutating func take(_ reading: Reading, of instance: Instance, at now: Timestamp, uptime: Duration) {
        lastTry = uptime
        answers = reading.failure?.endsReading != true
        if let value = reading.providerAccess { access = Aged(value: value, uptime: uptime) }
        if let value = reading.canArchive { archiving = Aged(value: value, uptime: uptime) }
        if let value = reading.statistics { sizes = Aged(value: value, uptime: uptime) }
        failure = reading.failure?.description
        if let process = reading.process {
            if let contradiction = live.take(process, processID: instance.processID, at: uptime) {
                failure = failure ?? "its live statistics were ignored: \(contradiction)"
            } else {
                liveUptime = uptime
            }
        }
        isUp = failure == nil
        if failure == nil { lastCollection = now }
    }

    /// The instance has no process, so nothing is called.
    mutating func stop() {
        (isUp, failure, archiving, answers) = (nil, nil, nil, false)
        live.hide()
    }

    /// Drops what is older than the age allows; returns whether there was any.
    mutating func expire(at uptime: Duration, maximumAge: Duration) -> Bool {
        func isStale(_ time: Duration?) -> Bool { time.map { uptime - $0 >= maximumAge } ?? false }
        let isChanged = isStale(oldest)
        if isStale(access?.uptime) { access = nil }
        if isStale(archiving?.uptime) { archiving = nil }
        if isStale(sizes?.uptime) { sizes = nil }
        if isStale(liveUptime) {
            live.hide()
            liveUptime = nil
        }
        return isChanged
    }

    /// When the first of the values is too old; `nil` if there is none.
    func expiry(maximumAge: Duration) -> Duration? { oldest.map { $0 + maximumAge } }

    private var oldest: Duration? {
        [access?.uptime, archiving?.uptime, sizes?.uptime, liveUptime].compactMap(\.self).min()
    }
}
