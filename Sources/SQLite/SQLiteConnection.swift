internal import CSQLite

/// One connection to an SQLite database.
///
/// It is not thread-safe: one thread at a time may use it and its statements. Statements must not outlive it.
package final class SQLiteConnection {
    /// How a database is opened.
    package enum Mode: Sendable {
        /// Creates the file if it is missing.
        case readWrite
        case readOnly
        /// Reads a file that nobody writes meanwhile: needs no write access to its directory.
        case immutable

        fileprivate var flags: Int32 {
            switch self {
            case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readOnly: SQLITE_OPEN_READONLY
            case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            }
        }
    }

    let handle: OpaquePointer

    /// - Throws: ``SQLiteError``. SQLite reads nothing of the file yet, so a damaged one fails at the first statement.
    package init(_ path: String, _ mode: Mode) throws(SQLiteError) {
        var handle: OpaquePointer?
        let name = mode == .immutable ? Self.immutableURI(path) : path
        let code = sqlite3_open_v2(name, &handle, mode.flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard let handle else { throw SQLiteError(code: code, message: "out of memory") }
        guard code == SQLITE_OK else {
            let error = SQLiteError(handle, code)
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    private static func immutableURI(_ path: String) -> String {
        let escaped = path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
        return "file:\(escaped)?immutable=1"
    }

    /// Waits for another program's lock.
    ///
    /// - Parameter milliseconds: How long; then the statement fails.
    package func waitForLocks(milliseconds: Int32) {
        sqlite3_busy_timeout(handle, milliseconds)
    }

    /// Whether the last connection that closes merges the write-ahead log into the database, as it does at first.
    package func mergesLogWhenClosed(_ merges: Bool) {
        _ = csqlite_keep_log(handle, merges ? 0 : 1)
    }

    /// Executes statements that return no rows.
    package func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteError(handle, code) }
    }

    /// Compiles one statement.
    package func prepare(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
        try SQLiteStatement(sql, on: self)
    }

    /// The first column of the first row as text; `nil` if there is no row.
    package func text(_ sql: String) throws(SQLiteError) -> String? {
        var text: String?
        try prepare(sql).forEach { row in text = text ?? row.text() }
        return text
    }

    /// The first column of the first row as a number; `nil` if there is no row.
    package func integer(_ sql: String) throws(SQLiteError) -> Int64? {
        var number: Int64?
        try prepare(sql).forEach { row in number = number ?? row.integer() }
        return number
    }

    /// Runs `body` in a transaction that is durable when this returns; after an error nothing has changed.
    package func transaction(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        try execute("BEGIN IMMEDIATE")
        do throws(SQLiteError) {
            try body()
            try execute("COMMIT")
        } catch {
            // Some errors have ended the transaction already.
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// The row that the last INSERT of this connection has added.
    package var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }
}

/// Why SQLite could not do something.
package struct SQLiteError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The extended result code (<https://sqlite.org/rescode.html>).
    package let code: Int32
    /// What SQLite says, for people.
    package let message: String
    /// The number of the system call's error, if one failed; otherwise 0.
    package let systemError: Int32

    init(code: Int32, message: String, systemError: Int32 = 0) {
        self.code = code
        self.message = message
        self.systemError = systemError
    }

    init(_ handle: OpaquePointer, _ code: Int32) {
        self.init(
            code: code, message: String(cString: sqlite3_errmsg(handle)), systemError: sqlite3_system_errno(handle))
    }

    /// What kind of failure it is, which decides the remedy.
    package enum Kind: Sendable {
        /// The content of the file is not that of a database, or contradicts itself.
        case damaged
        case full
        case readOnly
        case cannotOpen
        /// Another program holds a lock.
        case busy
        case inputOutput
        /// The statement does not fit the tables or their rules.
        case statement
        case other
    }

    package var kind: Kind {
        switch code & 0xFF {
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT: .damaged
        case SQLITE_FULL: .full
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: .readOnly
        case SQLITE_CANTOPEN: .cannotOpen
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_IOERR: .inputOutput
        case SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG, SQLITE_RANGE: .statement
        default: .other
        }
    }

    package var description: String { message }
}
