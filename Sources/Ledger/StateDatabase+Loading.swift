package import OperatingSystem
import SQLite

extension StateDatabase {
    /// The ledger of a target, for a new holder.
    ///
    /// What its last holder has not saved is the newest state, and needs no disk. Otherwise the writer's thread reads, so
    /// that a disk which hangs takes no thread from other tasks.
    ///
    /// The file of a version before the database is taken over once: when its content is in the database, it is renamed,
    /// and whatever is found in such a file later does not count.
    ///
    /// - Returns: `nil` if there is none, so that counting starts now.
    /// - Throws: ``StateError`` if there is state that can neither be used nor renamed, or if the disk does not answer.
    package func load(_ key: StateKey, now: Timestamp) async throws(StateError) -> Saved? {
        if let unsaved = unsaved(key) { return unsaved }
        var result: Result<Saved?, StateError>?
        // Many targets must not wait one after the other.
        if stuckAfter.withLock({ $0 }) != writer.completed {
            result = await writer.result(within: LedgerStore.patience) {
                Result { () throws(StateError) in try self.read(key, now: now) }
            }
        }
        guard let result else {
            stuckAfter.withLock { $0 = writer.completed }
            throw StateError(
                """
                the state database \(path) cannot be read: the disk does not answer; check the disk of the state \
                directory
                """)
        }
        return try result.get()
    }

    /// Reads the ledger on this thread.
    func read(_ key: StateKey, now: Timestamp) throws(StateError) -> Saved? {
        let saved = try ledger(of: key)
        guard key.instance.isEmpty else { return saved }
        let file = LedgerFile(directory: directoryPath, target: key.target)
        if let saved {
            keepAside(file, of: key, now)
            return saved
        }
        switch try file.load(now: now) {
        case .nothing: return nil
        case .ledger(let ledger):
            let saved = try saveNow(ledger, of: key)
            keepAside(file, of: key, now)
            return saved
        case .putAside(let reason, let aside):
            logger.error(
                "the state file cannot be used: it was renamed, and counting starts again with the runs of the lookback",
                metadata: ["target": "\(key.target)", "error": "\(reason)", "kept_as": "\(aside)"])
            return nil
        }
    }

    /// Renames a file whose content is in the database.
    private func keepAside(_ file: LedgerFile, of key: StateKey, _ now: Timestamp) {
        guard file.exists else { return }
        let aside = file.rename("imported", now: now)
        logger.notice(
            "the state is in the database now: the file of the version before is not read any more",
            metadata: ["target": "\(key.target)", "kept_as": "\(aside ?? file.path)"])
    }
}

/// Reads the state in a directory without changing it, beside an exporter that may be running.
package struct SavedState: Sendable {
    package let directory: String
    /// Checked once, because that reads all of the file.
    private let opened = Locked<LedgerTables?>(nil)

    package init(directory: String) {
        self.directory = directory
    }

    /// The ledger of a target; `nil` if there is none.
    ///
    /// - Throws: ``StateError`` if there is state that cannot be read or understood.
    package func ledger(of key: StateKey) throws(StateError) -> TargetLedger? {
        if let ledger = try read({ try $0.ledger(of: key) }) ?? nil { return ledger }
        // An exporter of this version has not run yet.
        return key.instance.isEmpty ? try LedgerFile(directory: directory, target: key.target).look() : nil
    }

    /// All ledgers of the database, in order.
    package func keys() throws(StateError) -> [StateKey] {
        try read { try $0.keys() } ?? []
    }

    private var path: String { directory + "/" + StateDatabase.fileName }

    private func read<Value>(_ body: (LedgerTables) throws -> Value) throws(StateError) -> Value? {
        let wasOpen = opened.withLock { $0 != nil }
        do throws(StateError) {
            return try readOnce(body)
        } catch {
            guard wasOpen else { throw error }
            // An exporter that was started meanwhile writes to a file that was not in use when it was opened.
            opened.withLock { $0 = nil }
            return try readOnce(body)
        }
    }

    private func readOnce<Value>(_ body: (LedgerTables) throws -> Value) throws(StateError) -> Value? {
        try opened.withLock { (opened) throws(StateError) -> Value? in
            if opened == nil { opened = try tables() }
            guard let tables = opened else { return nil }
            do {
                return try body(tables)
            } catch let error as SQLiteError where error.kind != .damaged {
                throw StateError(error, path)
            } catch {
                throw damaged((error as? LedgerTables.Damage)?.reason ?? "\(error)")
            }
        }
    }

    private func tables() throws(StateError) -> LedgerTables? {
        switch try StateDatabaseFile(path: path).look() {
        case .empty: return nil
        case .usable(let tables): return tables
        case .unusable(let reason, let suffix):
            let isNewer = suffix.hasPrefix("version")
            throw StateError(
                "the state database \(path) cannot be used, because \(reason): "
                    + (isNewer
                        ? "use that version"
                        : "start the exporter, which renames it and starts counting again, and try again"))
        }
    }

    private func damaged(_ reason: String) -> StateError {
        StateError(
            "the state database \(path) is damaged (\(reason)): start the exporter, which keeps a copy and starts counting "
                + "again, and try again")
    }
}
