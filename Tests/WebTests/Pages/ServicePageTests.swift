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

    @Test("each instance has a page of its own, which the list links to, whatever its id is")
    func instancePage() async throws {
        let bench = try await bench()
        Fake.fillArchives(bench.server)
        await bench.collect()
        await bench.collect()
        let link = "?instance_id=%3Ci%3Eodd%3C%2Fi%3E"
        #expect(try await bench.page("/targets/archive").text.contains("href=\"\(link)\""))
        let overview = try await bench.page("/").text
        #expect(overview.contains("href=\"targets/archive\(link)\""))
        let text = try await bench.page("/targets/archive\(link)").text
        #expect(text.contains("Customer &lt;i&gt;odd&lt;/i&gt;") && !text.contains("<i>odd"))
        #expect(text.contains("its profiles cannot archive") && text.contains("HOST1"))
        #expect(
            text.contains("Backup") && text.contains("Mailboxes") && text.contains("Stores and their verifications"))
        #expect(text.contains("probe?target=archive&amp;instance_id=%3Ci%3Eodd%3C%2Fi%3E"))
        for id in ["nobody", "%3Cscript%3E", "good%00"] {
            let missing = try await bench.page("/targets/archive?instance_id=\(id)")
            #expect(missing.status == 404 && !missing.text.contains("<script"))
        }
        #expect(try await bench.page("/targets/archive?instance_id=").status == 200)
    }

    @Test("an instance of which a job has failed needs attention")
    func failingItems() async throws {
        let bench = try await bench()
        Fake.fillArchives(bench.server)
        bench.server.answer(
            .getJobResults,
            .forInstances(
                "good",
                answer: .result(
                    #"[{"jobResultId": 1, "jobId": 7, "startTime": "2025-12-31T23:00:00", "result": "failed","#
                        + #""completeTime": "2025-12-31T23:30:00"}]"#), others: .result("[]")))
        await bench.collect()
        await bench.collect()
        let list = try #require(try await bench.json()["instances"])
        let good = try #require(list.items("items").first { $0.text("id") == "good" })
        #expect(good.text("health") == "bad" && good.fields["failingItems"] as? Int == 1)
        #expect(good.fields["reasons"] as? [String] == ["1 item needs attention"])
    }

    @Test("the list is searched and paged without a script, the worst first")
    func search() async throws {
        let bench = try PagesBench()
        let rows = (0..<250).map { number in
            Fake.row(
                "k\(1000 + number)", number == 249 ? #""status": "stopped", "processID": 0"# : #""status": "running""#)
        }
        Fake.fill(bench.server, rows: rows)
        await bench.collect()
        func ids(_ query: String) async throws -> [Substring] {
            let text = try await bench.page("/targets/archive\(query)").text
            return text.matches(of: /href="\?instance_id=(k\d+)"/).map(\.output.1)
        }
        #expect(try await ids("") == ["k1249"] + (1000..<1099).map { "k\($0)" })
        #expect(try await ids("?page=3") == (1199..<1249).map { "k\($0)" })
        #expect(try await ids("?page=99") == [])
        #expect(try await ids("?page=-1").count == 100)
        #expect(try await ids("?page=x").count == 100)
        #expect(try await ids("?search=K10") == (1000..<1100).map { "k\($0)" })
        #expect(try await ids("?search=customer+k124&page=1").count == 10)
        let found = try await bench.page("/targets/archive?search=k1&page=2").text
        #expect(found.contains("href=\"?search=k1&amp;page=3\"") && found.contains("<b aria-current=\"page\">2</b>"))
        let none = try await bench.page("/targets/archive?search=%3Cb%3E%22").text
        #expect(none.contains("No instance matches") && none.contains("value=\"&lt;b&gt;&quot;\""))
    }

    @Test("/sd?by=instance lists everything that /probe has, each once")
    func discovery() async throws {
        let bench = try await bench()
        Fake.fillArchives(bench.server)
        await bench.collect()
        await bench.collect()
        let list = try await bench.page("/sd?by=instance")
        let entries = try #require(
            try JSONSerialization.jsonObject(with: Data(list.body)) as? [[String: Any]])
        let labels = entries.compactMap { $0["labels"] as? [String: String] }
        #expect(labels.first == ["__param_target": "archive", "__param_instances": "no"])
        let ids: Set = ["<i>odd</i>", "dead", "good", "manual"]
        #expect(labels.count == 5 && Set(labels.dropFirst().compactMap { $0["__param_instance_id"] }) == ids)
        let names = entries.dropFirst().flatMap { $0["targets"] as? [String] ?? [] }
        #expect(Set(names) == Set(ids.map { "archive/\($0)" }))
        func series(_ query: String) async throws -> Set<String> {
            let text = try await bench.page("/probe?\(query)").text
            return Set(
                text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { String($0.prefix { $0 != "}" }) })
        }
        let all = try await series("target=archive")
        let parts = [
            try await series("target=archive&instances=no"), try await series("target=archive&instance_id=good"),
            try await series("target=archive&instance_id=dead"), try await series("target=archive&instance_id=manual"),
            try await series("target=archive&instance_id=%3Ci%3Eodd%3C%2Fi%3E"),
        ]
        #expect(parts.reduce(0) { $0 + $1.count } == all.count && parts.reduce([]) { $0.union($1) } == all)
        #expect(parts[1].allSatisfy { $0.contains("instance_id=\"good\"") } && parts[1].count > 30)
        #expect(try await bench.page("/probe?target=archive&instance_id=nobody").status == 404)
        #expect(try await bench.page("/sd?by=host").status == 400)
        #expect(try await bench.page("/sd").text.contains(#""targets": ["archive"], "labels": {}"#))
    }
}
