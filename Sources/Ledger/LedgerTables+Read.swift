import OperatingSystem
import SQLite

/// Reads ledgers.
extension LedgerTables {
    /// Why rows cannot be used: they are damaged in a way that SQLite cannot notice.
    struct Damage: Error {
        var reason: String

        static let ofRows = Damage(reason: "rows are missing")
        static let ofChecksum = Damage(reason: "the checksum of a row does not match its content")
    }

    /// Reads a ledger; `nil` if there is none.
    ///
    /// - Throws: ``SQLiteError`` or ``Damage``.
    func ledger(of key: StateKey) throws -> TargetLedger? {
        var target: Int64?
        var ledger = TargetLedger()
        var verification: String?
        var isIntact = true
        try selectTarget.forEach(.text(key.target), .text(key.instance)) { row in
            _ = (row.text(), row.text())
            (ledger.server, verification) = (row.text(), row.text())
            isIntact = row.isIntact()
            target = row.integer()
        }
        guard let target else { return nil }
        if let verification { ledger.ownVerifications = try SavedJSON.decode(verification, of: "verification") }

        var headers: [String: Header] = [:]
        try selectLedgers.forEach(.integer(target)) { row in
            _ = row.integer()
            let kind = row.text() ?? ""
            headers[kind] = Header(&row)
            isIntact = row.isIntact() && isIntact
        }
        var items: [Item] = []
        try selectItems.forEach(.integer(target)) { row in
            _ = row.integer()
            let item = Item(&row, version: version)
            isIntact = item.isIntact && isIntact
            items.append(item)
        }
        guard isIntact else { throw Damage.ofChecksum }
        for kind in ["job", "profile", "store"] {
            let count = items.count { $0.kind == kind }
            guard Int64(count) == headers[kind]?.items ?? 0 else { throw Damage.ofRows }
        }
        var entries: [SavedItemKind: [String: OutcomeLedger.Entry]] = [:]
        var stores: [String: VerificationLedger.StoreRecord] = [:]
        for item in items {
            guard let kind = SavedItemKind(rawValue: item.kind) else {
                throw Damage(reason: "an item is of no known kind")
            }
            if kind == .store {
                stores[item.id] = try store(item)
            } else {
                entries[kind, default: [:]][item.id] = try entry(item)
            }
        }
        ledger.jobs = OutcomeLedger(try headers["job"]?.ofOutcomes() ?? .init(), entries: entries[.job] ?? [:])
        ledger.profiles = OutcomeLedger(
            try headers["profile"]?.ofOutcomes() ?? .init(), entries: entries[.profile] ?? [:])
        ledger.verifications = VerificationLedger(
            stores: stores, words: try headers["store"]?.words() ?? [],
            wasListed: headers["store"]?.wasListed ?? false)
        guard ledger.isPlausible else { throw Damage(reason: "a number in it is impossible") }
        return ledger
    }

    private func entry(_ item: Item) throws -> OutcomeLedger.Entry {
        OutcomeLedger.Entry(
            name: item.name, action: item.action, kind: item.type, expectedInterval: item.expectedInterval,
            isListed: item.isListed, wasListed: item.wasListed, goneSince: item.goneSince,
            missingSince: item.missingSince, former: try item.former.map { try SavedJSON.decode($0, of: "former") },
            countedUntil: item.countedUntil, history: try history(item, totals: try SavedJSON.totals(item.totals)))
    }

    private func store(_ item: Item) throws -> VerificationLedger.StoreRecord {
        let totals = try SavedJSON.totalsBySource(item.totals)
        // Each verification has one source.
        let all = totals.values.reduce(into: [:]) { sum, totals in
            sum.merge(totals) { $0.addingReportingOverflow($1).partialValue }
        }
        return VerificationLedger.StoreRecord(
            name: item.name, place: item.place, firstSeen: item.firstSeen, goneSince: item.goneSince,
            missingSince: item.missingSince, history: try history(item, totals: all), totals: totals,
            lastLog: try item.lastLog.map { try SavedJSON.decode($0, of: "last_log") }, isCurrent: item.isCurrent)
    }

