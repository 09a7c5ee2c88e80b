/// An archive store of the simulated server.
public struct SimulatedStore: Sendable, Equatable {
    /// Above 0; unique among the stores.
    public var id: Int
    /// What people call it.
    public var name: String
    /// `current`, `normal`, `writeProtected` or `disabled`.
    public var requestedState: String
    /// What is wrong with the store; nil where nothing is.
    public var error: String?
    /// Messages held at this moment.
    public var messages: Int
    /// Bytes held at this moment.
    public var bytes: Int
    /// As GetStores tells it; UpgradeStores ends it.
    public var needsUpgrade: Bool
    /// As GetStores tells it; RebuildSelectedStoreIndexes ends it.
    public var searchIndexesNeedRebuild: Bool
    /// Messages as GetStores tells them: those of the last time that the statistics were refreshed.
    public internal(set) var statisticsCount: Int
    /// Bytes as GetStores tells them.
    public internal(set) var statisticsSize: Int
    /// Messages that a verification finds to be damaged.
    public var damagedMessages: Int
    /// Every so many verifications of this store find damage although there is none; nil = never.
    public var failsEveryNthVerification: Int?
    /// How many verifications of this store were begun.
    public internal(set) var verifications = 0

    /// Creates a store whose statistics are fresh.
    public init(
        id: Int,
        name: String,
        requestedState: String = "normal",
        messages: Int = 0,
        bytes: Int = 0,
        error: String? = nil,
        needsUpgrade: Bool = false,
        searchIndexesNeedRebuild: Bool = false,
        damagedMessages: Int = 0,
        failsEveryNthVerification: Int? = nil
    ) {
        self.id = id
        self.name = name
        self.requestedState = requestedState
        self.error = error
        self.messages = messages
        self.bytes = bytes
        self.needsUpgrade = needsUpgrade
        self.searchIndexesNeedRebuild = searchIndexesNeedRebuild
        self.damagedMessages = damagedMessages
        self.failsEveryNthVerification = failsEveryNthVerification
        statisticsCount = messages
        statisticsSize = bytes
    }

    mutating func refreshStatistics() {
        statisticsCount = messages
        statisticsSize = bytes
    }
}
