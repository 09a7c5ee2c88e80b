import Configuration
import Exposition
import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Web

@Suite("Scrapes are answered with prebuilt responses")
struct MetricsEndpointTests {
    private let bench: WebBench

    init() throws {
        bench = try WebBench()
        bench.update()
        bench.store.render()
    }

    @Test("two scrapes within a second share one response while nothing has changed")
    func shared() {
        let first = bench.endpoint.response(accept: nil, acceptEncoding: nil)
        bench.time.advance(by: .milliseconds(999))
        #expect(bench.endpoint.response(accept: nil, acceptEncoding: nil) === first)
        #expect(bench.endpoint.response(accept: "text/plain", acceptEncoding: "identity") === first)
    }

    @Test("after a second the exporter's own metrics are collected again")
    func refreshed() {
        let first = bench.endpoint.response(accept: nil, acceptEncoding: nil)
        bench.time.advance(by: .seconds(1))
        let second = bench.endpoint.response(accept: nil, acceptEncoding: nil)
        #expect(second !== first)
        #expect(bench.endpoint.response(accept: nil, acceptEncoding: nil) === second)
    }

    @Test("a change of the targets makes a new response at once")
    func changed() {
        let first = bench.endpoint.response(accept: nil, acceptEncoding: nil)
        bench.update(sessions: 2)
        #expect(bench.endpoint.response(accept: nil, acceptEncoding: nil) === first)
        bench.store.render()
        #expect(bench.endpoint.response(accept: nil, acceptEncoding: nil) !== first)
    }

    @Test("formats and encodings have responses of their own")
    func separate() {
        let plain = bench.endpoint.response(accept: nil, acceptEncoding: nil)
        let gzip = bench.endpoint.response(accept: nil, acceptEncoding: "gzip")
        let openMetrics = bench.endpoint.response(accept: "application/openmetrics-text", acceptEncoding: nil)
        #expect(plain !== gzip && plain !== openMetrics && gzip !== openMetrics)
        #expect(bench.endpoint.response(accept: nil, acceptEncoding: "gzip") === gzip)
        #expect(bench.endpoint.response(accept: "application/openmetrics-text", acceptEncoding: nil) === openMetrics)
    }
}

@Suite("The page of metrics is whole in every format", .timeLimit(.minutes(1)))
struct MetricsPageTests {
    private let bench: WebBench

    init() throws {
        bench = try WebBench()
        bench.update(sessions: 7, failures: 3, duplicates: 2)
        bench.store.render()
    }

    /// What a client accepts, and the content type of the reply.
    static let formats = [
        ("text/plain", "text/plain; version=0.0.4; charset=utf-8"),
        (
            "application/openmetrics-text;version=1.0.0,text/plain;q=0.5",
            "application/openmetrics-text; version=1.0.0; charset=utf-8"
        ),
    ]

    @Test("gzip unpacks to the plain page", arguments: formats)
    func gzip(accept: String, contentType: String) async throws {
        try await bench.serving { scraper in
            let packed = try await scraper.get("/metrics", headers: ["Accept: \(accept)", "Accept-Encoding: gzip"])
            #expect(packed.headers["content-encoding"] == "gzip")
            #expect(packed.headers["content-type"] == contentType)
            let unpacked = try await Program.run("gzip", ["-dc"], input: packed.body)
            #expect(unpacked.exitCode == 0)
            let plain = try await scraper.get("/metrics", headers: ["Accept: \(accept)"])
            #expect(plain.headers["content-encoding"] == nil)
            #expect(plain.headers["content-type"] == contentType)
            #expect(plain.headers["vary"] == "Accept, Accept-Encoding")
            // The first scrape is counted in between, and the process has gone on.
            #expect(Self.stable(unpacked.text) == Self.stable(plain.text))
            #expect(unpacked.text.contains(#"mailstore_active_sessions{target="archive"} 7"#))
        }
    }

    @Test("OpenMetrics ends with its marker, and text has none")
    func endMarker() async throws {
        try await bench.serving { scraper in
            let openMetrics = try await scraper.get("/metrics", headers: ["Accept: application/openmetrics-text"])
            #expect(openMetrics.text.hasSuffix("\n# EOF\n"))
            #expect(openMetrics.text.split(separator: "# EOF", omittingEmptySubsequences: false).count == 2)
            let text = try await scraper.get("/metrics")
            #expect(!text.text.contains("# EOF"))
        }
    }

    @Test("the metric for the number of series is the number of series on the page", arguments: formats.map(\.0))
    func seriesCount(accept: String) async throws {
        try await bench.serving { scraper in
            let answer = try await scraper.get("/metrics", headers: ["Accept: \(accept)"])
            let lines = answer.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            #expect(lines.contains("mailstore_exporter_series \(lines.count)"))
        }
    }