    private func history(_ item: Item, totals: [String: Int]) throws -> OutcomeHistory {
        var (recent, former, lastSettled) = (RunTable(), RunTable(), Run?.none)
        recent.reserve(Int(clamping: min(item.runs, 1 << 20)))
        var isIntact = true
        try selectRuns.forEach(.integer(item.number)) { row in
            _ = row.integer()
            let role = row.integer().flatMap(RunRole.init(rawValue:))
            let key = row.text() ?? ""
            let run = Run(&row, key: key)
            isIntact = row.isIntact() && isIntact
            switch role {
            case .counted: recent[key] = run
            case .former: former[key] = run
            case .settled: lastSettled = run
            case nil: isIntact = false
            }
        }
        guard isIntact else { throw Damage.ofChecksum }
        var settled = OutcomeSummary()
        settled.lastRun = lastSettled
        settled.lastSuccess = item.settledSuccess
        settled.lastFailure = item.settledFailure
        settled.lastNonzeroRun = item.settledNonzero
        settled.consecutiveFailures = item.settledFailures
        let history = OutcomeHistory(
            totals: totals, itemsArchived: item.itemsArchived, settled: settled,
            past: item.pastRuns.map(PastRuns.init(text:)), recent: recent, former: former,
            highestSettledID: item.highestSettledID)
        guard Int64(history.rowCount) == item.runs else { throw Damage.ofRows }
        return history
    }

    /// A row of the table `ledger`.
    private struct Header {
        var plan = ReadingPlan()
        var unreadableMinutes: String?
        var otherResults: String?
        var settledIDs: String?
        var forgottenUntil: Timestamp?
        var wasListed: Bool?
        var items: Int64

        init(_ row: inout SQLiteRow) {
            plan.watermark = row.time()
            plan.lastDeepReading = row.time()
            plan.lastLongReading = row.time()
            let (began, start, reached, isLong) = (row.time(), row.time(), row.time(), row.flag())
            if let began, let start, let reached {
                plan.deepReading = ReadingPlan.DeepReading(began: began, start: start, reached: reached, isLong: isLong)
            }
            plan.horizon = row.time()
            plan.beginning = row.time()
            plan.firstReading = row.time()
            plan.newestRun = row.time()
            unreadableMinutes = row.text()
            otherResults = row.text()
            settledIDs = row.text()
            forgottenUntil = row.time()
            wasListed = row.flag()
            items = row.integer() ?? 0
        }

        func words() throws -> [String] { try otherResults.map { try SavedJSON.decode($0, of: "other_results") } ?? [] }

        func ofOutcomes() throws -> OutcomeLedger.Header {
            var plan = plan
            if let unreadableMinutes {
                plan.unreadableMinutes = try SavedJSON.decode(unreadableMinutes, of: "unreadable_minutes")
            }
            return OutcomeLedger.Header(
                plan: plan, words: try words(),
                settledIDs: try settledIDs.map { try SavedJSON.decode($0, of: "settled_ids") },
                forgottenUntil: forgottenUntil)
        }
    }

    /// A row of the table `item`.
    private struct Item {
        let number: Int64
        let kind, id: String
        let name, action, type, place: String?
        let expectedInterval: Double?
        let isListed: Bool
        let wasListed: Bool?
        let isCurrent: Bool
        let firstSeen, goneSince, missingSince, countedUntil: Timestamp?
        let former: String?
        let totals: String
        let itemsArchived: Int64
        let settledSuccess, settledFailure, settledNonzero: Timestamp?
        let settledFailures: Int
        let highestSettledID: Int64?
        let lastLog, pastRuns: String?
        let runs: Int64
        let isIntact: Bool

        init(_ row: inout SQLiteRow, version: Int64) {
            (kind, id) = (row.text() ?? "", row.text() ?? "")
            (name, action, type, place) = (row.text(), row.text(), row.text(), row.text())
            expectedInterval = row.real()
            (isListed, wasListed, isCurrent) = (row.flag() ?? false, row.flag(), row.flag() ?? false)
            (firstSeen, goneSince, missingSince, countedUntil) = (row.time(), row.time(), row.time(), row.time())
            former = row.text()
            totals = row.text() ?? ""
            itemsArchived = row.integer() ?? 0
            settledSuccess = row.time()
            settledFailure = version == 1 ? nil : row.time()
            settledNonzero = row.time()
            settledFailures = Int(row.integer() ?? 0)
            highestSettledID = row.integer()
            (lastLog, pastRuns) = (row.text(), row.text())
            runs = row.integer() ?? 0
            isIntact = row.isIntact()
            number = row.integer() ?? 0
        }
    }
}

extension SQLiteRow {
    fileprivate mutating func time() -> Timestamp? { real().map(Timestamp.init(secondsSince1970:)) }
}

extension Run {
    /// A row of the table `run`, after its key.
    fileprivate init(_ row: inout SQLiteRow, key: String) {
        self.init(
            id: row.text() ?? key, start: row.time(), completion: row.time(), result: row.text() ?? "",
            itemsArchived: row.integer(), verifies: row.text())
        let flags = row.integer() ?? 0
        if flags & 1 != 0 { isApproximate = true }
        if flags & 2 != 0 { isLocal = true }
        if flags & 4 != 0 { isDoubted = true }
        recordedStart = row.time()
        place = row.time()
    }
}
