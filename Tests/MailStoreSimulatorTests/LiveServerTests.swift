import Foundation
import Testing

@testable import MailStoreSimulator

@Suite("The simulator, called by curl")
struct LiveServerTests {
    /// Runs a test with a server that stops afterwards, and with the arguments of curl for a correct client.
    static func with(
        _ change: (inout SimulatorOptions) -> Void = { _ in },
        _ body: (Simulator, [String]) async throws -> Void
    ) async throws {
        var options = SimulatorOptions()
        options.history = 1
        change(&options)
        let simulator = try Simulator(options)
        defer { simulator.stop() }
        let file = FileManager.default.temporaryDirectory.appending(path: "simulator-\(UUID().uuidString).pem")
        try Data(simulator.certificatePEM.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(simulator, ["--cacert", file.path, "--user", "admin:simulated", "--data", ""])
    }

    @Test("a correct client gets a reply over TLS")
    func answer() async throws {
        try await Self.with { simulator, client in
            let curl = try await CurlProgram.run(client + ["--include", simulator.url + "/api/invoke/GetServerInfo"])
            #expect(curl.status == 0)
            #expect(curl.output.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(curl.output.contains("Server: Microsoft-HTTPAPI/2.0\r\n"))
            #expect(curl.output.components(separatedBy: "\r\nDate: ").count == 2)
            #expect(curl.output.contains("\u{FEFF}{\n  \"error\": null"))
            #expect(simulator.requestLog().map(\.function) == ["GetServerInfo"])
        }
    }

    @Test("the pin is that of the certificate, and no other key has it")
    func pin() async throws {
        try await Self.with { simulator, _ in
            let url = simulator.url + "/api/get-metadata"
            let good = ["--insecure", "--data", "", "--pinnedpubkey", "sha256//" + simulator.publicKeyPin, url]
            let pinned = try await CurlProgram.run(good).status
            #expect(pinned == 0)
            let wrong = "sha256//" + Data(repeating: 7, count: 32).base64EncodedString()
            let mispinned = try await CurlProgram.run(["--insecure", "--pinnedpubkey", wrong, url]).status
            #expect(mispinned == 90)
        }
    }

    @Test(
        "a client rejects certificates that are unknown, expired or for another name",
        arguments: [
            (SimulatorOptions.CertificateKind.selfSigned, false), (.wrongHostName, true), (.expired, true),
        ])
    func certificates(kind: SimulatorOptions.CertificateKind, knowsCertificate: Bool) async throws {
        try await Self.with {
            $0.certificate = kind
        } _: { simulator, client in
            let trust = knowsCertificate ? client : ["--data", ""]
            let url = simulator.url + "/api/get-metadata"
            let checked = try await CurlProgram.run(trust + [url]).status
            #expect(checked == 60)
            let unchecked = try await CurlProgram.run(["--insecure", "--data", "", url]).status
            #expect(unchecked == 0)
        }
    }

    @Test("a request without a length is refused")
    func noLength() async throws {
        try await Self.with { simulator, client in
            let curl = try await CurlProgram.run([
                client[0], client[1], "--user", "admin:simulated", "--request", "POST", "--write-out", "%{http_code}",
                "--output", "/dev/null", simulator.url + "/api/invoke/GetUsers",
            ])
            #expect(curl.output == "411")
        }
    }

    @Test(
        "curl sees the injected fault",
        arguments: [
            (Fault.disconnect, 52), (.truncate, 18), (.status(500), 22), (.redirect(to: "/"), 0),
        ] as [(Fault, Int32)])
    func faults(fault: Fault, status: Int32) async throws {
        try await Self.with { simulator, client in
            simulator.inject(fault, for: "GetStores", times: 1)
            let arguments = client + ["--fail", simulator.url + "/api/invoke/GetStores"]
            let faulty = try await CurlProgram.run(arguments).status
            #expect(faulty == status)
            let healthy = try await CurlProgram.run(arguments).status
            #expect(healthy == 0)
        }
    }

    @Test("a hanging request does not block others, and ends when the server stops")
    func hang() async throws {
        try await Self.with { simulator, client in
            simulator.inject(.hang, for: "GetStores")
            async let hanging = CurlProgram.run(client + [simulator.url + "/api/invoke/GetStores"])
            while simulator.requestLog().isEmpty { await Task.yield() }
            let other = try await CurlProgram.run(client + [simulator.url + "/api/invoke/GetUsers"])
            #expect(other.status == 0)
            #expect(simulator.requestLog().map(\.status) == [nil, 200])
            simulator.stop()
            let hung = try await hanging
            #expect(hung.status != 28)
        }
    }

    @Test("an endless body continues until the client stops")
    func endlessBody() async throws {
        try await Self.with { simulator, client in
            simulator.inject(.oversized(bytes: nil), for: "GetStores")
            let curl = try await CurlProgram.run(
                client + [
                    "--max-time", "1", "--output", "/dev/null", "--write-out", "%{size_download}",
                    simulator.url + "/api/invoke/GetStores",
                ])
            #expect(curl.status == 28)
            #expect((Int(curl.output) ?? 0) > 1_000_000)
        }
    }

    @Test("an oversized body has the requested size, and is still JSON")
    func oversizedBody() async throws {
        try await Self.with { simulator, client in
            simulator.changeQuirks { $0.byteOrderMark = false }
            simulator.inject(.oversized(bytes: 3_000_000), for: "GetStores")
            let curl = try await CurlProgram.run(client + [simulator.url + "/api/invoke/GetStores"])
            #expect(curl.output.utf8.count == 3_000_000)
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(curl.output.utf8)) }
        }
    }

    @Test("a long poll is answered when the simulated clock reaches a newer status")
    func longPoll() async throws {
        try await Self.with {
            $0.speed = 0
        } _: { simulator, client in
            let form = ["--data", "id=1&includeIndexes=false"]
            let first = try await CurlProgram.run(client + form + [simulator.url + "/api/invoke/VerifyStore"])
            let token = try #require(first.output.firstMatch(of: /"token": "([0-9a-f]{32})"/)).output.1
            let poll = ["--data", LongProcessTests.poll(String(token), known: 3, wait: 9000)]
            async let news = CurlProgram.run(client + poll + [simulator.url + "/api/get-status"])
            while simulator.requestLog().count < 2 { await Task.yield() }
            simulator.advanceClock(by: 1)
            let answer = try await news
            #expect(answer.output.contains(#""statusVersion": 9"#))
        }
    }

    @Test("other processes can inject faults, also over plain HTTP")
    func control() async throws {
        try await Self.with {
            $0.plainHTTP = true
        } _: { simulator, _ in
            #expect(simulator.url.hasPrefix("http://127.0.0.1:"))
            let order = simulator.url + "/simulator/faults?function=GetUsers&fault=status&value=502&times=1"
            let ordered = try await CurlProgram.run(["--fail", "--data", "", order]).status
            #expect(ordered == 0)
            let call = ["--user", "admin:simulated", "--data", "", "--fail", simulator.url + "/api/invoke/GetUsers"]
            let faulty = try await CurlProgram.run(call).status
            #expect(faulty == 22)
            let healthy = try await CurlProgram.run(call).status
            #expect(healthy == 0)
            let state = try await CurlProgram.run(["--fail", simulator.url + "/simulator/state"])
            #expect(state.output.contains("\"statisticsCount\""))
        }
    }

    @Test(
        "other processes can set the clock, switch quirks and change the database",
        arguments: [
            ("clock?advance=3600", "\(Int(Bench.begin) + 3600)"), ("clock?error=-60", #""clockError": -60"#),
            ("quirks?name=byteOrderMark&value=false", "quirk"), ("database?change=new", #""id": 1"#),
            ("password?value=new", "changed"),
        ])
    func controlledByOthers(page: String, answer: String) async throws {
        try await Self.with {
            $0.plainHTTP = true
            $0.speed = 0
            $0.start = Bench.begin
        } _: { simulator, _ in
            let before = simulator.state()
            let changed = try await CurlProgram.run(["--fail", "--data", "", simulator.url + "/simulator/" + page])
            #expect(changed.status == 0)
            let state = try await CurlProgram.run(["--fail", simulator.url + "/simulator/state"])
            #expect((changed.output + state.output).contains(answer))
            #expect((simulator.state() == before) == page.hasPrefix("quirks"))
        }
    }

    @Test("a doubled slash is taken over the wire, as the oldest published client sends it")
    func doubledSlash() async throws {
        try await Self.with {
            $0.speed = 0
        } _: { simulator, client in
            let form = ["--data", "id=1&includeIndexes=false"]
            let first = try await CurlProgram.run(client + form + [simulator.url + "/api/invoke/VerifyStore"])
            let token = try #require(first.output.firstMatch(of: /"token": "([0-9a-f]{32})"/)).output.1
            let poll = ["--path-as-is", "--data", LongProcessTests.poll(String(token), known: 0)]
            let status = try await CurlProgram.run(client + poll + [simulator.url + "/api//get-status"])
            #expect(status.output.contains(#""statusCode": "running""#))
            #expect(simulator.requestLog().last?.function == "get-status")
        }
    }

    @Test("a test changes the state and the clock of a running server")
    func changes() async throws {
        try await Self.with {
            $0.speed = 0
        } _: { simulator, client in
            let before = simulator.state()
            simulator.advanceClock(by: 86_400)
            #expect(simulator.state().now == before.now + 86_400)
            #expect(simulator.state().profileRuns.count > before.profileRuns.count)
            simulator.change { $0.remove(store: 1) }
            simulator.setPassword("another")
            let call = client + ["--fail", simulator.url + "/api/invoke/GetStores"]
            let refused = try await CurlProgram.run(call).status
            #expect(refused == 22)
            #expect(simulator.requestLog().last?.status == 401)
            let good = try await CurlProgram.run(call + ["--user", "admin:another"])
            #expect(good.output.contains("Archiv 2024"))
            #expect(!good.output.contains("Archiv 2023"))
        }
    }

    @Test("errors at start say why and what to do")
    func cannotStart() throws {
        var options = SimulatorOptions()
        options.localTimeZone = "Europe/Berlin"
        #expect { try Simulator(options) } throws: { "\($0)".contains("W. Europe Standard Time") }
        options = SimulatorOptions()
        let first = try Simulator(options)
        defer { first.stop() }
        options.port = first.port
        #expect { try Simulator(options) } throws: { "\($0)".contains("cannot start") }
    }
}