    @Test("the exporter's own metrics count requests, and are fresh after a second")
    func freshness() async throws {
        try await bench.serving { scraper in
            let labels = ["path": "/metrics", "code": "200"]
            var counts: [Double?] = []
            for step in [0, 500, 500] {
                bench.time.advance(by: .milliseconds(step))
                let page = try ScrapedPage(try await scraper.get("/metrics").text)
                counts.append(page.value("mailstore_exporter_http_requests_total", labels))
            }
            // A page is made before the request that asks for it is counted.
            #expect(counts == [nil, nil, 2])
        }
    }

    @Test("save failures, duplicates and sizes are those of the snapshot")
    func exporterFamilies() async throws {
        try await bench.serving { scraper in
            let page = try ScrapedPage(try await scraper.get("/metrics").text)
            #expect(page.value("mailstore_exporter_state_save_failures_total") == 3)
            #expect(page.value("mailstore_exporter_duplicate_series_total") == 2)
            let size = bench.store.snapshot.text.section.byteCount
            #expect(page.value("mailstore_exporter_snapshot_bytes", ["format": "text"]) == Double(size))
            #expect(page.value("mailstore_exporter_config_last_reload_successful") == 1)
            #expect(page.value("mailstore_exporter_build_info", ["revision": "0123456789abcdef"]) == 1)
        }
    }

    private static func stable(_ page: String) -> [Substring] {
        page.split(separator: "\n").filter { line in
            !line.hasPrefix("process_") && !line.contains("mailstore_exporter_http_requests")
                && !line.hasPrefix("mailstore_exporter_series ")
        }
    }
}

@Suite("A probe", .timeLimit(.minutes(1)))
struct ProbeTests {
    @Test("shows the metrics of one target only")
    func oneTarget() async throws {
        let bench = try WebBench(targets: ["a", "b"])
        bench.update("a", sessions: 3)
        bench.update("b", sessions: 4)
        try await bench.serving { scraper in
            let answer = try await scraper.get("/probe?target=b")
            let series = try ScrapedPage(answer.text).series
            #expect(series.count == 1)
            #expect(answer.text.contains(#"mailstore_active_sessions{target="b"} 4"#))
        }
    }

    @Test("is never older than the target's newest page")
    func freshness() async throws {
        let bench = try WebBench(targets: ["a"])
        try await bench.serving { scraper in
            for sessions in 1...3 {
                bench.update("a", sessions: sessions)
                for _ in 1...2 {
                    let answer = try await scraper.get("/probe?target=a")
                    #expect(answer.text.contains(#"mailstore_active_sessions{target="a"} \#(sessions)"#))
                }
            }
        }
    }

    @Test("of a removed target is answered with 404")
    func removal() async throws {
        let bench = try WebBench(targets: ["a", "b"])
        bench.update("a")
        bench.update("b")
        try await bench.serving { scraper in
            let before = try await scraper.get("/probe?target=a")
            bench.store.setTargets(["b"])
            let after = try await scraper.get("/probe?target=a")
            let list = try await scraper.get("/sd")
            #expect(before.status == 200)
            #expect(after.status == 404)
            #expect(list.text == "[{\"targets\": [\"b\"], \"labels\": {}}]\n")
        }
    }

    @Test("lists the user's own labels for Prometheus")
    func ownLabels() async throws {
        let bench = try WebBench(targets: ["a", "b"])
        var configuration = bench.configuration.configuration
        configuration.targets[1].labels = TargetLabels(["customer": #"A"\B"#, "tier": "gold"])
        bench.configuration.replace(with: configuration)
        try await bench.serving { scraper in
            let list = Data(try await scraper.get("/sd").body)
            let groups = try JSONSerialization.jsonObject(with: list) as? [[String: Any]]
            #expect(groups?.map { $0["targets"] as? [String] } == [["a"], ["b"]])
            #expect(
                groups?.map { $0["labels"] as? [String: String] } == [[:], ["customer": #"A"\B"#, "tier": "gold"]])
        }
    }

    @Test("of a configured target without data is answered with 503")
    func silence() async throws {
        let bench = try WebBench(targets: ["a"])
        bench.update("a")
        bench.store.drop("a")
        try await bench.serving { scraper in
            let answer = try await scraper.get("/probe?target=a")
            #expect(answer.status == 503)
            #expect(answer.text.contains("See the log"))
        }
    }
}

@Suite("The metrics of the process are plausible")
struct ProcessMetricsTests {
    @Test("all are there on Linux, and fit together")
    func plausible() throws {
        let metrics = ProcessMetrics()
        let resident = try #require(metrics.residentBytes)
        let virtual = try #require(metrics.virtualBytes)
        let open = try #require(metrics.openDescriptors)
        let maximum = try #require(metrics.maximumDescriptors)
        #expect(metrics.cpuSeconds > 0)
        #expect(resident > 1_000_000 && resident < virtual)
        #expect(open >= 3 && open <= maximum)
    }

    @Test("the process was started after the machine and before now")
    func start() throws {
        let start = try #require(ProcessMetrics.startTime)
        let now = Date().timeIntervalSince1970
        #expect(start <= now + 1)
        #expect(start > now - ProcessInfo.processInfo.systemUptime - 60)
    }
}
