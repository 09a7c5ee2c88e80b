import OperatingSystem
import SQLite

/// Writes what has changed of a ledger.
extension LedgerTables {
    /// Writes a ledger over what is saved of it.
    ///
    /// - Parameter saved: What the tables hold; `nil` if that is not known.
    func write(_ ledger: TargetLedger, of key: StateKey, over saved: TargetLedger?) throws(SQLiteError) {
        let target = try number(of: key)
        if saved == nil { try removeItems(of: target) }
        if ledger.server != saved?.server || ledger.ownVerifications != saved?.ownVerifications {
            let own = ledger.ownVerifications == VerificationQueue() ? nil : SavedJSON.encode(ledger.ownVerifications)
            let values = [.text(key.target), .text(key.instance), SQLiteValue(ledger.server), SQLiteValue(own)]
            try updateTarget.run(values.withChecksum + [.integer(target)])
        }
        try write(ledger.jobs, .job, of: target, over: saved?.jobs)
        try write(ledger.profiles, .profile, of: target, over: saved?.profiles)
        try write(ledger.verifications, of: target, over: saved?.verifications)
    }

    /// Removes a ledger.
    func remove(_ key: StateKey) throws(SQLiteError) {
        guard let target = try existingNumber(of: key) else { return }
        try removeItems(of: target)
        try removeTarget.run(.integer(target))
    }

    private func removeItems(of target: Int64) throws(SQLiteError) {
        try removeRuns.run(.integer(target))
        try removeAllItems.run(.integer(target))
        try removeLedgers.run(.integer(target))
    }

    private func number(of key: StateKey) throws(SQLiteError) -> Int64 {
        if let number = try existingNumber(of: key) { return number }
        try insertTarget.run(.text(key.target), .text(key.instance))
        return connection.lastInsertedRow
    }

    // MARK: - Jobs and profiles

    private func write(
        _ ledger: OutcomeLedger, _ kind: SavedItemKind, of target: Int64, over old: OutcomeLedger?
    ) throws(SQLiteError) {
        if ledger.header != old?.header || ledger.entries.count != old?.entries.count {
            try write(ledger.header, kind, of: target, items: ledger.entries.count)
        }
        let old = old?.entries ?? [:]
        // The same storage, usually: then this takes no time.
        guard ledger.entries != old else { return }
        for (id, entry) in ledger.entries where entry != old[id] {
            let item = try write(id, entry, kind, of: target)
            try write(entry.history, of: item, over: old[id]?.history)
        }
        for id in old.keys where ledger.entries[id] == nil { try removeItem(id, kind, of: target) }
    }

    private func write(
        _ header: OutcomeLedger.Header, _ kind: SavedItemKind, of target: Int64, items: Int
    ) throws(SQLiteError) {
        let plan = header.plan
        let values: [SQLiteValue] = [
            .integer(target), .text(kind.rawValue), SQLiteValue(plan.watermark), SQLiteValue(plan.lastDeepReading),
            SQLiteValue(plan.lastLongReading), SQLiteValue(plan.deepReading?.began),
            SQLiteValue(plan.deepReading?.start), SQLiteValue(plan.deepReading?.reached),
            SQLiteValue(plan.deepReading?.isLong), SQLiteValue(plan.horizon), SQLiteValue(plan.beginning),
            SQLiteValue(plan.firstReading), SQLiteValue(plan.newestRun),
            SQLiteValue(
                plan.unreadableMinutes.isEmpty ? nil : SavedJSON.encode(plan.unreadableMinutes.sorted())),
            SQLiteValue(header.words.isEmpty ? nil : SavedJSON.encode(header.words)),
            SQLiteValue(header.settledIDs.map { SavedJSON.encode($0) }), SQLiteValue(header.forgottenUntil), .null,
            .integer(Int64(items)),
        ]
        try upsertLedger.run(values.withChecksum)
    }

    private func write(
        _ id: String, _ entry: OutcomeLedger.Entry, _ kind: SavedItemKind, of target: Int64
    ) throws(SQLiteError) -> Int64 {
        let history = entry.history
        return try upsert([
            .integer(target), .text(kind.rawValue), .text(id), SQLiteValue(entry.name), SQLiteValue(entry.action),
            SQLiteValue(entry.kind), .null, SQLiteValue(entry.expectedInterval), SQLiteValue(entry.isListed),
            SQLiteValue(entry.wasListed), .null, .null, SQLiteValue(entry.goneSince), SQLiteValue(entry.missingSince),
            SQLiteValue(entry.countedUntil), SQLiteValue(entry.former.map { SavedJSON.encode($0) }),
            .text(SavedJSON.text(of: history.totals)), .integer(history.itemsArchived),
            SQLiteValue(history.settled.lastSuccess), SQLiteValue(history.settled.lastFailure),
            SQLiteValue(history.settled.lastNonzeroRun), .integer(Int64(history.settled.consecutiveFailures)),
            SQLiteValue(history.highestSettledID), .null, SQLiteValue(history.past?.text),
            .integer(Int64(history.rowCount)),
        ])
    }

