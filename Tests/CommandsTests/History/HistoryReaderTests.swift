import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Commands
@testable import Configuration
@testable import Ledger

@Suite("Reading the past from a server")
struct HistoryReaderTests {
    private func windows(_ bench: HistoryBench) -> [String] {
        bench.past.server.calls(of: .getWorkerResults).map {
            "\($0.arguments["fromIncluding"] ?? "") \($0.arguments["toExcluding"] ?? "")"
        }
    }

    @Test("a long time is asked for in parts of 31 days")
    func parts() async throws {
        let bench = try HistoryBench(PastServer())
        _ = try await bench.history(since: "70d", ledger: nil)
        #expect(
            windows(bench) == [
                "2025-10-23T00:00:00 2025-11-23T00:00:00", "2025-11-23T00:00:00 2025-12-24T00:00:00",
                "2025-12-24T00:00:00 2026-01-01T00:00:00",
            ])
    }

    @Test("with a ledger, the exporter's own part is asked for from exactly where the exporter began")
    func ownPart() async throws {
        let bench = try HistoryBench(PastServer())
        _ = try await bench.collect()
        let asked = windows(bench).count
        _ = try await bench.history(since: "40d", ledger: await bench.ledger)
        #expect(
            Array(windows(bench).dropFirst(asked)) == [
                "2025-11-27T00:00:00 2025-12-28T00:00:00", "2025-12-28T00:00:00 2026-01-01T00:00:00",
                "2025-11-22T00:00:00 2025-11-27T00:00:00",
            ])
    }

    @Test("a minute that stays unreadable is passed over, and that is said")
    func unreadable() async throws {
        let bench = try HistoryBench(PastServer())
        bench.past.server.answer(
            .getJobResults,
            FakeAnswer { (call) throws(TransportError) in
                let from = call.arguments["fromIncluding"] ?? ""
                let to = call.arguments["toExcluding"] ?? ""
                let isDamaged = from <= "2025-12-28T12:34:00" && to > "2025-12-28T12:34:00"
                let tooWide = FakeAnswer.failed("System.InvalidOperationException")
                return try await (isDamaged ? tooWide : .result("[]")).respond(call)
            })
        _ = try await bench.history(since: "10d", ledger: nil)
        #expect(
            bench.warnings == [
                "the server fails to list the runs of the minute 2025-12-28T12:34:00Z (GetJobResults); they are left out"
            ])
    }

    @Test("a server that answers nothing is given up, and the target and the function are named")
    func failure() async throws {
        let bench = try HistoryBench(PastServer())
        bench.past.server.answer(.getWorkerResults, .failed("System.InvalidOperationException"))
        let error = await #expect(throws: CommandError.self) { try await bench.history(ledger: nil) }
        #expect(error?.kind == .failure)
        #expect(error?.description.hasPrefix("archive: GetWorkerResults failed on the server") == true)
        #expect(bench.past.server.calls(of: .getWorkerResults).count == ResultReader.failureLimit + 1)
    }

    @Test("what the server does not offer is left out, and that is said")
    func notOffered() async throws {
        let bench = try HistoryBench(
            PastServer(
                profiles: #"[{"id": 1}]"#,
                profileRuns: [
                    .init(id: 1, owner: "1", start: 1_767_220_000, completion: 1_767_220_100, result: "failed")
                ]))
        bench.past.server.answer(
            metadata: .raw(#"[{"name": "GetProfiles", "args": []}, {"name": "GetWorkerResults", "args": []}]"#))
        let page = try await bench.history(since: "3h", ledger: nil)
        #expect(
            bench.warnings == ["the server does not offer GetJobs and GetJobResults; the history of jobs is left out"])
        #expect(bench.past.server.calls(of: .getJobs).isEmpty)
        #expect(!page.lines("mailstore_profile_runs_total").isEmpty)
    }

    @Test("what the target does not collect is not asked for")
    func notCollected() async throws {
        let bench = try HistoryBench(PastServer()) { $0.targets[0].collectors = [.jobs] }
        _ = try await bench.history(ledger: nil)
        #expect(Set(bench.past.server.calls.map(\.function)) == ["get-metadata", "GetJobs", "GetJobResults"])
    }

    @Test("a store that came after the exporter has no verifications of the time before")
    func laterStore() async throws {
        let run = PastServer.PastRun(
            id: 1, owner: "1", start: 1_767_200_000, completion: 1_767_210_000, result: "failed")
        let bench = try HistoryBench(
            PastServer(
                jobs: #"[{"id": 1, "action": "VerifyStores"}]"#, stores: #"[{"id": 3}]"#, jobRuns: [run]))
        _ = try await bench.collect()
        bench.past.time.advance(by: .seconds(3600))
        bench.past.server.answer(.getStores, .result(#"[{"id": 3}, {"id": 4}]"#))
        let page = try await bench.collect()
        let history = try await bench.history(since: "1d", ledger: await bench.ledger)
        let name = "mailstore_verification_runs_total"
        #expect(page.value(name, ["store_id": "4", "source": "job", "result": "failed"]) == 0)
        #expect(history.value(name, ["store_id": "3", "result": "failed"], at: 1_767_225_600) == 1)
        #expect(history.samples.keys.allSatisfy { $0.labels["store_id"] != "4" })
    }
}

@Suite("The exporter's state, for the command history")
struct ExporterStateTests {
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
        return try ExporterState(directory: folder.path).ledger(of: target)
    }

    private func save(_ ledger: TargetLedger) throws {
        let log = RecordingLog()
        let database = try StateDatabase(in: folder.path, clock: ManualTime().clock, logger: log.logger)
        _ = try database.saveNow(ledger, of: StateKey("archive"))
    }

    @Test("is needed: without a file, and with one in which nothing is counted, the remedies are named")
    func missing() throws {
        for (found, kinds) in [
            ("found no state of this target", []), ("the exporter has not counted any runs yet", [TargetLedger()]),
        ] {
            for ledger in kinds { try save(ledger) }
            let error = #expect(throws: CommandError.self) { try ledger() }
            #expect(error?.kind == .failure)
            #expect(error?.description.hasPrefix("archive: \(found)") == true)
            for remedy in ["Start the exporter", "--state.directory", "--without-state"] {
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
        if missing == "jobs" { ledger.jobs = OutcomeLedger() } else { ledger.profiles = OutcomeLedger() }
        let error = await #expect(throws: CommandError.self) { try await bench.history(ledger: ledger) }
        #expect(
            error?.description.hasPrefix("archive: the exporter has not counted the runs of its \(missing)") == true)
        let other = missing == "jobs" ? CollectorName.profiles : .jobs
        let half = try HistoryBench(PastServer()) { $0.targets[0].collectors = [other] }
        #expect(try await half.history(ledger: ledger).text.hasSuffix("# EOF\n"))
    }
}
