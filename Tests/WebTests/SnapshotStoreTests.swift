import Exposition
import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import OperatingSystem
@testable import Web

@Suite("The snapshot of all targets is rendered when it changes", .timeLimit(.minutes(1)))
struct SnapshotStoreTests {
    private func text(_ store: SnapshotStore, _ format: Format = .text) -> String {
        String(decoding: store.snapshot[format].section.bytes, as: UTF8.self)
    }

    @Test("targets are in the order of the configuration, whichever reports first")
    func order() throws {
        let bench = try WebBench(targets: ["b", "a"])
        bench.update("a", sessions: 1)
        bench.update("b", sessions: 2)
        bench.store.render()
        let lines = text(bench.store).split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines == [#"mailstore_active_sessions{target="b"} 2"#, #"mailstore_active_sessions{target="a"} 1"#])
    }

    @Test("a newer page of a target takes the place of the older one")
    func replacement() throws {
        let bench = try WebBench()
        bench.update(sessions: 1)
        bench.update(sessions: 7)
        bench.store.render()
        #expect(text(bench.store).hasSuffix("mailstore_active_sessions{target=\"archive\"} 7\n"))
    }

    @Test("a target that is not configured is not on the page")
    func unknownTarget() throws {
        let bench = try WebBench()
        bench.update("stranger")
        bench.store.render()
        #expect(text(bench.store).isEmpty)
    }

    @Test("it is ready when every target has been tried once, and not before")
    func readiness() throws {
        let bench = try WebBench(targets: ["a", "b"])
        #expect(!bench.store.snapshot.isReady)
        bench.update("a")
        bench.store.render()
        #expect(!bench.store.snapshot.isReady)
        bench.update("b", wasTried: false)
        bench.store.render()
        #expect(!bench.store.snapshot.isReady)
        bench.update("b")
        bench.store.render()
        #expect(bench.store.snapshot.isReady)
    }

    @Test("failures to save are those of all targets now; duplicates are those of all pages ever")
    func counts() throws {
        let bench = try WebBench(targets: ["a", "b"])
        bench.update("a", failures: 2, duplicates: 1)
        bench.update("a", failures: 3, duplicates: 1)
        bench.update("b", failures: 1)
        bench.store.render()
        #expect(bench.store.snapshot.stateSaveFailures == 4)
        #expect(bench.store.snapshot.duplicates == 2)
    }

    @Test("a snapshot that was handed out does not change any more")
    func immutable() throws {
        let bench = try WebBench()
        bench.update(sessions: 1)
        bench.store.render()
        let before = bench.store.snapshot
        bench.update(sessions: 2)
        bench.store.render()
        #expect(before.version == 1)
        #expect(String(decoding: before.text.section.bytes, as: UTF8.self).hasSuffix(" 1\n"))
        #expect(bench.store.snapshot.version == 2)
    }

    @Test("a format is compressed ahead once it was requested compressed, and not before")
    func compression() throws {
        let bench = try WebBench()
        bench.update(sessions: 1)
        bench.store.render()
        #expect(bench.store.snapshot.text.compressed == nil)
        _ = bench.store.compressed(.text, of: bench.store.snapshot)
        #expect(bench.store.snapshot.text.compressed != nil)
        bench.update(sessions: 2)
        bench.store.render()
        #expect(bench.store.snapshot.text.compressed != nil)
        #expect(bench.store.snapshot.openMetrics.compressed == nil)
    }

    @Test("the compressed form of an old snapshot does not become that of the new one")
    func compressionOfOldSnapshot() async throws {
        let bench = try WebBench()
        bench.update(sessions: 1)
        bench.store.render()
        let old = bench.store.snapshot
        bench.update(sessions: 2)
        bench.store.render()
        _ = bench.store.compressed(.text, of: old)
        #expect(bench.store.snapshot.text.compressed == nil)
        let newest = Gzip.stream(of: [bench.store.compressed(.text, of: bench.store.snapshot)]).flatMap(\.self)
        let plain = try await Program.run("gzip", ["-dc"], input: newest)
        #expect(plain.text == text(bench.store))
    }
}

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
                target: "a", own: SourceBlocks(samples.finish()), wasTried: true, stateSaveFailures: 0, newDuplicates: 0
            ))
    }

    @Test("after a rendering nineteen times its length is left for other work")
    func rest() async throws {
        let (store, time) = try slowStore()
        let run = Task { await store.run() }
        update(store, sessions: 1)
        await time.waitForSleepers(1)
        #expect(store.snapshot.version == 1)
        for sessions in 2...100 { update(store, sessions: Int64(sessions)) }
        time.advance(by: .seconds(19) - .milliseconds(1))
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
