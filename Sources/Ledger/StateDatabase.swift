internal import Glibc
package import Logging
package import OperatingSystem
import SQLite

/// The database in which the ledgers of all targets survive restarts (`docs/state.md`).
///
/// A plain thread writes. It saves everything that waits with one commit, so many targets share one flush of the disk. The
/// database is never trusted more than necessary: one that is damaged, of a newer version or of another program is renamed,
/// not overwritten, and if that happens while the program runs, all ledgers are written again from memory.
package final class StateDatabase: Sendable {
    static let fileName = "state.db"

    /// A ledger as the database holds it, or will hold it when the disk answers.
    package struct Saved: Sendable {
        /// Which version of the ledger it is; `nil` if the database does not hold it yet.
        fileprivate var version: UInt64?
        package fileprivate(set) var ledger: TargetLedger
    }

    private struct Save: Sendable {
        var key: StateKey
        var ledger: TargetLedger
        var version: UInt64
        var saved: Saved?
        var completion: @Sendable (Result<Saved, StateError>) -> Void
    }

    private struct State {
        var file: StateDatabaseFile
        var tables: LedgerTables?
    }

    package let path: String
    let directoryPath: String
    let writer: WorkerThread
    let logger: Logger
    private let directory: StateDirectory?
    private let clock: Clock
    private let state: Locked<State>
    private let waiting = Locked<[Save]>([])
    /// How many jobs the writer had done when it was found stuck: as long as that does not change, nothing waits for it.
    let stuckAfter = Locked<UInt64?>(nil)
    /// Not part of the state, whose lock is held as long as the disk takes.
    private let register = Locked(LedgerRegister())

    /// Opens the database, if there is one.
    ///
    /// - Parameters:
    ///   - directory: The path of the state directory.
    ///   - owner: Restores the directory if somebody removes it while the program runs.
    /// - Throws: ``StateError`` if there is a file that can neither be used nor renamed, since it must not be overwritten.
    package init(
        in directory: String, owner: StateDirectory? = nil, clock: Clock, logger: Logger,
        writer: WorkerThread = .stateFiles
    ) throws(StateError) {
        path = directory + "/" + Self.fileName
        directoryPath = directory
        self.directory = owner
        self.clock = clock
        self.logger = logger
        self.writer = writer
        var file = StateDatabaseFile(path: path)
        // A new database is created by the first save: the disk may be full, or not answer, and counting starts anyway.
        let tables = try file.isNew() ? nil : try Self.open(&file, now: clock.now(), logger: logger)
        state = Locked(State(file: file, tables: tables))
    }

    private static func open(
        _ file: inout StateDatabaseFile, now: Timestamp, logger: Logger
    ) throws(StateError) -> LedgerTables {
        switch try file.open() {
        case .usable(let tables): return tables
        case .empty: throw StateError.closed(file.path)
        case .unusable(let reason, let suffix):
            let aside = try file.putAside(suffix, because: reason, now: now)
            logger.error(
                "the state cannot be used: it was renamed, and counting starts again with the runs of the lookback",
                metadata: ["error": "\(reason)", "kept_as": "\(aside)"])
            guard case .usable(let tables) = try file.open() else {
                throw StateError("a new state database cannot be used: \(file.path); check the disk")
            }
            return tables
        }
    }

    /// Reads a ledger on this thread; `nil` if there is none.
    ///
    /// If its rows are damaged, a copy of the database is kept, the ledger is removed, and counting starts again.
    package func ledger(of key: StateKey) throws(StateError) -> Saved? {
        try state.withLock { (state) throws(StateError) -> Saved? in
            guard let tables = state.tables else {
                guard state.file.isEmpty else { throw StateError.closed(path) }
                return nil
            }
            do {
                guard let ledger = try tables.ledger(of: key) else { return nil }
                return Saved(version: register.withLock { $0.wasRead(key) }, ledger: ledger)
            } catch let error as SQLiteError {
                guard error.kind == .damaged else { throw StateError(error, path) }
                try replace(&state, because: "it is damaged (\(error))", isReading: true)
                return nil
            } catch {
                let reason = (error as? LedgerTables.Damage)?.reason ?? "\(error)"
                guard let aside = state.file.copyAside(tables.connection, now: clock.now()),
                    (try? tables.remove(key)) != nil
                else {
                    try replace(&state, because: "it is damaged (\(reason))", isReading: true)
                    return nil
                }
                register.withLock { $0.wasRemoved(key) }
                logger.error(
                    """
                    the state of a target cannot be used: the database was copied, and counting starts again with the \
                    runs of the lookback
                    """,
                    metadata: ["target": "\(key.target)", "error": "\(reason)", "kept_as": "\(aside)"])
                return nil
            }
        }
    }

    /// Whether the database that is open now holds this version of a ledger.
    func isCurrent(_ saved: Saved, of key: StateKey) -> Bool {
        guard let version = saved.version else { return false }
        return register.withLock { $0.isCurrent(version, of: key) }
    }

    /// The newest ledger, if it is not saved: the disk may hang or be full.
    func unsaved(_ key: StateKey) -> Saved? {
        register.withLock { $0.newestUnsaved(key) }.map { Saved(version: nil, ledger: $0) }
    }

    /// Names the one that saves a ledger from now on: what others want to save later is not written.
    func takeOver(_ key: StateKey) -> UInt64 {
        register.withLock { $0.takeOver(key) }
    }

    /// Keeps a ledger in memory that waits for a disk, so that it is not lost if its holder is replaced.
    func keep(_ ledger: TargetLedger, of key: StateKey, by holder: UInt64) {
        _ = register.withLock { $0.keep(ledger, of: key, by: holder) }
    }

    /// Writes a ledger on the writer's thread, so that it survives a crash of the machine.
    ///
    /// - Parameters:
    ///   - saved: What is in the database; only the difference is written, unless that has changed meanwhile.
    ///   - holder: Who saves it; `nil` if nobody holds it.
    ///   - completion: Called on that thread. After a failure, what was saved before is still intact.
    /// - Returns: Whether it is written; not if another holder has taken over the ledger. Then nothing is called.
    @discardableResult
    package func save(
        _ ledger: TargetLedger, of key: StateKey, over saved: Saved?, by holder: UInt64? = nil,
        _ completion: @escaping @Sendable (Result<Saved, StateError>) -> Void
    ) -> Bool {
        // In one step, so that saves are in the order of their versions.
        let isQueued = waiting.withLock { waiting in
            guard let version = register.withLock({ $0.keep(ledger, of: key, by: holder) }) else { return false }
            waiting.append(Save(key: key, ledger: ledger, version: version, saved: saved, completion: completion))
            return true
        }
        // One job for each save: those that find nothing to do end at once.
        if isQueued { writer.run { self.commit() } }
        return isQueued
    }

    /// Writes a ledger on this thread.
    func saveNow(_ ledger: TargetLedger, of key: StateKey) throws(StateError) -> Saved {
        try saveNow([(key, ledger)])[0]
    }

    /// Writes ledgers on this thread, all of them or none.
    @discardableResult
    package func saveNow(_ ledgers: [(StateKey, TargetLedger)]) throws(StateError) -> [Saved] {
        let saves = ledgers.map { key, ledger in
            Save(key: key, ledger: ledger, version: register.withLock { $0.nextNumber() }, saved: nil) { _ in }
        }
        return try state.withLock { state throws(StateError) in try commit(saves, &state) }
    }

    /// The targets and instances that have a ledger, in order.
    package func keys() throws(StateError) -> [StateKey] {
        if state.withLock({ $0.tables == nil && $0.file.isEmpty }) { return [] }
        return try usingTables { (tables) throws(SQLiteError) in try tables.keys() }
    }

    /// Removes ledgers, all of them or none.
    package func remove(_ keys: [StateKey]) throws(StateError) {
        try usingTables { (tables) throws(SQLiteError) in
            try tables.connection.transaction { () throws(SQLiteError) in
                for key in keys { try tables.remove(key) }
            }
        }
        register.withLock { register in for key in keys { register.wasRemoved(key) } }
    }

    func usingTables<Value>(
        _ body: (LedgerTables) throws(SQLiteError) -> Value
    ) throws(StateError) -> Value {
        try state.withLock { (state) throws(StateError) in
            guard let tables = state.tables else { throw StateError.closed(path) }
            do throws(SQLiteError) {
                return try body(tables)
            } catch {
                throw StateError(error, path)
            }
        }
    }

    /// Merges the log into the database and closes it, when the program ends; a later save would open it again.
    package func close(within limit: Duration) async {
        _ = await writer.result(within: limit) { [state] in state.withLock { $0.tables = nil } }
    }

    /// Commits everything that waits.
    private func commit() {
        let saves = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        guard !saves.isEmpty else { return }
        let results = state.withLock { state in outcomes(of: saves, &state) }
        for (save, result) in zip(saves, results) { save.completion(result) }
    }

    private func outcomes(of saves: [Save], _ state: inout State) -> [Result<Saved, StateError>] {
        do throws(StateError) {
            return try commit(saves, &state).map { .success($0) }
        } catch {
            // One ledger that cannot be written must not keep the others from being saved.
            guard saves.count > 1, error.isOfOneLedger else { return saves.map { _ in .failure(error) } }
            return saves.flatMap { outcomes(of: [$0], &state) }
        }
    }

    private func commit(_ saves: [Save], _ state: inout State) throws(StateError) -> [Saved] {
        directory?.restoreIfMissing()
        if state.tables == nil || !state.file.isInPlace { try replace(&state, because: nil) }
        do throws(SQLiteError) {
            return try write(saves, state.tables)
        } catch {
            guard error.kind == .damaged else { throw StateError(error, path) }
            try replace(&state, because: "it is damaged (\(error))")
        }
        do throws(SQLiteError) {
            return try write(saves, state.tables)
        } catch {
            throw StateError(error, path)
        }
    }

    private func write(
        _ saves: [Save], _ tables: LedgerTables?
    ) throws(SQLiteError) -> [Saved] {
        guard let tables else { return [] }
        try tables.connection.transaction { () throws(SQLiteError) in
            var written: [StateKey: TargetLedger] = [:]
            for save in saves {
                let base = save.saved.flatMap { isCurrent($0, of: save.key) ? $0.ledger : nil }
                try tables.write(save.ledger, of: save.key, over: written[save.key] ?? base)
                written[save.key] = save.ledger
            }
        }
        register.withLock { register in for save in saves { register.wasSaved(save.version, of: save.key) } }
        return saves.map { Saved(version: $0.version, ledger: $0.ledger) }
    }

    /// Opens a new database while the program runs: the ledgers are in memory, and are written again.
    ///
    /// - Parameter isReading: Whether there may be ledgers that have not been read yet, so that they are not in memory.
    private func replace(
        _ state: inout State, because damage: String?, isReading: Bool = false
    ) throws(StateError) {
        let (wasOpen, exists) = (state.tables != nil, state.file.exists)
        state.tables?.connection.mergesLogWhenClosed(false)
        state.tables = nil
        if let damage {
            let aside = try state.file.putAside("corrupt", because: damage, now: clock.now())
            logger.error(
                isReading
                    ? """
                    the state database is damaged: it was renamed; the state of targets that were read before is written \
                    again from memory, and for all others counting starts again with the runs of the lookback
                    """
                    : "the state database is damaged: it was renamed, and the state is written again from memory",
                metadata: ["error": "\(damage)", "kept_as": "\(aside)"])
        } else if !exists, wasOpen {
            logger.error(
                """
                the state database was removed while the exporter runs: it is written again from memory; find out who \
                removes it
                """,
                metadata: ["file": "\(path)"])
        } else if exists, wasOpen {
            let aside = try state.file.putAside("replaced", because: "another file took its place", now: clock.now())
            logger.error(
                """
                the state database was replaced while the exporter runs: the new file was renamed, and the state is \
                written again from memory; stop the exporter before you restore its state
                """,
                metadata: ["kept_as": "\(aside)"])
        }
        // Afterwards it is open, or this is tried again at the next save.
        state.tables = try Self.open(&state.file, now: clock.now(), logger: logger)
        register.withLock { $0.wasReplaced() }
    }
}

