import Testing

@testable import MailStoreSimulator

@Suite("Injected faults")
struct FaultTests {
    static let stores = "/api/invoke/GetStores"

    static func bench(_ fault: Fault, for function: String = "GetStores", times: Int? = nil) -> Bench {
        let bench = Bench { $0.isAlive = false }
        bench.core.faults.add(fault, for: function, times: times)
        return bench
    }

    @Test("a fault affects only its function, as often as requested")
    func times() {
        let bench = Self.bench(.status(503), times: 2)
        #expect(bench.reply("/api/invoke/GetUsers")?.status == 200)
        #expect((0..<3).map { _ in bench.reply(Self.stores)?.status } == [503, 503, 200])
    }

    @Test("faults of one function apply in the order of injection")
    func order() {
        let bench = Self.bench(.body("{\"a\":1}"), times: 1)
        bench.core.faults.add(.status(500), for: "*", times: 1)
        #expect(bench.reply(Self.stores)?.parsed?["a"] as? Int == 1)
        #expect(bench.reply(Self.stores)?.status == 500)
        #expect(bench.reply(Self.stores)?.status == 200)
    }

    @Test("faults can be cleared, all of them or those of a function")
    func cleared() {
        let bench = Self.bench(.status(500))
        bench.core.faults.clear(function: "GetUsers")
        #expect(bench.reply(Self.stores)?.status == 500)
        bench.core.faults.clear(function: "GetStores")
        #expect(bench.reply(Self.stores)?.status == 200)
    }

    @Test("an error structure is a reply with HTTP 200")
    func error() {
        let bench = Self.bench(.error(exception: "System.IO.IOException", message: "Disk full"))
        let reply = bench.reply(Self.stores)
        let error = reply?.parsed?["error"] as? [String: String]
        #expect(reply?.status == 200)
        #expect(reply?.parsed?["statusCode"] as? String == "failed")
        #expect(error?["details"]?.hasPrefix("System.IO.IOException: Disk full\r\n") == true)
    }

    @Test("a hanging request gets no reply until its time is over")
    func hang() {
        let bench = Self.bench(.hang)
        guard case .wait(let pending) = bench.send(Self.stores) else {
            Issue.record("the request was answered")
            return
        }
        guard case .wait = bench.core.resume(pending, at: bench.real + 599) else {
            Issue.record("the request was answered")
            return
        }
        guard case .reply(let reply) = bench.core.resume(pending, at: bench.real + 600) else {
            Issue.record("the request waits for ever")
            return
        }
        #expect(reply.delivery == .disconnect)
    }

    @Test("a delayed reply is correct, but late")
    func delay() {
        let bench = Self.bench(.delay(3))
        guard case .wait(let pending) = bench.send(Self.stores) else {
            Issue.record("the request was answered at once")
            return
        }
        guard case .wait = bench.core.resume(pending, at: bench.real + 2.9),
            case .reply(let reply) = bench.core.resume(pending, at: bench.real + 3)
        else {
            Issue.record("the answer came too early or not at all")
            return
        }
        #expect((reply.parsed?["result"] as? [Any])?.count == 4)
        #expect(bench.core.log.records.map(\.status) == [200])
    }

    @Test(
        "some faults change only how the reply is sent",
        arguments: [
            (Fault.truncate, SimulatedReply.Delivery.truncated), (.oversized(bytes: 1_000_000), .padded(to: 1_000_000)),
            (.oversized(bytes: nil), .padded(to: nil)), (.disconnect, .disconnect),
        ])
    func deliveries(fault: Fault, delivery: SimulatedReply.Delivery) {
        let bench = Self.bench(fault)
        #expect(bench.reply(Self.stores)?.delivery == delivery)
    }

    @Test("bad JSON is complete for HTTP and broken for a parser")
    func badJSON() {
        let bench = Self.bench(.badJSON)
        let reply = bench.reply(Self.stores)
        #expect(reply?.status == 200)
        #expect(reply?.delivery == .whole)
        #expect(reply?.body.isEmpty == false)
        #expect(reply?.parsed == nil)
    }

    @Test("a server that is not MailStore answers with a web page or a redirect")
    func notMailStore() {
        let bench = Self.bench(.html, times: 1)
        #expect(bench.reply(Self.stores)?.header("Content-Type") == "text/html")
        bench.core.faults.add(.redirect(to: "https://other.example/"), for: "*", times: 1)
        let redirect = bench.reply(Self.stores)
        #expect(redirect?.status == 302)
        #expect(redirect?.header("Location") == "https://other.example/")
    }

