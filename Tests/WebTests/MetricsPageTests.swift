import Exposition
import MailStoreAPI
import TestSupport
import Testing

@testable import Web

@Suite("The page of metrics is whole in every format", .timeLimit(.minutes(1)))
struct MetricsPageTests {
    private let bench: WebBench

    init() throws {
        bench = try WebBench()
        bench.update(sessions: 7, failures: 3, duplicates: 2)
        bench.store.render()
    }

    /// What a client accepts, and what it is told that it got.
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

    @Test("the number of series that the page tells is the number of series on it", arguments: formats.map(\.0))
    func seriesCount(accept: String) async throws {
        try await bench.serving { scraper in
            let answer = try await scraper.get("/metrics", headers: ["Accept: \(accept)"])
            let lines = answer.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            #expect(lines.contains("mailstore_exporter_series \(lines.count)"))
        }
    }

    @Test("the exporter's own part tells of requests, and is fresh after a second")
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

    @Test("failures to save, duplicates and sizes are those of the snapshot")
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
