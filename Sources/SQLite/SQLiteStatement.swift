internal import CSQLite

/// A compiled statement that can run any number of times.
package final class SQLiteStatement {
    private let handle: OpaquePointer
    private let connection: SQLiteConnection

    fileprivate init(handle: OpaquePointer, connection: SQLiteConnection) {
        self.handle = handle
        self.connection = connection
    }

    convenience init(_ sql: String, on connection: SQLiteConnection) throws(SQLiteError) {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw SQLiteError(connection.handle, code) }
        self.init(handle: handle, connection: connection)
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Runs the statement to its end.
    package func run(_ values: SQLiteValue...) throws(SQLiteError) {
        try forEach(values) { _ in }
    }

    /// The same with the values in an array.
    package func run(_ values: [SQLiteValue]) throws(SQLiteError) {
        try forEach(values) { _ in }
    }

    /// Runs the statement and calls `body` for each row; the row is valid only during the call.
    package func forEach(_ values: SQLiteValue..., body: (inout SQLiteRow) -> Void) throws(SQLiteError) {
        try forEach(values, body)
    }

    /// The same with the values in an array.
    package func forEach(_ values: [SQLiteValue], _ body: (inout SQLiteRow) -> Void) throws(SQLiteError) {
        // Also ends a read, so that no snapshot stays open.
        defer { sqlite3_reset(handle) }
        for (index, value) in values.enumerated() {
            let code = bind(value, at: Int32(index + 1))
            guard code == SQLITE_OK else { throw SQLiteError(connection.handle, code) }
        }
        while true {
            let code = sqlite3_step(handle)
            guard code == SQLITE_ROW else {
                guard code == SQLITE_DONE else { throw SQLiteError(connection.handle, code) }
                return
            }
            var row = SQLiteRow(handle)
            body(&row)
        }
    }

    private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let number): return sqlite3_bind_int64(handle, index, number)
        case .real(let number): return sqlite3_bind_double(handle, index, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                // An empty text may have no address, which would be NULL.
                guard let base = bytes.baseAddress else { return csqlite_bind_text(handle, index, "", 0) }
                return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                    csqlite_bind_text(handle, index, $0, UInt64(bytes.count))
                }
            }
        }
    }
}

/// A value of a column.
package enum SQLiteValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)

    package init(_ number: Int64?) { self = number.map(Self.integer) ?? .null }
    /// SQLite has no value for what is not a number.
    package init(_ number: Double?) { self = number.flatMap { $0.isNaN ? nil : .real($0) } ?? .null }
    package init(_ text: String?) { self = text.map(Self.text) ?? .null }
    package init(_ flag: Bool?) { self = flag.map { .integer($0 ? 1 : 0) } ?? .null }
}

extension [SQLiteValue] {
    /// The values and their checksum, for a table whose last column holds it: SQLite does not notice a changed byte within
    /// a value.
    package var withChecksum: [SQLiteValue] {
        var checksum = SQLiteChecksum()
        for value in self {
            switch value {
            case .null: checksum.addNull()
            case .integer(let number): checksum.add(number)
            case .real(let number): checksum.add(number)
            case .text(var text): text.withUTF8 { checksum.add(UnsafeRawBufferPointer($0)) }
            }
        }
        return self + [.integer(checksum.value)]
    }
}

/// The checksum of some values: FNV-1a, over 8 bytes at a time.
private struct SQLiteChecksum {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    var value: Int64 { Int64(bitPattern: state ^ state >> 32) }

    private mutating func add(_ word: UInt64) {
        state = (state ^ word) &* 0x0000_0100_0000_01B3
        state ^= state >> 29
    }

    mutating func addNull() { add(1 as UInt64) }

    mutating func add(_ number: Int64) {
        add(2 as UInt64)
        add(UInt64(bitPattern: number))
    }

    mutating func add(_ number: Double) {
        add(3 as UInt64)
        // SQLite does not store the sign of zero.
        add(number == 0 ? 0 : number.bitPattern)
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        add(UInt64(bytes.count) << 8 | 4)
        var offset = 0
        while offset + 8 <= bytes.count {
            add(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        for byte in bytes[offset...] { add(UInt64(byte)) }
    }
}

/// The current row of a statement; each call reads the next column and adds it to the row's checksum.
package struct SQLiteRow: ~Copyable {
    private let statement: OpaquePointer
    private var column: Int32 = 0
    private var checksum = SQLiteChecksum()

    fileprivate init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    private mutating func next() -> Int32? {
        defer { column += 1 }
        guard sqlite3_column_type(statement, column) == SQLITE_NULL else { return column }
        checksum.addNull()
        return nil
    }

    package mutating func skip(_ columns: Int32) { column += columns }

    package mutating func integer() -> Int64? {
        guard let column = next() else { return nil }
        let number = sqlite3_column_int64(statement, column)
        checksum.add(number)
        return number
    }

    package mutating func real() -> Double? {
        guard let column = next() else { return nil }
        let number = sqlite3_column_double(statement, column)
        checksum.add(number)
        return number
    }

    /// A value of any type.
    package mutating func value() -> SQLiteValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: SQLiteValue(integer())
        case SQLITE_FLOAT: SQLiteValue(real())
        default: SQLiteValue(text())
        }
    }

    package mutating func flag() -> Bool? {
        integer().map { $0 != 0 }
    }

    /// Invalid UTF-8, as only a damaged file contains it, is repaired.
    package mutating func text() -> String? {
        guard let column = next() else { return nil }
        let start = sqlite3_column_text(statement, column)
        let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
        checksum.add(UnsafeRawBufferPointer(bytes))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the next column is the checksum of those that were read before.
    package mutating func isIntact() -> Bool {
        defer { column += 1 }
        return sqlite3_column_int64(statement, column) == checksum.value
    }
}
