import TestSupport
import Testing

@testable import Web

@Suite("A probe", .timeLimit(.minutes(1)))
struct ProbeTests {
    @Test("shows the one target and nothing of the others or the exporter")
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

    @Test("of a target that was taken away is not answered")
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

    @Test("of a target that is configured and has nothing to show is no unknown one")
    func silence() async throws {
        let bench = try WebBench(targets: ["a"])
        bench.update("a")
        bench.store.drop("a")
        try await bench.serving { scraper in
            let answer = try await scraper.get("/probe?target=a")
            #expect(answer.status == 503)
            #expect(answer.text.contains("the log says why"))
        }
    }
}
