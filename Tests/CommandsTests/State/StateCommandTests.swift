import Foundation
import TestSupport
import Testing

@testable import Commands
@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

@Suite("The command state", .timeLimit(.minutes(1)))
struct StateCommandTests {
    private let from: TemporaryFolder
    private let to: TemporaryFolder
    private let output = Locked("")
    private let messages = Locked("")
    private let log = RecordingLog()

    init() throws {
        (from, to) = (try TemporaryFolder(), try TemporaryFolder())
        let state = try StateDatabase(in: from.path, clock: .system, logger: log.logger, writer: WorkerThread())
        try state.saveNow(["archive", "branch"].map { (StateKey($0), Self.ledger($0)) })
    }

    private static func ledger(_ server: String, runs: Int = 3) -> TargetLedger {
        var ledger = TargetLedger()
        ledger.server = server
        let end = Timestamp(secondsSince1970: 1_767_571_200)
        ledger.profiles.plan.wasRead(TimeWindow(covering: end - .seconds(3600), to: end), at: end)
        _ = ledger.profiles.fold(
            (1...runs).map {
                OutcomeLedger.Report(id: "7", runID: "\($0)", start: end, completion: end, result: "succeeded")
            })
        return ledger
    }

    private var console: Console {
        Console(
            writeOutput: { [output] bytes in
                output.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
                return true
            },
            writeMessage: { [messages] text in messages.withLock { $0 += text } }, columns: { nil }, canAsk: false,
            readAnswer: { nil }, signals: { AsyncStream { _ in } })
    }

    private func command(_ folder: TemporaryFolder) -> StateCommand {
        StateCommand(directory: folder.path, logger: log.logger)
    }

    private func exported(_ names: String...) throws -> String {
        output.withLock { $0 = "" }
        try command(from).export(names, console: console)
        return output.withLock { $0 }
    }

    private func store(
        _ text: String, _ names: [String] = [], as newName: String? = nil, replaces: Bool = false
    ) throws {
        try command(to).import(Array(text.utf8), names, as: newName, replaces: replaces, console: console)
    }

    private func stored(_ name: String) throws -> TargetLedger? {
        try SavedState(directory: to.path).ledger(of: StateKey(name))
    }

    @Test("moves all targets, or those that are named, to another directory as they are")
    func moves() throws {
        try store(try exported())
        #expect(try stored("archive") == Self.ledger("archive"))
        #expect(try stored("branch") == Self.ledger("branch"))
        #expect(messages.withLock { $0 } == "state: stored 2 targets\n")
        #expect(try exported("branch").split(separator: "\n").count == 1)
    }

    @Test("stores only the target that is named, and under another name if that is asked for")
    func renames() throws {
        try store(try exported(), ["branch"], as: "office")
        #expect(try SavedState(directory: to.path).keys() == [StateKey("office")])
        #expect(try stored("office") == Self.ledger("branch"))
    }

    @Test("replaces counted outcomes only if it is told to, and otherwise changes nothing")
    func replaces() throws {
        try store(try exported("branch"))
        let newer = String(
            decoding: try LedgerDocument(Self.ledger("newer", runs: 5), of: StateKey("branch")).bytes(), as: UTF8.self)
        let both = try exported("archive") + newer
        let error = #expect(throws: CommandError.self) { try store(both) }
        #expect(
            error?.description
                == "target \"branch\" has counted outcomes already, and nothing was changed; replace them with --replace"
        )
        #expect(try SavedState(directory: to.path).keys() == [StateKey("branch")])
        #expect(try stored("branch") == Self.ledger("branch"))
        try store(both, replaces: true)
        #expect(try stored("branch") == Self.ledger("newer", runs: 5))
        #expect(try stored("archive") == Self.ledger("archive"))
    }

    @Test("takes the file of a version before the database, which does not name its target")
    func formerVersion() throws {
        let text = String(decoding: try LedgerDocument(Self.ledger("old")).bytes(), as: UTF8.self)
        let error = #expect(throws: CommandError.self) { try store(text) }
        #expect(error?.kind == .commandLine)
        #expect(error?.description.contains("add --as NAME") == true)
        try store(text, as: "archive")
        #expect(try stored("archive") == Self.ledger("old"))
    }

    @Test(
        "stores nothing if any document cannot be used, and says which",
        arguments: [
            ("{", "document 3 cannot be used, because it is damaged (not readable as JSON); nothing was changed"),
            (#"{"version":9,"ledger":{}}"#, "document 3 cannot be used, because it was written by a newer version"),
        ])
    func invalid(line: String, message: String) throws {
        let error = try #require(throws: CommandError.self) { try store(try exported() + line) }
        #expect(error.description.hasPrefix(message))
        #expect(try SavedState(directory: to.path).keys() == [])
    }

    @Test("says so if there is nothing to import, or two documents are of one target")
    func ambiguous() throws {
        for text in ["", "\n\n"] {
            let error = try #require(throws: CommandError.self) { try store(text) }
            #expect(error.description.hasPrefix("found no document to import"))
        }
        let error = try #require(throws: CommandError.self) { try store(try exported(), as: "one") }
        #expect(error.description == "several documents are of the same target; choose one with --target")
    }

    @Test("changes nothing while an exporter runs, but reads")
    func exporterRuns() throws {
        let owner = try StateDirectory(from.path, logger: log.logger)
        defer { withExtendedLifetime(owner) {} }
        for change in [
            { try command(from).remove("branch", console: console) },
            { try command(from).import([], as: nil, replaces: true, console: console) },
        ] {
            #expect(throws: CommandError.self) { try change() }
        }
        let error = #expect(throws: CommandError.self) { try command(from).remove("branch", console: console) }
        #expect(error?.description.contains("uses the state directory: stop it") == true)
        #expect(try exported().split(separator: "\n").count == 2)
    }

    @Test("removes a target and nothing else; a name that is not there is an error that suggests one")
    func removes() throws {
        let error = #expect(throws: CommandError.self) { try command(from).remove("brunch", console: console) }
        #expect(
            error?.description
                == "there is no state of target \"brunch\" in \(from.path); did you mean \"branch\"?")
        try command(from).remove("branch", console: console)
        #expect(try SavedState(directory: from.path).keys() == [StateKey("archive")])
    }

    @Test("lists what is counted")
    func lists() throws {
        try command(from).list(console: console)
        #expect(
            output.withLock { $0 } == """
                TARGET   INSTANCE  JOB RUNS  PROFILE RUNS  READ UNTIL
                archive            0         3             2026-01-05T00:00:00Z
                branch             0         3             2026-01-05T00:00:00Z

                """)
        output.withLock { $0 = "" }
        try command(to).list(console: console)
        #expect(output.withLock { $0 } == "TARGET  INSTANCE  JOB RUNS  PROFILE RUNS  READ UNTIL\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: to.path).isEmpty)
    }
}
