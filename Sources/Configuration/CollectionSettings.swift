import PlainText

/// A collector, identified by its name in the configuration and in the label `collector`.
///
/// A new collector is a case here, and an item of the list of collectors in `Collection`. The cases are in the order in
/// which collectors are listed everywhere.
package enum CollectorName: String, Sendable, CaseIterable, CustomStringConvertible {
    case server
    case license
    case users
    case sessions
    case stores
    case jobs
    case profiles
    case environment
    case instances

    /// The shortest interval that `collection.interval` can set: longer for slow-changing or expensive values.
    var minimumInterval: PrometheusDuration {
        switch self {
        case .license: .hours(1)
        case .users: .minutes(15)
        case .stores: .minutes(5)
        // Up to four calls for each instance.
        case .instances: .minutes(5)
        default: .seconds(0)
        }
    }

    package var description: String { rawValue }

    static func parse(_ text: String) throws(InvalidValue) -> CollectorName {
        if let name = CollectorName(rawValue: text) { return name }
        let names = allCases.map(\.rawValue)
        let near = NearestName.find(text, among: names)
        let remedy = near.map { "did you mean \"\($0)\"?" } ?? "the collectors are \(names.joined(separator: ", "))"
        throw InvalidValue("\(QuotedText(text)) is not a collector; \(remedy)")
    }
}

/// The intervals, time-outs and limits of the collection from every target.
package struct CollectionSettings: Sendable, Equatable {
    /// The time-out of one complete run of a collector.
    package var timeout: PrometheusDuration
    /// The time-out for connecting and the TLS handshake; never more than ``timeout``.
    package var connectTimeout: PrometheusDuration
    /// How long a connection to a server is kept and used again.
    package var connectionMaximumAge: PrometheusDuration
    /// How long values are exported after their collector's last success; `nil` means five of its intervals.
    var maximumAge: PrometheusDuration?
    /// How far back results are read at the first start.
    package var lookback: PrometheusDuration
    /// How far each reading of results overlaps the previous one; never more than ``lookback``.
    package var overlap: PrometheusDuration
    /// How many calls may be in flight to one target at a time, from 1 to 64.
    package var maximumConcurrentCalls: Int
    /// How many calls may be in flight to all targets together, from 1 to 10,000; each counts for a second at most.
    package var maximumConcurrentCallsToAll: Int
    /// The largest reply that is read, in bytes, from 1 KiB to 1 GiB.
    package var maximumReplySize: Int
    private let intervals: [CollectorName: PrometheusDuration]

    /// Settings with the defaults of the configuration file.
    ///
    /// - Parameters:
    ///   - baseInterval: The interval of all collectors, except those whose minimum is longer; a minute by default.
    ///   - intervals: The intervals of single collectors, which override it.
    package init(
        baseInterval: PrometheusDuration? = nil, intervals: [CollectorName: PrometheusDuration] = [:],
        timeout: PrometheusDuration = .seconds(30), connectTimeout: PrometheusDuration = .seconds(10),
        connectionMaximumAge: PrometheusDuration = .minutes(5),
        maximumAge: PrometheusDuration? = nil, lookback: PrometheusDuration = .days(35),
        overlap: PrometheusDuration = .days(1), maximumConcurrentCalls: Int = 4,
        maximumConcurrentCallsToAll: Int = 64, maximumReplySize: Int = 64 << 20
    ) {
        let usual = CollectorName.allCases.map { ($0, max($0.minimumInterval, baseInterval ?? .minutes(1))) }
        self.intervals = intervals.merging(usual) { configured, _ in configured }
        self.timeout = timeout
        self.connectTimeout = min(connectTimeout, timeout)
        self.connectionMaximumAge = connectionMaximumAge
        self.maximumAge = maximumAge
        self.lookback = lookback
        self.overlap = min(overlap, lookback)
        self.maximumConcurrentCalls = maximumConcurrentCalls
        self.maximumConcurrentCallsToAll = maximumConcurrentCallsToAll
        self.maximumReplySize = maximumReplySize
    }

    /// How often a collector runs, at least every second.
    package func interval(for collector: CollectorName) -> PrometheusDuration {
        intervals[collector] ?? .minutes(1)
    }

    /// How long a collector's values stay on the page after its last success (`docs/metrics.md`).
    ///
    /// It is at least two of the collector's intervals, so that values of a working collector do not disappear between
    /// two runs.
    package func maximumAge(for collector: CollectorName) -> PrometheusDuration {
        let interval = interval(for: collector)
        guard let maximumAge else { return interval.multiplied(by: 5) }
        return max(maximumAge, interval.multiplied(by: 2))
    }
}

extension CollectionSettings {
    /// The minimum prevents a typing error from flooding the server.
    static let intervalRange = PrometheusDuration.seconds(1)...Configuration.longestDuration

    /// Reads the section `collection`.
    ///
    /// - Parameter interval: The value of a flag that overrides `collection.interval`.
    init(_ root: MappingReader, interval: PrometheusDuration?) {
        guard let section = root.section("collection", keys: ConfigurationSchema.collection) else {
            self.init(baseInterval: interval)
            return
        }
        func duration(_ key: String, _ range: ClosedRange<PrometheusDuration>) -> PrometheusDuration? {
            section.value(key, PrometheusDuration.within(range))
        }
        /// Two contradicting keys are an error only if both were set.
        func requireOrder(
            _ key: String, _ value: PrometheusDuration?, atMost otherKey: String, _ other: PrometheusDuration?
        ) {
            guard let value, let other, value > other else { return }
            section.report(
                key, "\(value) is longer than \(otherKey) (\(other)); make it shorter, or \(otherKey) longer")
        }
        let defaults = CollectionSettings()
        let reach = PrometheusDuration.minutes(1)...Configuration.longestDuration
        let written = duration("interval", Self.intervalRange)
        let timeout = duration("timeout", .seconds(1) ... .hours(1))
        let connectTimeout = duration("connect_timeout", PrometheusDuration(milliseconds: 100) ... .hours(1))
        let lookback = duration("lookback", reach)
        let overlap = duration("overlap", reach)
        requireOrder("connect_timeout", connectTimeout, atMost: "timeout", timeout)
        requireOrder("overlap", overlap, atMost: "lookback", lookback)
        self.init(
            baseInterval: interval ?? written, intervals: Self.intervals(section),
            timeout: timeout ?? defaults.timeout, connectTimeout: connectTimeout ?? defaults.connectTimeout,
            connectionMaximumAge: duration("connection_max_age", Self.intervalRange) ?? defaults.connectionMaximumAge,
            maximumAge: duration("max_age", Self.intervalRange),
            lookback: lookback ?? defaults.lookback, overlap: overlap ?? defaults.overlap,
            maximumConcurrentCalls: section.value("max_concurrent_calls", SimpleValue.number(in: 1...64))
                ?? defaults.maximumConcurrentCalls,
            maximumConcurrentCallsToAll: section.value(
                "max_concurrent_calls_to_all", SimpleValue.number(in: 1...10_000))
                ?? defaults.maximumConcurrentCallsToAll,
            maximumReplySize: section.value("max_reply_size", ByteSize.init(parsing:))?.bytes
                ?? defaults.maximumReplySize)
    }

    private static func intervals(_ collection: MappingReader) -> [CollectorName: PrometheusDuration] {
        let names = CollectorName.allCases
        guard let section = collection.section("intervals", keys: names.map(\.rawValue)) else { return [:] }
        var found: [CollectorName: PrometheusDuration] = [:]
        for name in names { found[name] = section.value(name.rawValue, PrometheusDuration.within(intervalRange)) }
        return found
    }
}
