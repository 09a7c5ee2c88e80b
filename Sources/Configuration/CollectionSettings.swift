/// How often, how patiently and how much is collected from every target.
package struct CollectionSettings: Sendable, Equatable {
    /// The deadline of one run of a collector, everything included.
    package var timeout: PrometheusDuration
    /// The deadline for connecting and the TLS handshake; never more than ``timeout``.
    package var connectTimeout: PrometheusDuration
    /// How long values outlive their collector's last success; `nil` is five of its intervals.
    package var maximumAge: PrometheusDuration?
    /// How far back results are read at the first start; once an hour a week of it at most is read again.
    package var lookback: PrometheusDuration
    /// How far each reading of results reaches back beyond the one before; never more than ``lookback``.
    package var overlap: PrometheusDuration
    /// How many calls may be under way to one target at a time, from 1 to 64.
    package var maximumConcurrentCalls: Int
    /// The largest reply that is read, in bytes, from 1 KiB to 1 GiB.
    package var maximumReplySize: Int
    /// The intervals that the configuration sets for single collectors, over those derived from `baseInterval`.
    private let intervals: [CollectorName: PrometheusDuration]

    /// Settings with the defaults of the configuration file.
    ///
    /// - Parameters:
    ///   - baseInterval: The interval of all collectors; those that are slower by nature keep their own where it is
    ///     longer.
    ///   - intervals: The intervals of single collectors, which win over it.
    package init(
        baseInterval: PrometheusDuration? = nil, intervals: [CollectorName: PrometheusDuration] = [:],
        timeout: PrometheusDuration = .seconds(30), connectTimeout: PrometheusDuration = .seconds(10),
        maximumAge: PrometheusDuration? = nil, lookback: PrometheusDuration = .days(35),
        overlap: PrometheusDuration = .hours(1), maximumConcurrentCalls: Int = 4,
        maximumReplySize: Int = 64 << 20
    ) {
        var resolved: [CollectorName: PrometheusDuration] = [:]
        for name in CollectorName.allCases {
            resolved[name] = intervals[name] ?? Self.interval(of: name, base: baseInterval)
        }
        self.intervals = resolved
        self.timeout = timeout
        self.connectTimeout = min(connectTimeout, timeout)
        self.maximumAge = maximumAge
        self.lookback = lookback
        self.overlap = min(overlap, lookback)
        self.maximumConcurrentCalls = maximumConcurrentCalls
        self.maximumReplySize = maximumReplySize
    }

    /// How often a collector runs, at least every second.
    package func interval(for collector: CollectorName) -> PrometheusDuration {
        intervals[collector] ?? collector.defaultInterval
    }

    /// How long a collector's values stay on the page after its last success (`metrics.md`, "How long a value lives").
    ///
    /// It is never less than two of the collector's intervals: values of a collector that works must not vanish between
    /// two of its runs.
    package func maximumAge(for collector: CollectorName) -> PrometheusDuration {
        let interval = interval(for: collector)
        guard let maximumAge else { return interval.multiplied(by: 5) }
        return max(maximumAge, interval.multiplied(by: 2))
    }

    private static func interval(of name: CollectorName, base: PrometheusDuration?) -> PrometheusDuration {
        guard let base else { return name.defaultInterval }
        switch name {
        case .server, .sessions, .jobs, .profiles: return base
        case .stores, .users, .license: return max(name.defaultInterval, base)
        }
    }
}
