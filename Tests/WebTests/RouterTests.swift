import OperatingSystem
import TestSupport
import Testing

@testable import Configuration
@testable import Web

@Suite("Each path has its answer, and each answer is counted", .timeLimit(.minutes(1)))
struct RouterTests {
    @Test("a target of another shard is not found, and the answer names the shard")
    func otherShard() async throws {
        let bench = try WebBench()
        let targets = ["archive", "headquarters"].map {
            "{ name: \($0), url: 'https://x', username: u, password_env: P }"
        }
        try bench.read(
            targetFiles: ["targets: [\(targets.joined(separator: ", "))]"], shard: try Shard(parsing: "1/3"))
        bench.update("headquarters")
        bench.store.render()
        try await bench.serving { scraper in
            #expect(try await scraper.get("/probe?target=headquarters").status == 200)
            let probe = try await scraper.get("/probe?target=archive")
            #expect(probe.status == 404)
            #expect(probe.text.contains("--shard=2/3"))
            let page = try await scraper.get("/targets/archive")
            #expect(page.status == 404)
            #expect(page.text.contains("--shard=2/3"))
            let unknown = try await scraper.get("/probe?target=unknown")
            #expect(unknown.status == 404)
            #expect(!unknown.text.contains("--shard"))
            let metrics = try ScrapedPage(try await scraper.get("/metrics").text)
            #expect(metrics.value("mailstore_exporter_shard_info", ["shard": "1", "shards": "3"]) == 1)
            #expect(metrics.value("mailstore_exporter_target_files", ["state": "valid"]) == 1)
            #expect(metrics.value("mailstore_exporter_target_files", ["state": "invalid"]) == 0)
            #expect(try await scraper.get("/sd").text.contains("archive") == false)
            let status = try JSONObject(try await scraper.get("/api/v1/status").body)
            #expect(status["data"]?["configuration"]?.text("shard") == "1/3")
        }
    }

