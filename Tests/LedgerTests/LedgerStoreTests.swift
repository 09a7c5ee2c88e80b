import Foundation
import Logging
import OperatingSystem
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI

@Suite("When the ledger is saved")
struct LedgerStoreTests {
    private let folder: TemporaryFolder
    private let file: LedgerFile
    private let time = ManualTime(now: LedgerExample.time(0))
    private let log = LogRecorder()

    init() throws {
        folder = try TemporaryFolder()
        file = LedgerFile(directory: folder.path, target: "archive")
    }

    private func keeper(_ ledger: TargetLedger = TargetLedger()) -> LedgerStore {
        LedgerExample.keeper(ledger, in: file, at: time, logger: log.logger)
    }

    private func count(_ id: String, by keeper: LedgerStore) async {
        let report = LedgerExample.report(of: "1", LedgerExample.run(id, completed: -1))
        await keeper.update { _ = $0.profiles.fold([report]) }
    }

    private func moveWatermark(to hours: Double, by keeper: LedgerStore) async {
        await keeper.update { $0.profiles.plan.wasRead(LedgerExample.window(0, hours), at: LedgerExample.time(hours)) }
        await keeper.settle()
    }

    private var saved: TargetLedger? {
        guard case .ledger(let ledger)? = try? file.load(now: time.now) else { return nil }
        return ledger
    }

    /// Whatever is written from now on meets a full disk; each failed save takes the trap away with it.
    private func fillDisk() throws {
        try FileManager.default.createSymbolicLink(atPath: file.path + ".new", withDestinationPath: "/dev/full")
    }

    @Test("what was counted is on the disk before anybody can see it, in the middle of a reading too")
    func savesWhatWasCounted() async {
        let keeper = keeper()
        await count("1", by: keeper)
        #expect(await keeper.ledger == saved)
        await count("2", by: keeper)
        #expect(saved?.profiles.entries["1"]?.history.totals == ["succeeded": 2])
        await keeper.settle()
        #expect(await keeper.ledger == saved)
    }

    @Test("that the first reading is complete is saved at once: the counters are shown from then on")
    func savesTheEndOfTheFirstReading() async {
        let keeper = keeper()
        await moveWatermark(to: 1, by: keeper)
        await keeper.update {
            $0.profiles.plan.finished(deep: true, at: LedgerExample.time(1), reach: LedgerExample.rules.reach)
        }
        #expect(saved?.profiles.plan.isRead == true)
    }

    @Test("where counting began is saved at once, though nothing was counted")
    func savesTheBeginning() async {
        let keeper = keeper()
        await moveWatermark(to: 1, by: keeper)
        #expect(saved?.profiles.plan.beginning == LedgerExample.time(0))
    }

    @Test("watermarks alone are saved every ten minutes")
    func quietTimes() async throws {
        let keeper = keeper()
        await count("1", by: keeper)
        await moveWatermark(to: 1, by: keeper)
        try FileManager.default.removeItem(atPath: file.path)
        time.advance(by: .seconds(599))
        await moveWatermark(to: 2, by: keeper)
        #expect(saved == nil)
        time.advance(by: .seconds(1))
        await moveWatermark(to: 3, by: keeper)
        #expect(saved?.profiles.plan.watermark == LedgerExample.time(3))
    }

    @Test("a ledger in which nothing changed is not written again, however long ago it was")
    func unchanged() async throws {
        let keeper = keeper(LedgerExample.ledger())
        await keeper.settle()
        await keeper.close()
        #expect(saved != nil)
        try FileManager.default.removeItem(atPath: file.path)
        time.advance(by: .seconds(100_000))
        await keeper.settle()
        await keeper.close()
        #expect(saved == nil)
    }

    @Test("at the end, what may wait is saved too")
    func close() async {
        let keeper = keeper()
        await moveWatermark(to: 1, by: keeper)
        await moveWatermark(to: 2, by: keeper)
        #expect(saved?.profiles.plan.watermark == LedgerExample.time(1))
        await keeper.close()
        #expect(saved?.profiles.plan.watermark == LedgerExample.time(2))
    }

    @Test("a failure is counted each time and logged once, counting goes on, and all is saved when it can be again")
    func failures() async throws {
        let keeper = keeper()
        await count("1", by: keeper)
        for id in ["2", "3", "4"] {
            try fillDisk()
            await count(id, by: keeper)
        }
        #expect(await keeper.saveFailures == 3)
        #expect(log.lines.count == 1)
        let line = try #require(log.lines.first)
        #expect(line.hasPrefix("error: cannot save state; error=\(file.path).new cannot be written"))
        #expect(line.contains("free space on that file system"))
        #expect(saved?.profiles.entries["1"]?.history.totals == ["succeeded": 1])
        #expect(await keeper.ledger.profiles.entries["1"]?.history.totals == ["succeeded": 4])

        // Nothing new, and no ten minutes: what is owed is saved at the next opportunity.
        await keeper.settle()
        #expect(await keeper.ledger == saved)
        #expect(log.lines.last == "notice: state is saved again")

        try fillDisk()
        await count("5", by: keeper)
        #expect(log.lines.count == 3)
        #expect(await keeper.saveFailures == 4)
    }

    @Test("watermarks that could not be saved wait for no further ten minutes")
    func quietFailure() async throws {
        let keeper = keeper()
        await moveWatermark(to: 1, by: keeper)
        time.advance(by: .seconds(600))
        try fillDisk()
        await keeper.update { $0.profiles.plan.wasRead(LedgerExample.window(1, 2), at: LedgerExample.time(2)) }
        #expect(await keeper.saveFailures == 1)
        await moveWatermark(to: 3, by: keeper)
        #expect(saved?.profiles.plan.watermark == LedgerExample.time(3))
    }

    @Test("without a file, the ledger is kept in memory and nothing fails")
    func memoryOnly() async {
        let keeper = LedgerExample.keeper(at: time, logger: log.logger)
        await count("1", by: keeper)
        await keeper.settle()
        await keeper.close()
        #expect(await keeper.ledger.profiles.entries["1"]?.history.totals == ["succeeded": 1])
        #expect(await keeper.saveFailures == 0)
        #expect(log.lines.isEmpty)
    }

    @Test("after a crash and a long gap, reading goes on where it was, though nothing had ever been counted")
    func goesOnAfterCrash() async throws {
        let first = keeper()
        await moveWatermark(to: 1, by: first)

        let reloaded = try #require(saved)
        let window = reloaded.profiles.plan.window(at: LedgerExample.time(24 * 60), reach: LedgerExample.reach).window
        #expect(window.start <= LedgerExample.time(1))
    }
}
