/// An archive store of the simulated server.
public struct SimulatedStore: Sendable, Equatable {
    /// The id; above 0 and unique among the stores.
    public var id: Int
    /// The display name.
    public var name: String
    /// `current`, `normal`, `writeProtected` or `disabled` (`docs/api.md`, "Functions").
    public var requestedState: String
    /// The error of a store that cannot be used; nil: none.
    public var error: String?
    /// The folder with its database, its content and its index.
    public var folder: String
    /// The current number of messages in the store.
    public var messages: Int
    /// The current number of bytes in the store.
    public var bytes: Int
    /// The field of GetStores; UpgradeStores resets it.
    public var needsUpgrade: Bool
    /// The field of GetStores; RebuildSelectedStoreIndexes resets it.
    public var searchIndexesNeedRebuild: Bool
    /// Messages in the store when its statistics were last refreshed.
    public internal(set) var statisticsCount: Int
    /// Bytes in the store when its statistics were last refreshed.
    public internal(set) var statisticsSize: Int
    /// Damaged messages that a verification finds.
    public var damagedMessages: Int
    /// Every n-th verification of the store reports damage even if there is none; nil: none does.
    public var failsEveryNthVerification: Int?
    /// The number of verifications started so far.
    public internal(set) var verifications = 0

    /// Creates a store with up-to-date statistics.
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
        failsEveryNthVerification: Int? = nil,
        folder: String? = nil
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
        self.folder = folder ?? #"D:\MailStore\Store\#(id)"#
        statisticsCount = messages
        statisticsSize = bytes
    }

    mutating func refreshStatistics() {
        statisticsCount = messages
        statisticsSize = bytes
    }
}