    @Test(
        "paths and methods",
        arguments: [
            ("GET", "/metrics", 200, "/metrics"), ("HEAD", "/metrics", 200, "/metrics"),
            ("GET", "/metrics?a=b", 200, "/metrics"), ("GET", "/-/healthy", 200, "/-/healthy"),
            ("GET", "/-/ready", 200, "/-/ready"), ("HEAD", "/-/ready", 200, "/-/ready"), ("GET", "/", 200, "/"),
            ("HEAD", "/", 200, "/"), ("GET", "/config", 200, "/config"), ("HEAD", "/config", 200, "/config"),
            ("POST", "/config", 405, "/config"), ("GET", "/api/v1/status", 200, "/api/v1/status"),
            ("HEAD", "/api/v1/status", 200, "/api/v1/status"), ("PUT", "/api/v1/status", 405, "/api/v1/status"),
            ("GET", "/targets/archive", 200, "/targets/"), ("HEAD", "/targets/archive", 200, "/targets/"),
            ("GET", "/targets/elsewhere", 404, "/targets/"), ("GET", "/targets/", 404, "/targets/"),
            ("POST", "/targets/archive", 405, "/targets/"), ("GET", "/targets", 404, "other"),
            ("GET", "/targets/archive/", 404, "/targets/"), ("OPTIONS", "/metrics", 405, "/metrics"),
            ("GET", "/api/v1/status/", 404, "other"),
            ("POST", "/metrics", 405, "/metrics"), ("DELETE", "/", 405, "/"),
            ("PUT", "/-/ready", 405, "/-/ready"), ("OPTIONS", "/-/healthy", 405, "/-/healthy"),
            ("GET", "/nothing", 404, "other"), ("GET", "/metrics/", 404, "other"), ("GET", "/Metrics", 404, "other"),
            ("POST", "/nothing", 404, "other"), ("GET", "/../metrics", 404, "other"),
            ("GET", "/probe?target=archive", 200, "/probe"), ("HEAD", "/probe?target=archive", 200, "/probe"),
            ("GET", "/probe", 400, "/probe"), ("GET", "/probe?target=", 400, "/probe"),
            ("GET", "/probe?target=elsewhere", 404, "/probe"), ("POST", "/probe?target=archive", 405, "/probe"),
            ("GET", "/probe?target=https%3A%2F%2F127.0.0.1%3A8463", 404, "/probe"), ("GET", "/sd", 200, "/sd"),
            ("POST", "/sd", 405, "/sd"), ("GET", "/-/ready/x", 404, "other"), ("HEAD", "/favicon.ico", 404, "other"),
        ])
    func table(method: String, path: String, status: Int, counted: String) async throws {
        let bench = try WebBench()
        bench.update()
        bench.store.render()
        try await bench.serving { scraper in
            let answer = try await scraper.get(path, method: method)
            #expect(answer.status == status)
            #expect((answer.headers["allow"] == "GET, HEAD") == (status == 405))
            #expect(answer.headers["cache-control"] == "no-store")
            if method == "HEAD" { #expect(answer.body.isEmpty) } else { #expect(!answer.body.isEmpty) }
        }
        #expect(bench.endpoint.requests.counts == [HTTPRequestCounter.Key(path: counted, status: status): 1])
    }

    @Test("HEAD has the same size as GET")
    func head() async throws {
        let bench = try WebBench()
        try await bench.serving { scraper in
            let get = try await scraper.get("/-/healthy")
            let head = try await scraper.get("/-/healthy", method: "HEAD")
            #expect(head.headers["content-length"] == String(get.body.count))
        }
    }

    @Test("it is not ready until every target has been tried; it is healthy all the time")
    func readiness() async throws {
        let bench = try WebBench(targets: ["a", "b"])
        bench.update("a")
        bench.store.render()
        try await bench.serving { scraper in
            let answer = try await scraper.get("/-/ready")
            #expect(answer.status == 503)
            #expect(answer.text.contains("try again"))
            let healthy = try await scraper.get("/-/healthy")
            #expect(healthy.status == 200)
            let metrics = try await scraper.get("/metrics")
            #expect(metrics.status == 200)
            bench.update("b")
            bench.store.render()
            let ready = try await scraper.get("/-/ready")
            #expect(ready.status == 200)
        }
        let key = HTTPRequestCounter.Key(path: "/-/ready", status: 503)
        #expect(bench.endpoint.requests.counts[key] == 1)
    }

    @Test("unknown paths are counted together, however many there are")
    func boundedPaths() async throws {
        let bench = try WebBench()
        try await bench.serving { scraper in
            for number in 0..<5 {
                let answer = try await scraper.get("/scan/\(number)")
                #expect(answer.status == 404)
            }
        }
        #expect(bench.endpoint.requests.counts == [HTTPRequestCounter.Key(path: "other", status: 404): 5])
    }

    @Test(
        "a page of another site cannot reload the configuration",
        arguments: [
            (nil, 200), ("http://127.0.0.1:PORT", 200), ("HTTP://127.0.0.1:PORT", 200), ("http://evil.example", 403),
            ("http://127.0.0.1", 403), ("http://127.0.0.1:1", 403), ("http://localhost:PORT", 403), ("null", 403),
            ("", 403), ("https://evil.example", 403), ("chrome-extension://abc", 403),
            ("http://127.0.0.1:PORT.evil", 403),
        ] as [(String?, Int)])
    func foreignOrigin(origin: String?, status: Int) async throws {
        let reloads = Locked(0)
        let bench = try WebBench(reload: {
            reloads.withLock { $0 += 1 }
            return .done
        })
        for method in ["POST", "PUT"] {
            let answer = try await bench.serving { scraper in
                let value = origin?.replacing("PORT", with: "\(scraper.port)")
                // An empty value needs a semicolon.
                let header = value.map { $0.isEmpty ? "Origin;" : "Origin: \($0)" }
                return try await scraper.get("/-/reload", method: method, headers: header.map { [$0] } ?? [])
            }
            #expect(answer.status == status)
        }
        #expect(reloads.withLock { $0 } == (status == 200 ? 2 : 0))
    }

    @Test("only POST and PUT reload, and the answer to others names them")
    func reloadMethods() async throws {
        let bench = try WebBench(reload: { .done })
        for method in ["GET", "HEAD", "DELETE"] {
            let answer = try await bench.serving { try await $0.get("/-/reload", method: method) }
            #expect(answer.status == 405)
            #expect(answer.headers["allow"] == "POST, PUT")
        }
    }
}
