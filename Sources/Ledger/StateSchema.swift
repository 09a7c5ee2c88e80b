import SQLite

/// The tables of the state database (`docs/state.md`).
enum StateSchema {
    /// The version of the tables that this program reads and writes, in `PRAGMA user_version`.
    static let version: Int64 = 2
    /// Marks the file as this program's, in `PRAGMA application_id`: the bytes of `MSEx`.
    static let applicationID: Int64 = 0x4D53_4578

    /// Prepares a connection that writes: creates the tables in a new file, and changes those of older versions.
    ///
    /// Every commit is flushed to the disk. Small pages keep a commit small: it writes whole pages, and it changes only a
    /// few rows of a target.
    static func prepare(_ connection: SQLiteConnection) throws(SQLiteError) {
        try connection.execute(
            """
            PRAGMA page_size = 1024;
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA wal_autocheckpoint = 8192;
            PRAGMA journal_size_limit = 16777216;
            PRAGMA trusted_schema = OFF;
            PRAGMA cell_size_check = ON;
            """)
        switch try connection.integer("PRAGMA user_version") {
        case 0:
            try connection.transaction { () throws(SQLiteError) in
                try connection.execute(tables)
                try connection.execute(views)
                try connection.execute("PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
            }
        case 1:
            try connection.transaction { () throws(SQLiteError) in
                try addFailures(connection)
                try connection.execute("PRAGMA user_version = \(version)")
            }
        default: break
        }
    }

    /// Adds the column `settled_failure` to the tables of version 1.
    ///
    /// The checksum of a row covers the new column too. One that did not match before does not match afterwards.
    private static func addFailures(_ connection: SQLiteConnection) throws(SQLiteError) {
        var checksums: [(item: Int64, checksum: SQLiteValue)] = []
        let columns = LedgerTables.itemColumns(version: 1)
        let place = columns.firstIndex(of: "settled_nonzero") ?? columns.count
        try connection.prepare("SELECT \(columns.joined(separator: ", ")), checksum, number FROM item").forEach { row in
            var values = columns.map { _ in row.value() }
            values.insert(.null, at: place)
            let checksum = row.isIntact() ? values.withChecksum.last : nil
            checksums.append((row.integer() ?? 0, checksum ?? .null))
        }
        try connection.execute("ALTER TABLE item ADD COLUMN settled_failure REAL")
        let update = try connection.prepare("UPDATE item SET checksum = ? WHERE number = ?")
        for (item, checksum) in checksums { try update.run(checksum, .integer(item)) }
    }

    private static let tables = """
        CREATE TABLE target (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            instance TEXT NOT NULL DEFAULT '',
            server TEXT,
            verification TEXT,
            checksum INTEGER,
            UNIQUE (name, instance)
        ) STRICT;

        CREATE TABLE ledger (
            target INTEGER NOT NULL REFERENCES target,
            kind TEXT NOT NULL CHECK (kind IN ('job', 'profile', 'store')),
            watermark REAL,
            last_deep_reading REAL,
            last_long_reading REAL,
            deep_began REAL,
            deep_start REAL,
            deep_reached REAL,
            deep_is_long INTEGER,
            horizon REAL,
            beginning REAL,
            first_reading REAL,
            newest_run REAL,
            unreadable_minutes TEXT,
            other_results TEXT,
            settled_ids TEXT,
            forgotten_until REAL,
            was_listed INTEGER,
            items INTEGER NOT NULL,
            checksum INTEGER,
            PRIMARY KEY (target, kind)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE item (
            number INTEGER PRIMARY KEY,
            target INTEGER NOT NULL REFERENCES target,
            kind TEXT NOT NULL CHECK (kind IN ('job', 'profile', 'store')),
            id TEXT NOT NULL,
            name TEXT,
            action TEXT,
            type TEXT,
            place TEXT,
            expected_interval REAL,
            is_listed INTEGER,
            was_listed INTEGER,
            is_current INTEGER,
            first_seen REAL,
            gone_since REAL,
            missing_since REAL,
            counted_until REAL,
            former TEXT,
            totals TEXT NOT NULL,
            items_archived INTEGER NOT NULL CHECK (items_archived >= 0),
            settled_success REAL,
            settled_failure REAL,
            settled_nonzero REAL,
            settled_failures INTEGER NOT NULL CHECK (settled_failures >= 0),
            highest_settled_id INTEGER,
            last_log TEXT,
            past_runs TEXT,
            runs INTEGER NOT NULL,
            checksum INTEGER,
            UNIQUE (target, kind, id)
        ) STRICT;

        CREATE TABLE run (
            item INTEGER NOT NULL REFERENCES item,
            role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 2),
            key TEXT NOT NULL,
            id TEXT,
            start REAL,
            completion REAL,
            result TEXT NOT NULL,
            items INTEGER,
            verifies TEXT,
            flags INTEGER,
            recorded_start REAL,
            place REAL,
            checksum INTEGER,
            PRIMARY KEY (item, role, key)
        ) STRICT, WITHOUT ROWID;
        """

    /// For people: the exporter does not use it.
    private static let views = """
        CREATE VIEW runs AS
            SELECT target.name AS target, target.instance, item.kind, item.id, item.name,
                coalesce(run.id, run.key) AS run, datetime(run.start, 'unixepoch') AS start,
                datetime(run.completion, 'unixepoch') AS completion, run.result, run.items
            FROM run JOIN item ON item.number = run.item JOIN target ON target.number = item.target
            WHERE run.role = 0;
        """
}

/// What a row of the table `item` is.
enum SavedItemKind: String {
    case job
    case profile
    case store
}

/// Why a row of the table `run` is kept.
enum RunRole: Int64 {
    /// It is counted, and readings may return it.
    case counted = 0
    /// It was counted for another item, which had the id before.
    case former = 1
    /// The newest of the item's runs that readings no longer return.
    case settled = 2
}
