import Foundation
import MailStoreSimulator
import Testing

@Suite("The endpoint")
struct EndpointTests {
    /// A server that is collected once and then left alone, so that pages can be compared.
    private func withScene(_ body: (Scene) async throws -> Void) async throws {
        try await Scene.with {
            $0.history = 2
        } configure: { configuration in
            let intervals = Page.collectors.map { "\($0): 1h" }.joined(separator: ", ")
            configuration.collection["intervals"] = "{\(intervals)}"
            configuration.collection["interval"] = "1h"
            configuration.collection["max_age"] = "12h"
        } _: { scene in
            try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            try await body(scene)
        }
    }

    /// What is on a page but for the exporter itself, which changes from scrape to scrape.
    private func lines(_ reply: CurlReply) -> [Substring] {
        reply.text.split(separator: "\n").filter { !$0.contains("mailstore_exporter_") && !$0.contains("process_") }
    }

    @Test("answers GET and HEAD and refuses the rest")
    func methods() async throws {
        try await withScene { scene in
            for (path, type) in [
                ("/metrics", "text/plain; version=0.0.4; charset=utf-8"), ("/", "text/html; charset=utf-8"),
                ("/-/healthy", "text/plain; charset=utf-8"), ("/-/ready", "text/plain; charset=utf-8"),
            ] {
                let get = try await scene.exporter.get(path)
                #expect(get.status == 200)
                #expect(get.header("Content-Type") == type)
                #expect(get.header("Content-Length") == String(get.body.count))
                let head = try await scene.exporter.get(path, ["--head"])
                #expect(head.status == 200)
                #expect(head.header("Content-Type") == type)
                #expect((head.header("Content-Length").flatMap { Int($0) } ?? 0) > 0)
                for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
                    let refused = try await scene.exporter.get(path, ["--request", method])
                    #expect(refused.status == 405, "\(method) \(path)")
                    #expect(refused.header("Allow") == "GET, HEAD")
                }
            }
            for path in ["/metric", "/metrics/", "/-/", "/..%2f..%2fetc/passwd", "/-/quit"] {
                #expect(try await scene.exporter.get(path).status == 404, "\(path)")
            }
            let page = try await scene.exporter.page(until: "the requests are counted") {
                $0.value("mailstore_exporter_http_requests_total", ["path": "other", "code": "404"]) == 5
            }
            #expect(page.value("mailstore_exporter_http_requests_total", ["path": "/-/ready", "code": "405"]) == 4)
            #expect(page.value("mailstore_exporter_series") == Double(page.samples.count))
            // The scrape's own.
            #expect(page.value("mailstore_exporter_http_connections") ?? 0 >= 1)
        }
    }

    @Test("sends the same page plain and compressed, in both formats")
    func compression() async throws {
        try await withScene { scene in
            for accept in ["text/plain;version=0.0.4", "application/openmetrics-text;version=1.0.0"] {
                let arguments = ["--header", "Accept: \(accept)"]
                let plain = try await scene.exporter.get("/metrics", arguments)
                // Twice: the first demand compresses, the second finds it done.
                for _ in 0..<2 {
                    let compressed = try await scene.exporter.get("/metrics", arguments + ["--compressed"])
                    #expect(compressed.header("Content-Encoding") == "gzip")
                    #expect(compressed.header("Content-Length").flatMap { Int($0) } ?? .max < plain.body.count / 4)
                    #expect(lines(compressed) == lines(plain))
                }
                #expect(plain.header("Content-Encoding") == nil)
                #expect(plain.header("Vary") == "Accept, Accept-Encoding")
                #expect(lines(plain).count > 300)
            }
        }
    }

    @Test(
        "speaks the format that the client prefers",
        arguments: [
            // As Prometheus 3 and Prometheus 2 ask, a browser, and somebody who wants what there is not.
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                    + "application/openmetrics-text;version=0.0.1;q=0.5,"
                    + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
            ),
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                    + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                "application/openmetrics-text; version=1.0.0; charset=utf-8"
            ),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "text/plain; version=0.0.4; charset=utf-8"
            ),
            ("application/json", "text/plain; version=0.0.4; charset=utf-8"),
        ])
    func negotiation(accept: String, contentType: String) async throws {
        try await withScene { scene in
            let reply = try await scene.exporter.get("/metrics", ["--header", "Accept: \(accept)"])
            #expect(reply.header("Content-Type") == contentType)
            let isOpenMetrics = contentType.hasPrefix("application/openmetrics-text")
            #expect(reply.text.hasSuffix("# EOF\n") == isOpenMetrics)
            #expect(reply.text.contains("# TYPE mailstore_server info\n") == isOpenMetrics)
            #expect(reply.text.contains("# TYPE mailstore_server_info gauge\n") == !isOpenMetrics)
        }
    }

    private static let hasIPv6 = !TemporaryFolder.text(of: "/proc/net/if_inet6").isEmpty

    @Test("listens on several addresses, IPv6 among them", .enabled(if: hasIPv6, "this machine has no IPv6"))
    func addresses() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let exporter = try await Exporter(
            [
                "--mailstore.url", "https://127.0.0.1:1", "--mailstore.username", "admin", "--state.directory",
                folder["state"],
            ], listenOn: ["127.0.0.1:0", "[::1]:0", "localhost:0"], environment: ["MAILSTORE_PASSWORD": "x"])
        #expect(exporter.addresses[1].hasPrefix("[::1]:"))
        for address in exporter.addresses {
            #expect(try await exporter.get("/-/healthy", at: address).status == 200)
        }
        #expect(try await exporter.stop() == .exit(0))
    }

    @Test("is healthy at once, and ready when every target was tried, though one hangs")
    func readiness() async throws {
        let hanging = try Simulator(Scene.simulatorOptions { $0.history = 0 })
        defer { hanging.stop() }
        hanging.inject(.hang)
        try await Scene.with {
            $0.history = 0
        } configure: { configuration in
            let passwordFile = configuration.targets[0].passwordFile
            configuration.targets.append(.init(hanging, name: "hanging", passwordFile: passwordFile))
            // Long enough that a busy machine asks before it is over.
            configuration.collection["timeout"] = "12s"
        } _: { scene in
            #expect(try await scene.exporter.get("/-/ready").status == 503)
            #expect(try await scene.exporter.get("/-/healthy").status == 200)
            try await scene.exporter.page(until: "the other target is collected") { $0.succeeded() }
            try await eventually("it is ready") { try await scene.exporter.get("/-/ready").status == 200 }
            let page = try await scene.exporter.page()
            #expect(page.value("mailstore_up", ["target": "hanging"]) == 0)
            #expect(page.value("mailstore_up", ["target": "archive"]) == 1)
        }
    }

    @Test("ends cleanly and soon when it is asked to, also while calls hang", arguments: [SIGTERM, SIGINT])
    func end(signal: Int32) async throws {
        try await Scene.with {
            $0.history = 1
        } configure: { configuration in
            configuration.collection["timeout"] = "10m"
            configuration.collection["connect_timeout"] = "1m"
        } _: { scene in
            try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            scene.simulator.clearRequestLog()
            scene.simulator.inject(.hang)
            try await eventually("as many calls hang as may be under way") {
                scene.simulator.requestLog().count { $0.fault == .hang } == 4
            }
            scene.exporter.program.signal(signal)
            #expect(try await scene.exporter.program.waitForEnd(tries: 150) == .exit(0))
            #expect(scene.exporter.log.hasSuffix("msg=stopped\n"))
            // What was counted is there when it comes back, though the server still hangs.
            let again = try await Exporter(configuration: scene.folder["config.yml"])
            let runs = Double(scene.simulator.state().profileRuns.count)
            #expect(try await again.page().values("mailstore_profile_runs_total").reduce(0, +) == runs)
            #expect(try await again.stop(signal) == .exit(0))
        }
    }
}
