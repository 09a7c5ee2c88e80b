import PlainText

/// Reads the section `collection`.
enum CollectionReader {
    /// The shortest interval, so that a typing error does not become a flood.
    static let intervals = PrometheusDuration.seconds(1)...Configuration.longestDuration

    /// - Parameter interval: What a flag sets in the place of `collection.interval`.
    static func read(_ root: MappingReader, interval: PrometheusDuration?) -> CollectionSettings {
        guard let section = root.section("collection", keys: ConfigurationSchema.collection) else {
            return CollectionSettings(baseInterval: interval)
        }
        let defaults = CollectionSettings()
        let timeouts = PrometheusDuration.seconds(1)...PrometheusDuration.hours(1)
        let connectTimeouts = PrometheusDuration(milliseconds: 100)...PrometheusDuration.hours(1)
        let reaches = PrometheusDuration.minutes(1)...Configuration.longestDuration

        let written = section.value("interval", PrometheusDuration.within(intervals))
        let timeout = section.value("timeout", PrometheusDuration.within(timeouts))
        let connectTimeout = section.value("connect_timeout", PrometheusDuration.within(connectTimeouts))
        let lookback = section.value("lookback", PrometheusDuration.within(reaches))
        let overlap = section.value("overlap", PrometheusDuration.within(reaches))
        noteTooLong("connect_timeout", connectTimeout, against: "timeout", timeout, in: section)
        noteTooLong("overlap", overlap, against: "lookback", lookback, in: section)
        return CollectionSettings(
            baseInterval: interval ?? written, intervals: collectorIntervals(section),
            timeout: timeout ?? defaults.timeout,
            connectTimeout: connectTimeout ?? defaults.connectTimeout,
            maximumAge: section.value("max_age", PrometheusDuration.within(intervals)),
            lookback: lookback ?? defaults.lookback, overlap: overlap ?? defaults.overlap,
            maximumConcurrentCalls: section.value("max_concurrent_calls", SimpleValue.number(in: 1...64))
                ?? defaults.maximumConcurrentCalls,
            maximumReplySize: section.value("max_reply_size", ByteSize.init(parsing:))?.bytes
                ?? defaults.maximumReplySize)
    }

    /// Two keys that contradict each other are a mistake only where both were written.
    private static func noteTooLong(
        _ key: String, _ value: PrometheusDuration?, against otherKey: String, _ other: PrometheusDuration?,
        in section: MappingReader
    ) {
        guard let value, let other, value > other else { return }
        section.report(key, "\(value) is longer than \(otherKey) (\(other)); make it shorter, or \(otherKey) longer")
    }

    private static func collectorIntervals(_ collection: MappingReader) -> [CollectorName: PrometheusDuration] {
        let names = CollectorName.allCases.map(\.rawValue)
        guard let section = collection.section("intervals", keys: names) else { return [:] }
        var found: [CollectorName: PrometheusDuration] = [:]
        for name in CollectorName.allCases {
            found[name] = section.value(name.rawValue, PrometheusDuration.within(intervals))
        }
        return found
    }
}
