import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import Configuration
@testable import Ledger

@Suite("The exporter's state, for the command history")
struct HistoryStateTests {
    private let folder: TemporaryFolder
    private let bench: HistoryBench

    init() throws {
        folder = try TemporaryFolder()
        bench = try HistoryBench(PastServer())
    }

    private func ledger(collectors: [CollectorName] = CollectorName.allCases) throws -> TargetLedger? {
        let target = TargetConfiguration(
            name: "archive", url: try ServerURL(parsing: "https://archive.example:8463"), username: "admin",
            password: .inline(Secret("correct horse")), collectors: collectors)
        return try HistoryState(directory: folder.path).ledger(of: target)
    }

    private func save(_ ledger: TargetLedger) throws {
        try LedgerFile(directory: folder.path, target: "archive").save(ledger)
    }

    @Test("is needed: without a file, and with one in which nothing is counted, the remedies are named")
    func missing() throws {
        for (found, kinds) in [("there is no state of it", []), ("it has counted nothing yet", [TargetLedger()])] {
            for ledger in kinds { try save(ledger) }
            let error = #expect(throws: CommandError.self) { try ledger() }
            #expect(error?.kind == .failure)
            #expect(error?.description.hasPrefix("archive: \(found)") == true)
            for remedy in ["start the exporter", "--state.directory", "--without-state"] {
                #expect(error?.description.contains(remedy) == true)
            }
        }
    }

    @Test("is taken once something is counted")
    func counted() async throws {
        _ = try await bench.collect()
        try save(await bench.ledger)
        #expect(try ledger() == (await bench.ledger))
    }

    @Test("is not needed for a target of which nothing is counted")
    func notCollected() throws {
        #expect(try ledger(collectors: [.server, .stores]) == nil)
        #expect(throws: CommandError.self) { try ledger(collectors: [.server, .jobs]) }
        #expect(throws: CommandError.self) { try ledger(collectors: [.profiles]) }
    }

    @Test("has to know both kinds of runs, where both are read", arguments: ["jobs", "profiles"])
    func half(missing: String) async throws {
        _ = try await bench.collect()
        var ledger = await bench.ledger
        if missing == "jobs" { ledger.jobs = OutcomeBook() } else { ledger.profiles = OutcomeBook() }
        let error = await #expect(throws: CommandError.self) { try await bench.history(ledger: ledger) }
        #expect(
            error?.description.hasPrefix("archive: the exporter has not counted the runs of its \(missing)") == true)
        let other = missing == "jobs" ? CollectorName.profiles : .jobs
        let half = try HistoryBench(PastServer()) { $0.targets[0].collectors = [other] }
        #expect(try await half.history(ledger: ledger).text.hasSuffix("# EOF\n"))
    }
}
