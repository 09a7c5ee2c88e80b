package import Foundation

/// The verifications that the exporter itself runs on one target, where the configuration asks for them.
package struct VerificationSettings: Sendable, Equatable {
    /// Which stores are verified.
    package enum StoreSelection: Sendable, Equatable {
        /// All that the server lists when the verification begins.
        case all
        /// Those into which new messages are archived at that time.
        case current
        /// The stores with these ids, in this order; at least one, none twice.
        case ids([String])
    }

    /// How long a verification may take, from a minute to 30 days.
    package static let stopAfterRange = PrometheusDuration.minutes(1)...PrometheusDuration.days(30)
    /// How many logs can be kept for each store.
    package static let keptLogsRange = 1...1000

    /// When verifications begin.
    package var schedule: Schedule
    /// The zone whose clock ``schedule`` goes by; `nil` is this machine's.
    package var timeZone: TimeZone?
    package var stores: StoreSelection
    /// Whether the search indexes are verified too, by servers that let one choose.
    package var includesIndexes: Bool
    /// After which time a verification is cancelled, within ``stopAfterRange``.
    package var stopAfter: PrometheusDuration
    /// Whether all stores are verified by one call, VerifyStores, not one after the other; only with
    /// ``StoreSelection/all``.
    package var together: Bool
    /// How many logs are kept for each store, within ``keptLogsRange``.
    package var keptLogs: Int

    /// Settings with the defaults of the configuration file.
    package init(
        schedule: Schedule, timeZone: TimeZone? = nil, stores: StoreSelection = .all, includesIndexes: Bool = false,
        stopAfter: PrometheusDuration = .hours(12), together: Bool = false, keptLogs: Int = 20
    ) {
        self.schedule = schedule
        self.timeZone = timeZone
        self.stores = stores
        self.includesIndexes = includesIndexes
        self.stopAfter = stopAfter
        self.together = together
        self.keptLogs = keptLogs
    }

    /// The zone that ``schedule`` goes by.
    package var effectiveTimeZone: TimeZone { timeZone ?? .current }
}
