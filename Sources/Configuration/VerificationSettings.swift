package import Foundation
import PlainText

/// The verifications that the exporter itself runs on one target, if configured.
package struct VerificationSettings: Sendable, Equatable {
    /// The stores to verify.
    package enum StoreSelection: Sendable, Equatable {
        /// All stores that the server lists when the verification begins.
        case all
        /// The stores into which new messages are archived at that time.
        case current
        /// The stores with these ids, in this order; at least one, none twice.
        case ids([String])
    }

    /// When verifications begin.
    package var schedule: Schedule
    /// The time zone of ``schedule``; `nil` means this machine's zone.
    var timeZone: TimeZone?
    package var stores: StoreSelection
    /// Whether the search indexes are verified too, on servers with that option.
    package var includesIndexes: Bool
    /// The time after which a verification is cancelled, from a minute to 30 days.
    package var stopAfter: PrometheusDuration
    /// Whether one call, VerifyStores, verifies all stores, instead of one call for each store; only with
    /// ``StoreSelection/all``.
    package var together: Bool
    /// How many logs are kept for each store, from 1 to 1000.
    package var keptLogs: Int
    /// How many verifications run at a time on one host of a Service Provider Edition, from 1 to 64.
    package var atATimeOnHost: Int

    /// Settings with the defaults of the configuration file.
    package init(
        schedule: Schedule, timeZone: TimeZone? = nil, stores: StoreSelection = .all, includesIndexes: Bool = false,
        stopAfter: PrometheusDuration = .hours(12), together: Bool = false, keptLogs: Int = 20,
        atATimeOnHost: Int = 1
    ) {
        self.schedule = schedule
        self.timeZone = timeZone
        self.stores = stores
        self.includesIndexes = includesIndexes
        self.stopAfter = stopAfter
        self.together = together
        self.keptLogs = keptLogs
        self.atATimeOnHost = atATimeOnHost
    }

    /// The time zone in which ``schedule`` is evaluated.
    package var effectiveTimeZone: TimeZone { timeZone ?? .current }
}

extension VerificationSettings {
    /// Reads the section `verification` of a target; `nil` if it is absent, or its schedule is missing or invalid.
    init?(_ target: MappingReader) {
        guard let section = target.section("verification", keys: ConfigurationSchema.verification) else { return nil }
        section.requires("schedule", example: "schedule: \"Sun 02:00\"")
        // All keys are read before the first return, so that all mistakes are found.
        let schedule = section.value("schedule", Schedule.init(parsing:))
        let timeZone = section.value("time_zone", TimeZone.configured)
        let stores = section.has("stores") ? StoreSelection(section) : .all
        let includesIndexes = section.value("include_indexes", SimpleValue.flag)
        let stopAfter = section.value("stop_after", PrometheusDuration.within(.minutes(1) ... .days(30)))
        let together = section.value("together", SimpleValue.flag)
        let keptLogs = section.value("keep_logs", SimpleValue.number(in: 1...1000))
        let atATimeOnHost = section.value("max_concurrent_per_host", SimpleValue.number(in: 1...64))
        if together == true, let stores, stores != .all {
            section.report("together", "verifies all stores at once, so it needs stores: all; remove one or the other")
        }
        guard let schedule, let stores else { return nil }
        let defaults = VerificationSettings(schedule: schedule)
        self.init(
            schedule: schedule, timeZone: timeZone, stores: stores,
            includesIndexes: includesIndexes ?? defaults.includesIndexes, stopAfter: stopAfter ?? defaults.stopAfter,
            together: together ?? defaults.together, keptLogs: keptLogs ?? defaults.keptLogs,
            atATimeOnHost: atATimeOnHost ?? defaults.atATimeOnHost)
    }
}

extension VerificationSettings.StoreSelection {
    fileprivate init?(_ section: MappingReader) {
        switch section.content("stores") {
        case .text("all"): self = .all
        case .text("current"): self = .current
        case .text(let text):
            let near = NearestName.find(text, among: ["all", "current"])
            let remedy = near.map { "did you mean \($0)?" } ?? "write all, current, or a list of ids such as [11, 12]"
            section.report("stores", "\(QuotedText(text)) is not a selection of stores; \(remedy)")
            return nil
        case .list, .mapping, .nothing, nil:
            guard let ids = section.values("stores", of: "the id of a store", SimpleValue.line) else { return nil }
            self = .ids(ids)
        }
    }
}
