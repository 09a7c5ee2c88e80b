import Collection
import Configuration
import TestSupport
import Testing

@testable import Web

@Suite("A collection that hangs never looks like one that works", .timeLimit(.minutes(1)))
struct StalledCollectionTests {
    /// A target whose collectors have run once, at the same moment, and never run again.
    private static func bench() async throws -> PagesBench {
        let bench = try PagesBench()
        await bench.target.collect()
        if let page = bench.target.sink.page { bench.web.store.update(page) }
        bench.web.store.render()
        return bench
    }

    private static func page(_ bench: PagesBench, _ path: String = "/metrics") async throws -> ScrapedPage {
        try ScrapedPage(try await bench.page(path).text)
    }

    /// Most collectors run once a minute here: after five minutes, their values are too old.
    private static let maximumAge = Duration.seconds(300)

    @Test("on the page of metrics and on that of a probe", arguments: ["/metrics", "/probe?target=archive"])
    func metrics(path: String) async throws {
        let bench = try await Self.bench()
        bench.web.time.advance(by: Self.maximumAge - .milliseconds(1))
        let before = try await Self.page(bench, path)
        #expect(before.value("mailstore_up") == 1)
        #expect(before.value("mailstore_active_sessions") != nil)
        #expect(before.value("mailstore_collector_success", ["collector": "sessions"]) == 1)

        bench.web.time.advance(by: .milliseconds(1))
        let after = try await Self.page(bench, path)
        #expect(after.value("mailstore_up") == 0)
        #expect(after.value("mailstore_active_sessions") == nil)
        #expect(after.value("mailstore_collector_success", ["collector": "sessions"]) == 0)
        // Collectors that run less often have values that may be older. Whether they still run is not known yet.
        #expect(after.value("mailstore_collector_success", ["collector": "license"]) == 1)
        // When it last worked, and what was counted, stays true.
        let lastSuccess = "mailstore_collector_last_success_timestamp_seconds"
        #expect(
            after.value(lastSuccess, ["collector": "sessions"]) == before.value(lastSuccess, ["collector": "sessions"]))

        bench.web.time.advance(by: .seconds(86_400))
        let last = try await Self.page(bench, path)
        let successes = last.all("mailstore_collector_success")
        #expect(!successes.isEmpty && successes.allSatisfy { $0.value == 0 })
        #expect(last.series.allSatisfy { !$0.name.hasPrefix("mailstore_store_") })
    }

    @Test("in the JSON and on the status pages, which say what to do")
    func status() async throws {
        let bench = try await Self.bench()
        #expect(try await bench.json().text("state") == "up")
        bench.web.time.advance(by: Self.maximumAge)
        let target = try await bench.json()
        #expect(target.text("state") == "down")
        #expect(target["error"]?.text("reason") == "stalled")
        #expect(try await bench.page("/targets/archive").text.contains("no longer collects this target"))
        #expect(try await bench.page("/").status == 200)
    }

    @Test("works again when it is renewed, without a trace")
    func renewal() async throws {
        let bench = try await Self.bench()
        bench.web.time.advance(by: Self.maximumAge)
        bench.target.time.advance(by: Self.maximumAge)
        #expect(try await Self.page(bench).value("mailstore_up") == 0)
        await bench.target.collect()
        if let page = bench.target.sink.page { bench.web.store.update(page) }
        bench.web.store.render()
        bench.web.time.advance(by: .seconds(2))
        let page = try await Self.page(bench)
        #expect(page.value("mailstore_up") == 1)
        #expect(page.value("mailstore_active_sessions") != nil)
        #expect(try await bench.json().text("state") == "up")
    }

    @Test("is logged once")
    func log() async throws {
        let bench = try await Self.bench()
        let log = RecordingLog()
        let store = SnapshotStore(
            catalogue: try MetricCatalogue.make(), targets: ["archive"], clock: bench.web.time.clock,
            logger: log.logger)
        store.update(try #require(bench.target.sink.page))
        store.render()
        _ = store.snapshot
        #expect(log.lines.isEmpty)
        for _ in 1...3 {
            bench.web.time.advance(by: Self.maximumAge)
            _ = store.snapshot
            _ = store.page(of: "archive")
        }
        #expect(log.lines.count == 1)
        #expect(log.events.first?.metadata["target"] == "archive")
    }

    @Test("is rendered once for all scrapes, not again by each")
    func once() async throws {
        let bench = try await Self.bench()
        let version = bench.web.store.snapshot.version
        #expect(bench.web.store.snapshot.version == version)
        bench.web.time.advance(by: Self.maximumAge)
        #expect(bench.web.store.snapshot.version == version + 1)
        #expect(bench.web.store.snapshot.version == version + 1)
    }

    @Test("though a run may take as long as its time-out")
    func slow() async throws {
        let bench = try PagesBench { _ in
        } configuration: {
            $0.collection = CollectionSettings(timeout: .minutes(10), maximumAge: .minutes(2))
        }
        await bench.target.collect()
        if let page = bench.target.sink.page { bench.web.store.update(page) }
        // One interval, and twice the time-out.
        bench.web.time.advance(by: .seconds(60 + 1200 - 1))
        let before = try await Self.page(bench, "/probe?target=archive")
        #expect(before.value("mailstore_up") == 1)
        #expect(!before.has("mailstore_active_sessions"))
        bench.web.time.advance(by: .seconds(1))
        #expect(try await Self.page(bench, "/probe?target=archive").value("mailstore_up") == 0)
    }
}
