import OperatingSystem

/// What is known of the ledgers in the database without reading it: its lock is never held while a disk works.
///
/// When the settings of a target are reloaded while its disk hangs, two stores hold the same ledger for a moment. The new
/// one continues with what the old one has not saved yet, and what the old one has queued is written before. From then
/// on only the new one saves.
struct LedgerRegister: Sendable {
    private var lastNumber: UInt64 = 0
    /// The number of the save that wrote what the database holds of a ledger.
    private var versions: [StateKey: UInt64] = [:]
    /// The ledgers that are newer than what the database holds.
    private var unsaved: [StateKey: (number: UInt64, ledger: TargetLedger)] = [:]
    /// Who saves a ledger.
    private var holders: [StateKey: UInt64] = [:]

    /// Identifies a version of a ledger, or a holder; no two are equal, whatever database they are in.
    mutating func nextNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    /// Names the one that saves a ledger from now on.
    mutating func takeOver(_ key: StateKey) -> UInt64 {
        let holder = nextNumber()
        holders[key] = holder
        return holder
    }

    /// Keeps a ledger in memory until it is saved.
    ///
    /// - Returns: The number of this version; `nil` if another holder has taken over the ledger.
    mutating func keep(_ ledger: TargetLedger, of key: StateKey, by holder: UInt64?) -> UInt64? {
        guard holder == nil || holder == holders[key] else { return nil }
        let number = nextNumber()
        unsaved[key] = (number, ledger)
        return number
    }

    /// The newest ledger, if it is not saved.
    func newestUnsaved(_ key: StateKey) -> TargetLedger? { unsaved[key]?.ledger }

    /// Records that the database holds this version.
    mutating func wasSaved(_ number: UInt64, of key: StateKey) {
        versions[key] = number
        if unsaved[key]?.number == number { unsaved[key] = nil }
    }

    /// The version that was read.
    mutating func wasRead(_ key: StateKey) -> UInt64 {
        if let version = versions[key] { return version }
        let version = nextNumber()
        versions[key] = version
        return version
    }

    /// Whether the database holds this version, and nothing that another holder has written over it.
    func isCurrent(_ version: UInt64, of key: StateKey) -> Bool { versions[key] == version }

    mutating func wasRemoved(_ key: StateKey) { versions[key] = nil }

    /// Records that another database has taken the place of the one that held these versions.
    mutating func wasReplaced() { versions = [:] }
}
