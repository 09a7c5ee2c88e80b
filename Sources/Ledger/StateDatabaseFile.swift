import Glibc
import OperatingSystem
import SQLite

/// The file of the state database on the disk: checked before it is used, and renamed if it cannot be used.
struct StateDatabaseFile: Sendable {
    let path: String
    /// The file that is open.
    private var identity: Identity?
    /// A copy of the file that is open, if there is one.
    private var copy: String?

    private struct Identity: Sendable, Hashable {
        var device: dev_t
        var number: ino_t
    }

    init(path: String) {
        self.path = path
    }

    enum Opened {
        case usable(LedgerTables)
        /// There is no database, or one without any content.
        case empty
        /// The content is of no use; `suffix` is for the name that it gets.
        case unusable(reason: String, suffix: String)
    }

    /// Whether there is a file.
    var exists: Bool { current != nil }

    /// Whether the file that was opened is still the one in this place.
    var isInPlace: Bool { identity != nil && current == identity }

    /// Whether there is no state that could be lost.
    var isEmpty: Bool { size == 0 }

    /// Whether there is no database yet, but one can be created.
    ///
    /// - Throws: ``StateError`` if the directory does not allow it.
    func isNew() throws(StateError) -> Bool {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 else { return false }
            try Self.requireFile(path, O_RDWR)
            return true
        }
        guard errno == ENOENT else { throw StateError.system("read", path) }
        let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        guard access(directory.isEmpty ? "/" : directory, W_OK | X_OK) == 0 else {
            throw StateError.system("created", path)
        }
        return true
    }

    private var size: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private var current: Identity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Identity(device: status.st_dev, number: status.st_ino)
    }

    /// Opens the database for writing, after a check of its content.
    ///
    /// - Throws: ``StateError`` if there is something that is not a file, or that may not be read and written.
    mutating func open() throws(StateError) -> Opened {
        try prepare()
        do throws(SQLiteError) {
            return try open(alone: false)
        } catch {
            guard [.full, .inputOutput].contains(error.kind) else { return try Self.unusable(because: error, path) }
        }
        do throws(SQLiteError) {
            return try open(alone: true)
        } catch {
            return try Self.unusable(because: error, path)
        }
    }

    /// - Parameter alone: Whether no other program can read the database meanwhile: then it can be opened on a full disk,
    ///   because SQLite needs no file to coordinate them.
    private mutating func open(alone: Bool) throws(SQLiteError) -> Opened {
        let connection = try SQLiteConnection(path, .readWrite)
        // Somebody may look at the file with another program.
        connection.waitForLocks(milliseconds: 2000)
        if alone { try connection.execute("PRAGMA locking_mode = EXCLUSIVE") }
        connection.mergesLogWhenClosed(false)
        if case .unusable(let reason, let suffix) = try examine(connection) {
            return .unusable(reason: reason, suffix: suffix)
        }
        try StateSchema.prepare(connection)
        let tables = try LedgerTables(connection)
        connection.mergesLogWhenClosed(true)
        (identity, copy) = (current, nil)
        return .usable(tables)
    }

    /// Opens the database to read it, beside an exporter that may be running.
    func look() throws(StateError) -> Opened {
        guard exists else {
            // Of a directory that may not be entered it is unknown what it contains.
            guard [ENOENT, ENOTDIR].contains(errno) else { throw StateError.system("read", path) }
            return .empty
        }
        try Self.requireFile(path, O_RDONLY)
        do throws(SQLiteError) {
            let connection = try readOnlyConnection()
            switch try examine(connection) {
            case .sound(let version): return .usable(try LedgerTables(connection, version: version))
            case .empty: return .empty
            case .unusable(let reason, let suffix): return .unusable(reason: reason, suffix: suffix)
            }
        } catch {
            return try Self.unusable(because: error, path)
        }
    }

    private func readOnlyConnection() throws(SQLiteError) -> SQLiteConnection {
        // A database without a log is not in use. Any other way to open it would leave files behind.
        let connection = try SQLiteConnection(path, access(path + "-wal", F_OK) == 0 ? .readOnly : .immutable)
        connection.waitForLocks(milliseconds: 2000)
        return connection
    }

    private static func unusable(because error: SQLiteError, _ path: String) throws(StateError) -> Opened {
        switch error.kind {
        case .damaged, .statement: return .unusable(reason: "it is damaged (\(error))", suffix: "corrupt")
        default: throw StateError(error, path)
        }
    }

    private enum Content {
        case empty
        case sound(version: Int64)
        case unusable(reason: String, suffix: String)
    }

    private func examine(_ connection: SQLiteConnection) throws(SQLiteError) -> Content {
        let version = try connection.integer("PRAGMA user_version") ?? 0
        let application = try connection.integer("PRAGMA application_id") ?? 0
        if version == 0, application == 0, try connection.integer("SELECT count(*) FROM sqlite_schema") == 0 {
            // SQLite takes a file for empty that is shorter than any database.
            return size == 0 || size >= 512 ? .empty : .unusable(reason: "it is damaged (cut short)", suffix: "corrupt")
        }
        guard application == StateSchema.applicationID else {
            return .unusable(reason: "it is the database of another program", suffix: "foreign")
        }
        guard version <= StateSchema.version else {
            return .unusable(
                reason: "it was written by a newer version of the exporter (format \(version); this one knows "
                    + "\(StateSchema.version))", suffix: "version-\(version)")
        }
        // The table of runs is by far the largest. All of it is read, and each row has a checksum.
        for check in ["integrity_check(target)", "quick_check(ledger)", "integrity_check(item)"] {
            guard let verdict = try connection.text("PRAGMA \(check)"), verdict != "ok" else { continue }
            return .unusable(reason: "it is damaged (\(verdict))", suffix: "corrupt")
        }
        return .sound(version: version)
    }

    /// Checks that there is a file, or creates one that only the exporter's user may read.
    private func prepare() throws(StateError) {
        // The log of a database that was removed would be merged into the new one.
        if !exists, errno == ENOENT { for suffix in ["-wal", "-shm"] { unlink(path + suffix) } }
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
            return
        }
        guard errno == EEXIST else { throw StateError.system("created", path) }
        try Self.requireFile(path, O_RDWR)
    }

    /// Checks that a path is that of a file with the right permissions.
    private static func requireFile(_ path: String, _ mode: Int32) throws(StateError) {
        // Opening a pipe that nobody else has open would otherwise wait for ever.
        let descriptor = Glibc.open(path, mode | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        let code = errno
        defer { if descriptor >= 0 { close(descriptor) } }
        var status = stat()
        guard stat(path, &status) == 0 else { throw StateError.system("read", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StateError(
                "the state database \(path) is not a file: move it away, so that the exporter can write its state there"
            )
        }
        guard descriptor < 0 else { return }
        throw StateError(
            "the state database \(path) cannot be opened (\(String(cString: strerror(code)))): let the exporter's user "
                + "read and write it, or move it away to start counting again")
    }

    /// Renames the database and its write-ahead log.
    ///
    /// - Returns: The new path.
    mutating func putAside(_ suffix: String, because reason: String, now: Timestamp) throws(StateError) -> String {
        var aside = "\(path).\(suffix)-\(Int64(now.secondsSince1970))"
        // Damaged rows were copied a moment ago, and could not be removed.
        if aside == copy { aside = "\(path).\(suffix)-\(Int64(now.secondsSince1970) + 1)" }
        identity = nil
        guard access(aside, F_OK) != 0, access(aside + "-wal", F_OK) != 0 else { throw cannotRename(to: aside, reason) }
        // The log goes first: left behind, it would be merged into the next database.
        guard rename(path + "-wal", aside + "-wal") == 0 || errno == ENOENT, rename(path, aside) == 0 else {
            throw cannotRename(to: aside, reason)
        }
        unlink(path + "-shm")
        return aside
    }

    private func cannotRename(to aside: String, _ reason: String) -> StateError {
        StateError(
            "the state database \(path) cannot be used, because \(reason), and cannot be renamed to \(aside): move it "
                + "away by hand")
    }

    /// Copies the database beside itself, before damaged rows are removed from it.
    ///
    /// - Returns: The path of the copy; `nil` if it cannot be copied.
    mutating func copyAside(_ connection: SQLiteConnection, now: Timestamp) -> String? {
        // One copy holds the damaged rows of all targets.
        if let copy { return copy }
        let aside = "\(path).corrupt-\(Int64(now.secondsSince1970))"
        guard access(aside, F_OK) != 0 else { return nil }
        guard (try? connection.prepare("VACUUM INTO ?").run(.text(aside))) != nil else {
            unlink(aside)
            return nil
        }
        chmod(aside, 0o600)
        copy = aside
        return aside
    }
}
