import Foundation
import TestSupport
import Testing

@testable import SQLite

@Suite("A connection to an SQLite database")
struct SQLiteConnectionTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder(inMemory: true)
        path = folder.path + "/a b%?#.db"
    }

    private func connection(_ mode: SQLiteConnection.Mode = .readWrite) throws -> SQLiteConnection {
        try SQLiteConnection(path, mode)
    }

    private func numbers(_ connection: SQLiteConnection) throws -> [Int64?] {
        var numbers: [Int64?] = []
        try connection.prepare("SELECT a FROM t ORDER BY a").forEach { row in numbers.append(row.integer()) }
        return numbers
    }

    @Test("gives back the values that it was given, to the last bit")
    func values() throws {
        let connection = try connection()
        try connection.execute("CREATE TABLE t (i, r, t, e, n)")
        try connection.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)").run(
            .integer(.min), .real(0.1 + 0.2), .text("Größe 🌙\0after zero"), .text(""), .null)
        var count = 0
        try connection.prepare("SELECT * FROM t").forEach { row in
            count += 1
            #expect(row.integer() == .min)
            #expect(row.real() == 0.1 + 0.2)
            #expect(row.text() == "Größe 🌙\0after zero")
            #expect(row.text() == "")
            #expect(row.text() == nil)
        }
        #expect(count == 1)
    }

    @Test("changes nothing if a part of a transaction fails")
    func rollback() throws {
        let connection = try connection()
        try connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY)")
        try connection.execute("INSERT INTO t VALUES (1)")
        let error = #expect(throws: SQLiteError.self) {
            try connection.transaction { () throws(SQLiteError) in
                try connection.execute("INSERT INTO t VALUES (2)")
                try connection.execute("INSERT INTO t VALUES (1)")
            }
        }
        #expect(error?.kind == .statement)
        #expect(try numbers(connection) == [1])
        try connection.transaction { () throws(SQLiteError) in try connection.execute("INSERT INTO t VALUES (3)") }
        #expect(try numbers(connection) == [1, 3])
    }

    @Test("tells what kind of failure it is, with SQLite's words")
    func failures() throws {
        try Data("certainly no database, whatever its name says".utf8).write(to: URL(fileURLWithPath: path))
        let damaged = try connection()
        #expect(throws: SQLiteError.self) { try damaged.text("PRAGMA user_version") }
        #expect(#expect(throws: SQLiteError.self) { try damaged.integer("SELECT 1 FROM t") }?.kind == .damaged)
        let missing = #expect(throws: SQLiteError.self) { try SQLiteConnection(folder.path + "/none/x", .readWrite) }
        #expect(missing?.kind == .cannotOpen)
        #expect(missing?.systemError == ENOENT)
        #expect("\(try #require(missing))".contains("unable to open"))
    }

    @Test(
        "reads a file that it may not change, whatever its name contains",
        arguments: [
            SQLiteConnection.Mode.readOnly, .immutable,
        ])
    func reading(mode: SQLiteConnection.Mode) throws {
        try connection().execute("CREATE TABLE t (a); INSERT INTO t VALUES (7)")
        let reader = try connection(mode)
        #expect(try numbers(reader) == [7])
        #expect(#expect(throws: SQLiteError.self) { try reader.execute("DELETE FROM t") }?.kind == .readOnly)
    }
}

@Suite("The checksum of a row")
struct SQLiteChecksumTests {
    private static let values: [SQLiteValue] = [
        .integer(5), .real(5), .text("5"), .null, .text(""), .text("123456789"), .real(-0.0), .integer(-1),
    ]

    private func isIntact(after change: String = "") throws -> Bool {
        let folder = try TemporaryFolder(inMemory: true)
        let connection = try SQLiteConnection(folder.path + "/a.db", .readWrite)
        try connection.execute(
            "CREATE TABLE t (a INT, b REAL, c TEXT, d TEXT, e TEXT, f TEXT, g REAL, h INT, checksum INT)")
        try connection.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)").run(Self.values.withChecksum)
        try connection.execute(change)
        var isIntact: Bool?
        try connection.prepare("SELECT * FROM t").forEach { row in
            _ = (row.integer(), row.real(), row.text(), row.text(), row.text(), row.text(), row.real(), row.integer())
            isIntact = row.isIntact()
        }
        #expect(isIntact != nil)
        return isIntact == true
    }

    @Test("is right as long as no value changes")
    func unchanged() throws {
        #expect(try isIntact())
    }

    @Test(
        "is wrong after any change of a value, and after a change of its own",
        arguments: [
            "a = 6", "a = NULL", "b = 5.000000000000001", "c = '6'", "c = 'five'", "d = ''", "e = NULL", "e = 'x'",
            "f = '123456788'", "f = '12345678'", "f = '223456789'", "g = 0.5", "h = 1", "checksum = checksum + 1",
            "checksum = NULL", "c = e, e = c",
        ])
    func changed(change: String) throws {
        #expect(try !isIntact(after: "UPDATE t SET \(change)"))
    }
}
