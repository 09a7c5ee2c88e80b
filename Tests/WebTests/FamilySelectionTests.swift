import Foundation
import MailStoreAPI
import PlainText
import TestSupport
import Testing

@testable import Configuration
@testable import Web

@Suite("A scrape can ask for some families", .timeLimit(.minutes(1)))
struct FamilySelectionTests {
    /// The names of the families on a page of one target.
    private func families(_ query: String, headers: [String] = []) async throws -> Set<String> {
        let bench = try PagesBench()
        await bench.collect()
        let answer = try await bench.web.serving { try await $0.get("/metrics?\(query)", headers: headers) }
        #expect(answer.status == 200)
        let lines = answer.text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
        return Set(lines.map { String($0.split(separator: " ")[2]) })
    }

    @Test("those of the collectors that collect[] names, and no others")
    func collect() async throws {
        let sessions: Set = ["mailstore_active_sessions"]
        #expect(try await families("collect[]=sessions") == sessions)
        #expect(try await families("collect%5B%5D=sessions") == sessions)
        let both = try await families("collect[]=sessions&collect[]=server")
        #expect(both.isSuperset(of: sessions) && both.count == 2)
        let own = try await families("collect[]=exporter")
        #expect(own.contains("mailstore_exporter_build_info") && !own.contains("mailstore_up"))
        #expect(try await families("collect[]=target").contains("mailstore_up"))
    }

    @Test("those that name[] names, by the name of the family or of a sample; unknown names are nothing")
    func names() async throws {
        #expect(try await families("name[]=mailstore_up&name[]=nothing") == ["mailstore_up"])
        #expect(try await families("name[]=mailstore_api_requests_total") == ["mailstore_api_requests_total"])
        #expect(try await families("name[]=mailstore_up&collect[]=sessions") == [])
        #expect(try await families("name[]=mailstore_exporter_build_info") == ["mailstore_exporter_build_info"])
    }

    @Test("in every format")
    func formats() async throws {
        let bench = try PagesBench()
        await bench.collect()
        let answer = try await bench.web.serving {
            try await $0.get("/metrics?collect[]=sessions", headers: ["Accept: application/openmetrics-text"])
        }
        #expect(answer.text.hasSuffix("\n# EOF\n") && answer.text.split(separator: "\n").count == 4)
        let gzip = try await bench.web.serving {
            try await $0.get("/metrics?collect[]=sessions", headers: ["Accept-Encoding: gzip"])
        }
        #expect(gzip.headers["content-encoding"] == "gzip" && gzip.body.starts(with: [0x1F, 0x8B]))
    }

    @Test("an unknown collector is an error that lists them all")
    func unknown() async throws {
        let answer = try await WebBench().serving { try await $0.get("/metrics?collect[]=jobs&collect[]=job") }
        #expect(answer.status == 400)
        #expect(answer.text.hasPrefix("No such collector: \"job\". Use collect[] with: "))
        for name in CollectorName.allCases { #expect(answer.text.contains(name.rawValue)) }
    }

    @Test("the metrics can have another path, to which the pages link")
    func telemetryPath() async throws {
        let bench = try WebBench(telemetryPath: "/-/telemetry/x")
        try await bench.serving { scraper in
            #expect(try await scraper.get("/-/telemetry/x?collect[]=exporter").status == 200)
            let usual = try await scraper.get("/metrics")
            #expect(usual.status == 404 && usual.text.contains("/-/telemetry/x"))
            #expect(try await scraper.get("/").text.contains(#"<a href="-/telemetry/x">Metrics</a>"#))
        }
        var settings = WebSettings(listenAddresses: [])
        for path in ["metrics", "", "/config", "/targets/a", "/-/reload", "/a b", "/a?b"] {
            #expect(throws: InvalidValue.self) { try settings.setTelemetryPath(path) }
        }
    }

    @Test(
        "all links of the pages are relative, so that they work behind a proxy with a prefix",
        arguments: ["/", "/targets/archive"])
    func links(path: String) async throws {
        let bench = try PagesBench()
        await bench.collect()
        let page = try await bench.page(path).text
        let links = page.matches(of: /(?:href|src|action)="([^"]*)"/).map { String($0.output.1) }
        #expect(links.count > 5)
        for link in links { #expect(!link.hasPrefix("/") && !link.contains("://"), "\(link)") }
        // Where they lead to, from the page behind a prefix.
        let base = try #require(URL(string: "https://proxy.example/mailstore\(path)"))
        for link in links where !link.hasPrefix("#") {
            let place = try #require(URL(string: link, relativeTo: base)).absoluteURL.path
            #expect(place.hasPrefix("/mailstore"), "\(link)")
        }
    }
}