    @Test("fields can be missing, have the wrong type or an unknown value")
    func fields() throws {
        let bench = Self.bench(.missingField("name"), times: 1)
        bench.core.faults.add(.wrongType(field: "statisticsCount"), for: "GetStores", times: 1)
        bench.core.faults.add(.replaced(field: "requestedState", text: "frozen"), for: "GetStores", times: 1)
        bench.core.faults.add(.missingField("envelope.statusCode"), for: "GetStores", times: 1)
        func rows() throws -> [[String: Any]] {
            try #require(bench.reply(Self.stores)?.parsed?["result"] as? [[String: Any]])
        }
        let missing = try rows()
        #expect(missing.allSatisfy { $0["name"] == nil && $0["id"] != nil })
        let wrong = try rows()
        #expect(wrong.allSatisfy { $0["statisticsCount"] is [String: Any] })
        let replaced = try rows()
        #expect(replaced.allSatisfy { $0["requestedState"] as? String == "frozen" })
        let envelope = try #require(bench.reply(Self.stores)?.parsed)
        #expect(envelope["statusCode"] == nil)
        #expect(envelope["statusVersion"] != nil)
    }

    @Test("the token of one function's processes can expire")
    func expiredToken() throws {
        let bench = Self.bench(.expiredToken, for: "VerifyStore", times: 1)
        let first = bench.invoke("VerifyStore", ["id": "1", "includeIndexes": "false"])
        let token = try #require(first.token)
        #expect(bench.reply("/api/get-status", LongProcessTests.poll(token, known: 0))?.status == 404)
        let second = bench.invoke("VerifyStore", ["id": "1", "includeIndexes": "false"])
        let next = try #require(second.token)
        #expect(bench.reply("/api/get-status", LongProcessTests.poll(next, known: 0))?.status == 200)
    }

    @Test("a process can be made endless, or its log very long")
    func processes() throws {
        let form = "id=4&includeIndexes=false"
        let bench = Self.bench(.endlessProcess, for: "VerifyStore", times: 1)
        bench.core.faults.add(.longLog(bytes: 5_000_000), for: "VerifyStore", times: 1)
        let endless = try #require(bench.reply("/api/invoke/VerifyStore", form)?.parsed?["token"] as? String)
        let long = try #require(bench.reply("/api/invoke/VerifyStore", form)?.parsed?["token"] as? String)
        bench.real += 86_400
        let status = bench.reply("/api/get-status", LongProcessTests.poll(endless, known: 3))?.parsed
        #expect(status?["statusCode"] as? String == "running")
        let reply = try #require(bench.reply("/api/get-status", LongProcessTests.poll(long, known: 3)))
        #expect(reply.parsed?["statusCode"] as? String == "succeeded")
        #expect(reply.body.count > 4_900_000)
    }
}

@Suite("Faults by name")
struct FaultParsingTests {
    @Test(
        "every fault can be named",
        arguments: [
            ("hang", nil, Fault.hang), ("disconnect", nil, .disconnect), ("truncate", nil, .truncate),
            ("badJSON", nil, .badJSON), ("expiredToken", nil, .expiredToken), ("html", nil, .html),
            ("endlessProcess", nil, .endlessProcess), ("oversized", nil, .oversized(bytes: nil)),
            ("oversized", "1000", .oversized(bytes: 1000)), ("status", "503", .status(503)),
            ("delay", "0.5", .delay(0.5)),
            ("error", "System.Exception: No: way", .error(exception: "System.Exception", message: "No: way")),
            ("redirect", "https://a.example/", .redirect(to: "https://a.example/")),
            ("missingField", "name", .missingField("name")), ("wrongType", "id", .wrongType(field: "id")),
            ("replaced", "result=new=er", .replaced(field: "result", text: "new=er")), ("body", "{}", .body("{}")),
            ("longLog", "5", .longLog(bytes: 5)), ("manyRows", "200000", .manyRows(200_000)),
            ("oddField", "id=[=]", .oddField("id", json: "[=]")), ("oddRow", "null", .oddRow(json: "null")),
            ("longNames", "60000", .longNames(length: 60_000)),
        ] as [(String, String?, Fault)])
    func named(name: String, value: String?, fault: Fault) {
        #expect(Fault(name: name, value: value) == fault)
    }

    @Test(
        "an unknown fault or a wrong value is rejected",
        arguments: [
            ("explode", nil), ("status", nil), ("status", "abc"), ("status", "42"), ("delay", "-1"), ("delay", "inf"),
            ("error", "no colon"), ("replaced", "noequals"), ("oversized", "many"), ("", nil),
            ("oddField", "noequals"), ("manyRows", "-1"), ("longNames", "long"), ("oddRow", nil),
        ] as [(String, String?)])
    func refused(name: String, value: String?) {
        #expect(Fault(name: name, value: value) == nil)
    }
}
