import Foundation
import Testing

@testable import Kit

@Suite("Moving files to their places")
struct TransactionTests {
    @Test("puts everything back where the last cannot be moved")
    func undone() throws {
        let folder = try TemporaryFolder()
        try folder.write("old\n", to: "a")
        let transaction = Transaction()
        for name in ["a", "b", "c"] { try transaction.stage("new\n", for: folder[name]) }
        // What came up after everything was examined.
        try folder.make("c/inside")
        #expect(throws: KitError.self) { try transaction.commit() }
        transaction.undo()
        #expect(try folder.contents() == ["a", "c", "c/inside"])
        #expect(folder.read("a") == "old\n")
    }

    @Test("leaves no second name behind where a file cannot be moved")
    func secondName() throws {
        let folder = try TemporaryFolder()
        try folder.write("old\n", to: "a")
        let transaction = Transaction()
        try transaction.stage("new\n", for: folder["a"])
        let temporary = try #require(try folder.contents().first { $0.hasPrefix(".") })
        try FileManager.default.removeItem(atPath: folder[temporary])
        #expect(throws: KitError.self) { try transaction.commit() }
        transaction.undo()
        #expect(try folder.contents() == ["a"])
        #expect(folder.read("a") == "old\n")
    }

    @Test("shows nothing of them before all are written")
    func staged() throws {
        let folder = try TemporaryFolder()
        try folder.write("old\n", to: "a")
        let transaction = Transaction()
        try transaction.stage("new\n", for: folder["a"])
        try transaction.stage("new\n", for: folder["b"])
        #expect(try folder.contents().filter { !$0.hasPrefix(".") } == ["a"])
        #expect(folder.read("a") == "old\n")
        let kept = try transaction.commit()
        #expect(kept == [folder["a"]: folder["a.old"]])
        #expect(try folder.contents() == ["a", "a.old", "b"])
        #expect([folder.read("a"), folder.read("a.old"), folder.read("b")] == ["new\n", "old\n", "new\n"])
    }
}
