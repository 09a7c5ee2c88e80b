import SQLite

/// A ledger in the state database: a target, and on a Service Provider Edition one of its instances.
package struct StateKey: Sendable, Hashable {
    package var target: String
    /// Empty for a server, and for the environment of a Service Provider Edition.
    package var instance: String

    package init(_ target: String, instance: String = "") {
        self.target = target
        self.instance = instance
    }
}

/// The tables of the state database, read and written as ledgers.
///
/// Only rows that have changed are written. Everything that a reply has changed is written in one transaction, so the
/// runs, the totals and the watermark always belong together.
final class LedgerTables {
    let connection: SQLiteConnection
    /// The version of the tables: an older one can only be read.
    let version: Int64

    let selectTarget: SQLiteStatement
    let insertTarget: SQLiteStatement
    let updateTarget: SQLiteStatement
    let removeTarget: SQLiteStatement
    let upsertLedger: SQLiteStatement
    let removeLedgers: SQLiteStatement
    let upsertItem: SQLiteStatement
    let removeOneItem: SQLiteStatement
    let removeAllItems: SQLiteStatement
    let upsertRun: SQLiteStatement
    let removeRun: SQLiteStatement
    let removeRunsOfItem: SQLiteStatement
    let removeRuns: SQLiteStatement
    let selectLedgers: SQLiteStatement
    let selectItems: SQLiteStatement
    let selectRuns: SQLiteStatement

    /// - Throws: ``SQLiteError``, also if a table or a column is missing.
    init(_ connection: SQLiteConnection, version: Int64 = StateSchema.version) throws(SQLiteError) {
        self.connection = connection
        self.version = version
        let items = Self.itemColumns(version: version)
        let itemColumns = items.joined(separator: ", ")
        selectTarget = try connection.prepare(
            "SELECT name, instance, server, verification, checksum, number FROM target WHERE name = ? AND instance = ?")
        insertTarget = try connection.prepare("INSERT INTO target (name, instance) VALUES (?, ?)")
        updateTarget = try connection.prepare(
            "UPDATE target SET name = ?, instance = ?, server = ?, verification = ?, checksum = ? WHERE number = ?")
        removeTarget = try connection.prepare("DELETE FROM target WHERE number = ?")
        upsertLedger = try connection.prepare(
            "INSERT OR REPLACE INTO ledger (\(Self.ledgerColumns), checksum) VALUES (\(Self.marks(Self.ledgerWidth)))")
        removeLedgers = try connection.prepare("DELETE FROM ledger WHERE target = ?")
        upsertItem = try connection.prepare(
            """
            INSERT INTO item (\(itemColumns), checksum) VALUES (\(Self.marks(items.count)))
            ON CONFLICT (target, kind, id) DO UPDATE SET \(Self.assignments(items + ["checksum"]))
            RETURNING number
            """)
        removeOneItem = try connection.prepare("DELETE FROM item WHERE target = ? AND kind = ? AND id = ?")
        removeAllItems = try connection.prepare("DELETE FROM item WHERE target = ?")
        upsertRun = try connection.prepare(
            "INSERT OR REPLACE INTO run (\(Self.runColumns), checksum) VALUES (\(Self.marks(Self.runWidth)))")
        removeRun = try connection.prepare("DELETE FROM run WHERE item = ? AND role = ? AND key = ?")
        removeRunsOfItem = try connection.prepare(
            "DELETE FROM run WHERE item = (SELECT number FROM item WHERE target = ? AND kind = ? AND id = ?)")
        removeRuns = try connection.prepare(
            "DELETE FROM run WHERE item IN (SELECT number FROM item WHERE target = ?)")
        selectLedgers = try connection.prepare("SELECT \(Self.ledgerColumns), checksum FROM ledger WHERE target = ?")
        selectItems = try connection.prepare("SELECT \(itemColumns), checksum, number FROM item WHERE target = ?")
        selectRuns = try connection.prepare("SELECT \(Self.runColumns), checksum FROM run WHERE item = ?")
    }

    private static let ledgerColumns = """
        target, kind, watermark, last_deep_reading, last_long_reading, deep_began, deep_start, deep_reached, deep_is_long, \
        horizon, beginning, first_reading, newest_run, unreadable_minutes, other_results, settled_ids, forgotten_until, \
        was_listed, items
        """

    /// The columns of an item that its checksum covers, in this order.
    static func itemColumns(version: Int64) -> [Substring] {
        """
        target, kind, id, name, action, type, place, expected_interval, is_listed, was_listed, is_current, first_seen, \
        gone_since, missing_since, counted_until, former, totals, items_archived, settled_success, settled_failure, \
        settled_nonzero, settled_failures, highest_settled_id, last_log, past_runs, runs
        """
        .split(separator: ", ").filter { version > 1 || $0 != "settled_failure" }
    }

    private static let runColumns =
        "item, role, key, id, start, completion, result, items, verifies, flags, recorded_start, place"

    static let ledgerWidth = 19
    static let runWidth = 12

    /// The marks of as many values, and of their checksum.
    private static func marks(_ count: Int) -> String {
        Array(repeating: "?", count: count + 1).joined(separator: ", ")
    }

    private static func assignments(_ columns: [Substring]) -> String {
        columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
    }

    /// The number of the ledger's target; `nil` if there is none.
    func existingNumber(of key: StateKey) throws(SQLiteError) -> Int64? {
        var number: Int64?
        try selectTarget.forEach(.text(key.target), .text(key.instance)) { row in
            row.skip(5)
            number = row.integer()
        }
        return number
    }

    /// All ledgers, in order.
    func keys() throws(SQLiteError) -> [StateKey] {
        var keys: [StateKey] = []
        try connection.prepare("SELECT name, instance FROM target ORDER BY name, instance").forEach { row in
            keys.append(StateKey(row.text() ?? "", instance: row.text() ?? ""))
        }
        return keys
    }
}
