import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Configuration
@testable import Web

@Suite("The status pages of a Service Provider Edition", .timeLimit(.minutes(1)))
struct ServicePageTests {
    private typealias Fake = FakeServiceProvider

    private func bench(hideNames: Bool = false) async throws -> PagesBench {
        let bench = try PagesBench(configuration: { $0.hideNames = hideNames })
        Fake.fill(
            bench.server,
            rows: [
                Fake.row("good"), Fake.row("<i>odd</i>"),
                Fake.row("dead", #""status": "stopped", "processID": 0, "startStopError": "No <b>disk</b>""#),
                Fake.row("manual", #""status": "stopped", "startMode": "manual""#),
            ])
        bench.server.answer(
            .canRunArchiveProfiles, .forInstances("<i>odd</i>", answer: .result("false"), others: .result("true")))
        bench.server.answer(
            .getServiceStatus,
            .result(
                #"""
                {"serverInfos": [{"serverName": "H<1>", "serverType": "instanceHost", "active": false,
                "numberOfInstances": 4, "numberOfRunningInstances": 2}],
                "messages": [{"type": "information", "text": "fine"}, {"type": "error", "text": "<script>x</script>"}]}
                """#))
        await bench.collect()
        return bench
    }

    @Test("instances are listed with their status and the reason, the worst first, and all texts are escaped")
    func page() async throws {
        let text = try await bench().page("/targets/archive").text
        let places = ["Customer dead", "Customer &lt;i&gt;odd&lt;/i&gt;", "Customer manual", "Customer good"].map {
            text.firstRange(of: $0)?.lowerBound
        }
        #expect(places.allSatisfy { $0 != nil } && places.compactMap(\.self) == places.compactMap(\.self).sorted())
        #expect(text.contains("starting or stopping it failed: No &lt;b&gt;disk&lt;/b&gt;"))
        #expect(text.contains("its profiles cannot archive"))
        #expect(text.contains("&lt;script&gt;x&lt;/script&gt;") && text.contains("H&lt;1&gt;"))
        #expect(!text.contains("<script") && !text.contains("<i>odd") && !text.contains("<b>disk"))
        #expect(text.contains("Service Provider Edition"))
        let overview = try await bench().page("/").text
        #expect(overview.contains("Customer dead"))
    }

    @Test("the JSON has the edition, the service and the instances")
    func json() async throws {
        let target = try await bench().json()
        #expect(target.text("edition") == "spe")
        let list = try #require(target["instances"])
        #expect(list.fields["total"] as? Int == 4 && list.fields["failing"] as? Int == 1)
        let dead = try #require(list.items("items").first { $0.text("id") == "dead" })
        #expect(dead.text("health") == "bad" && dead.text("status") == "stopped")
        #expect(
            dead.fields["reasons"] as? [String] == ["starting or stopping it failed: No <b>disk</b>", "it is stopped"])
        let service = try #require(target["service"])
        #expect(service.items("messages").map { $0.text("severity") } == ["error", "information"])
        #expect(service.items("hosts").first?.text("name") == "H<1>")
    }

    @Test("names and free texts are hidden on request, ids are not")
    func hidden() async throws {
        let bench = try await bench(hideNames: true)
        for path in ["/targets/archive", "/api/v1/status"] {
            let text = try await bench.page(path).text
            #expect(!text.contains("Customer") && !text.contains("disk") && !text.contains("script&gt;"))
            #expect(text.contains("dead"))
        }
    }

    @Test("a MailStore Server has neither")
    func server() async throws {
        let bench = try PagesBench()
        await bench.collect()
        let target = try await bench.json()
        #expect(target["instances"] == nil && target["service"] == nil)
        #expect(target.text("edition") == "server")
        #expect(try await !bench.page("/targets/archive").text.contains("Instances"))
    }
}
