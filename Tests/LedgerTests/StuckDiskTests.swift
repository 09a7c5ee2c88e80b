import Foundation
import Logging
import OperatingSystem
import TestSupport
import Testing

@testable import Ledger
@testable import MailStoreAPI

@Suite("A ledger on a disk that does not answer", .timeLimit(.minutes(1)))
struct StuckDiskTests {
    private let folder: TemporaryFolder
    private let time = ManualTime(now: LedgerExample.time(0))
    private let log = RecordingLog()
    private let disk: StuckThread
    private let store: LedgerStore

    init() throws {
        folder = try TemporaryFolder()
        disk = StuckThread(time: time)
        store = LedgerExample.store(
            in: try LedgerExample.database(in: folder.path, at: time, writer: disk.thread, logger: log.logger),
            at: time,
            logger: log.logger)
    }

    private func count(_ ids: String...) async {
        let reports = ids.map { LedgerExample.report(of: "1", LedgerExample.run($0, completed: -1)) }
        await store.update { _ = $0.profiles.fold(reports) }
    }

    private func total(_ ledger: TargetLedger?) -> Int? {
        ledger?.profiles.entries["1"]?.history.totals["succeeded"]
    }

    private var published: Int? {
        get async { total(await store.snapshot.ledger) }
    }

    private var saved: Int? {
        total(try? LedgerExample.saved(in: folder.path))
    }

    /// Counts a run while the disk hangs, until the store no longer waits for it.
    private func giveUp() async {
        disk.hang()
        async let counted: Void = count("1")
        await time.waitForSleepers(1)
        time.advance(by: LedgerStore.patience)
        await counted
    }

    @Test("publishes nothing that is not saved, as long as the disk may still answer")
    func durableBeforePublished() async {
        disk.hang()
        async let counted: Void = count("1")
        await time.waitForSleepers(1)
        #expect(await store.ledger != TargetLedger())
        #expect(await published == nil)
        disk.release()
        await counted
        #expect(await published == 1)
        #expect(saved == 1)
        #expect(await store.saveFailures == 0)
    }

    @Test("publishes from memory after a while, counts the failure and logs it once")
    func givesUp() async throws {
        await giveUp()
        #expect(await published == 1)
        #expect(saved == nil)
        #expect(await store.snapshot.saveFailures == 1)
        #expect(log.lines.count == 1)
        #expect(try #require(log.lines.first).contains("the disk does not answer"))
        disk.release()
    }

    @Test("waits for it once: later changes are published at once, each counted as a failed save")
    func waitsOnce() async {
        await giveUp()
        for id in 2...50 { await count("\(id)") }
        #expect(time.sleeperCount == 0)
        #expect(await published == 50)
        #expect(await store.saveFailures == 50)
        #expect(log.lines.count == 1)
        disk.release()
    }

    @Test("saves the newest state when the disk answers, with two writes for any number of changes")
    func recovers() async {
        await giveUp()
        for id in 2...50 { await count("\(id)") }
        disk.release()
        await eventually { saved == 50 }
        await disk.waitUntilCompleted(3)
        #expect(disk.thread.completed == 3)
        #expect(log.lines.last == "notice: state is saved again")
        await count("51")
        #expect(saved == 51)
        #expect(await store.saveFailures == 50)
    }

    @Test("waits longer for a disk that is slow, but completes saves")
    func slow() async {
        disk.hang()
        disk.hang()
        async let counted: Void = count("1")
        await time.waitForSleepers(1)
        disk.release()
        await disk.waitUntilCompleted(1)
        time.advance(by: LedgerStore.patience)
        await time.waitForSleepers(1)
        #expect(await published == nil)
        disk.release()
        await counted
        #expect(await published == 1)
        #expect(await store.saveFailures == 0)
    }

    @Test("does not wait for a slow disk forever")
    func tooSlow() async {
        for _ in 1...10 { disk.hang() }
        async let counted: Void = count("1")
        for completed in 1...6 {
            await time.waitForSleepers(1)
            disk.release()
            await disk.waitUntilCompleted(UInt64(completed))
            time.advance(by: LedgerStore.patience)
        }
        await counted
        #expect(await published == 1)
        #expect(await store.saveFailures == 1)
        for _ in 1...4 { disk.release() }
    }

    @Test("saves changes that wait together with one write")
    func together() async {
        disk.hang()
        async let first: Void = count("1")
        await time.waitForSleepers(1)
        async let second: Void = count("2")
        async let third: Void = count("3", "4")
        await time.waitForSleepers(3)
        disk.release()
        _ = await (first, second, third)
        #expect(saved == 4)
        #expect(await published == 4)
        await disk.waitUntilCompleted(3)
        #expect(disk.thread.completed == 3)
    }

    @Test("counts an attempt once that first takes too long and then fails")
    func failsAtLast() async throws {
        await giveUp()
        try FileManager.default.removeItem(atPath: folder.path)
        disk.release()
        await disk.waitUntilCompleted(2)
        await store.settle()
        #expect(await store.saveFailures == 2)
        #expect(log.lines.count == 1)
    }
}