/// Why state could not be read or written.
package struct StateError: Error, CustomStringConvertible {
    package var description: String
    /// Whether the failure is that of one ledger, not of the file.
    var isOfOneLedger = false

    package init(_ description: String) {
        self.description = description
    }

    /// A failure of SQLite; its kind decides the remedy.
    init(_ error: SQLiteError, _ path: String) {
        let remedy =
            switch error.kind {
            case .full: "free space on that file system; counting continues in memory"
            case .readOnly, .cannotOpen: "let the exporter's user write to the state directory and its files"
            case .busy: "end the program that holds a lock on it"
            case .damaged: "restart the exporter, which renames it and starts counting again"
            case .inputOutput: "check the disk of the state directory"
            case .statement, .other: "please report this"
            }
        let cause = error.kind == .full ? ENOSPC : error.systemError
        let text = cause == 0 ? "\(error)" : "\(String(cString: strerror(cause))) (\(error))"
        self.init("the state database \(path) cannot be used: \(text); \(remedy)")
        isOfOneLedger = error.kind == .statement
    }

    /// A failed system call; its error number decides the remedy.
    package static func system(_ what: String, _ path: String, _ code: Int32 = errno) -> StateError {
        let remedy =
            switch code {
            case ENOSPC, EDQUOT: "free space on that file system; counting continues in memory"
            case EACCES, EPERM, EROFS: "let the exporter's user write to the state directory"
            case ENOENT: "create the state directory, or name another with --state.directory"
            default: "check the state directory"
            }
        return StateError("\(path) cannot be \(what): \(String(cString: strerror(code))); \(remedy)")
    }

    static func closed(_ path: String) -> StateError {
        StateError("the state database \(path) could not be opened again: see the log")
    }
}