    // MARK: - Stores

    private func write(
        _ ledger: VerificationLedger, of target: Int64, over old: VerificationLedger?
    ) throws(SQLiteError) {
        let words = ledger.vocabulary.invented
        if words != old?.vocabulary.invented || ledger.wasListed != old?.wasListed
            || ledger.stores.count != old?.stores.count
        {
            let values: [SQLiteValue] = [
                .integer(target), .text(SavedItemKind.store.rawValue), .null, .null, .null, .null, .null, .null, .null,
                .null, .null, .null, .null, .null, SQLiteValue(words.isEmpty ? nil : SavedJSON.encode(words)), .null,
                .null, SQLiteValue(ledger.wasListed), .integer(Int64(ledger.stores.count)),
            ]
            try upsertLedger.run(values.withChecksum)
        }
        let old = old?.stores ?? [:]
        guard ledger.stores != old else { return }
        for (id, store) in ledger.stores where store != old[id] {
            let item = try write(id, store, of: target)
            try write(store.history, of: item, over: old[id]?.history)
        }
        for id in old.keys where ledger.stores[id] == nil { try removeItem(id, .store, of: target) }
    }

    private func write(
        _ id: String, _ store: VerificationLedger.StoreRecord, of target: Int64
    ) throws(SQLiteError) -> Int64 {
        let history = store.history
        return try upsert([
            .integer(target), .text(SavedItemKind.store.rawValue), .text(id), SQLiteValue(store.name), .null, .null,
            SQLiteValue(store.place), .null, .null, .null, SQLiteValue(store.isCurrent),
            SQLiteValue(store.firstSeen), SQLiteValue(store.goneSince), SQLiteValue(store.missingSince), .null, .null,
            .text(SavedJSON.text(of: store.totals)), .integer(history.itemsArchived),
            SQLiteValue(history.settled.lastSuccess), SQLiteValue(history.settled.lastFailure),
            SQLiteValue(history.settled.lastNonzeroRun), .integer(Int64(history.settled.consecutiveFailures)),
            SQLiteValue(history.highestSettledID), SQLiteValue(store.lastLog.map { SavedJSON.encode($0) }),
            SQLiteValue(history.past?.text), .integer(Int64(history.rowCount)),
        ])
    }

    // MARK: - Items and runs

    private func upsert(_ values: [SQLiteValue]) throws(SQLiteError) -> Int64 {
        var number: Int64?
        try upsertItem.forEach(values.withChecksum) { row in number = row.integer() }
        // The statement returns one row.
        return number ?? 0
    }

    private func removeItem(_ id: String, _ kind: SavedItemKind, of target: Int64) throws(SQLiteError) {
        try removeRunsOfItem.run(.integer(target), .text(kind.rawValue), .text(id))
        try removeOneItem.run(.integer(target), .text(kind.rawValue), .text(id))
    }

    private func write(
        _ history: OutcomeHistory, of item: Int64, over old: OutcomeHistory?
    ) throws(SQLiteError) {
        let none = RunTable()
        try write(history.recent, .counted, of: item, over: old?.recent ?? none)
        try write(history.former ?? none, .former, of: item, over: old?.former ?? none)
        func newest(_ history: OutcomeHistory?) -> RunTable {
            RunTable(history?.settled.lastRun.map { ["": $0] } ?? [:])
        }
        try write(newest(history), .settled, of: item, over: newest(old))
    }

    private func write(
        _ runs: RunTable, _ role: RunRole, of item: Int64, over old: RunTable
    ) throws(SQLiteError) {
        guard runs != old else { return }
        for (key, run) in runs.elements where run != old[key] {
            let values: [SQLiteValue] = [
                .integer(item), .integer(role.rawValue), .text(key), SQLiteValue(run.id == key ? nil : run.id),
                SQLiteValue(run.start), SQLiteValue(run.completion), .text(run.result), SQLiteValue(run.itemsArchived),
                SQLiteValue(run.verifies), SQLiteValue(run.flags), SQLiteValue(run.recordedStart),
                SQLiteValue(run.place),
            ]
            try upsertRun.run(values.withChecksum)
        }
        for (key, _) in old.elements where runs[key] == nil {
            try removeRun.run(.integer(item), .integer(role.rawValue), .text(key))
        }
    }
}

extension SQLiteValue {
    fileprivate init(_ time: Timestamp?) { self.init(time?.secondsSince1970) }
}

extension Run {
    /// The flags of the run, as one number: 1 approximate, 2 local, 4 doubted; `nil` for none.
    var flags: Int64? {
        let flags: Int64 = (isApproximate == true ? 1 : 0) + (isLocal == true ? 2 : 0) + (isDoubted == true ? 4 : 0)
        return flags == 0 ? nil : flags
    }
}

extension OutcomeHistory {
    /// How many rows of the table `run` it has.
    var rowCount: Int { rememberedCount + (settled.lastRun == nil ? 0 : 1) }
}
