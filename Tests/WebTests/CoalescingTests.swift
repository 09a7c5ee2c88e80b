import Exposition
import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import OperatingSystem
@testable import Web

@Suite("Changes that come while a page is rendered are rendered together", .timeLimit(.minutes(1)))
struct CoalescingTests {
    /// A store on whose clock each rendering takes a second, and the clock on which it rests.
    private func slowStore() throws -> (SnapshotStore, ManualTime) {
        let time = ManualTime()
        let uptime = Locked(Duration.zero)
        var clock = time.clock
        clock.uptime = {
            uptime.withLock { uptime in
                uptime += .seconds(1)
                return uptime
            }
        }
        let store = SnapshotStore(catalogue: try MetricCatalogue.make(), targets: ["a"], clock: clock)
        return (store, time)
    }

    private func update(_ store: SnapshotStore, sessions: Int64) {
        var samples = SampleWriter(target: "a")
        samples.add(SessionsCollector.families[0], [], sessions)
        store.update(
            TargetPage(
                target: "a", blocks: samples.finish(), wasTried: true, stateSaveFailures: 0, newDuplicates: 0))
    }

    @Test("after a rendering nine times its length is left for other work")
    func rest() async throws {
        let (store, time) = try slowStore()
        let run = Task { await store.run() }
        update(store, sessions: 1)
        await time.waitForSleepers(1)
        #expect(store.snapshot.version == 1)
        for sessions in 2...100 { update(store, sessions: Int64(sessions)) }
        time.advance(by: .seconds(9) - .milliseconds(1))
        #expect(time.sleeperCount == 1)
        #expect(store.snapshot.version == 1)
        time.advance(by: .milliseconds(1))
        await time.waitForSleepers(1)
        #expect(store.snapshot.version == 2)
        let page = String(decoding: store.snapshot.text.section.bytes, as: UTF8.self)
        #expect(page.hasSuffix("mailstore_active_sessions{target=\"a\"} 100\n"))
        run.cancel()
        await run.value
        #expect(store.snapshot.version == 2)
    }

    @Test("many changes leave one rendering to do")
    func oneRendering() async throws {
        let (store, time) = try slowStore()
        for sessions in 1...100 { update(store, sessions: Int64(sessions)) }
        let run = Task { await store.run() }
        await time.waitForSleepers(1)
        // Cancelled in its rest, it would go through whatever else is to do without any.
        run.cancel()
        await run.value
        #expect(store.snapshot.version == 1)
    }
}
