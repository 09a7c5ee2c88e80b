import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import Configuration
@testable import Ledger
@testable import OperatingSystem

@Suite("The check of the state", .timeLimit(.minutes(1)))
struct StateCheckTests {
    private let folder: TemporaryFolder
    private var bench = CheckBench()
    private let log = RecordingLog()

    init() throws {
        folder = try TemporaryFolder()
        bench.stateDirectory = folder.path
    }

    /// The state of an exporter that has counted two runs; it runs as long as the result exists.
    private func exporter() throws -> StateDatabase {
        let state = try StateDatabase(
            in: folder.path, clock: bench.time.clock, logger: log.logger, writer: WorkerThread())
        var ledger = TargetLedger()
        let end = Timestamp(secondsSince1970: 1_767_571_200)
        ledger.profiles.plan.wasRead(TimeWindow(covering: end - .seconds(3600), to: end), at: end)
        _ = ledger.profiles.fold(
            ["1", "2"].map {
                OutcomeLedger.Report(id: "7", runID: $0, start: end, completion: end, result: "succeeded")
            })
        try state.saveNow([(StateKey("archive"), ledger)])
        return state
    }

    /// The names of the files with their content.
    private func files() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where !name.hasSuffix("-shm") {
            files[name] = FileManager.default.contents(atPath: folder.path + "/" + name)
        }
        return files
    }

    @Test("tells since when outcomes are counted, beside an exporter that runs or has stopped, and changes nothing")
    func counted() async throws {
        var state: StateDatabase? = try exporter()
        for isRunning in [true, false] {
            if !isRunning { state = nil }
            #expect((state != nil) == isRunning)
            let before = try files()
            let step = try #require(try await bench.check()["state"])
            #expect(step.status == .ok)
            #expect(
                step.message == "outcomes are counted since 2026-01-04T23:00:00Z, and results have been read until "
                    + "2026-01-05T00:00:00Z; runs of jobs: 0, of profiles: 2")
            #expect(step.detail("profile_runs") == .number(2))
            #expect(step.detail("directory") == .text(folder.path))
            #expect(try files() == before)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/state.db-shm"))
    }

    @Test("a target without state is told from one whose results have not been read yet")
    func nothingYet() async throws {
        let none = try #require(try await bench.check()["state"])
        let place = "the directory \(folder.path)"
        #expect(none.message == "no state yet in \(place): counting starts with the runs of the lookback")
        #expect(none.status == .ok)
        #expect(try files() == [:])
        let state = try exporter()
        try state.saveNow([(StateKey("archive"), TargetLedger())])
        #expect(
            try await bench.check()["state"]?.message
                == "no results have been read yet, by the state in \(place)")
        try state.remove([StateKey("archive")])
        #expect(try await bench.check()["state"]?.message == none.message)
    }

    @Test("state that cannot be used is a failure with a remedy, and is left as it is")
    func damaged() async throws {
        try Data("rubbish".utf8).write(to: URL(fileURLWithPath: folder.path + "/state.db"))
        let before = try files()
        let outcome = try await bench.check()
        #expect(outcome["state"]?.status == .failed)
        #expect(outcome["state"]?.remedy?.contains("is damaged") == true)
        #expect(outcome["state"]?.remedy?.contains("start the exporter, which") == true)
        #expect(outcome.verdict == .failed)
        #expect(try files() == before)
    }

    @Test("a target whose outcomes are not collected has no such step")
    func otherCollectors() async throws {
        #expect(try await bench.check { $0.collectors = [.users] }["state"] == nil)
    }
}
