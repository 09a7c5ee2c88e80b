import MailStoreAPI
import TestSupport
import Testing

@testable import Collection

@Suite("A target is up where the last collection reached the API and was let in", .timeLimit(.minutes(1)))
struct TargetUpTests {
    @Test("before the first try nobody knows")
    func untried() async throws {
        let bench = try TargetBench()
        await bench.collect(.stores)
        #expect(try !bench.page.has("mailstore_up"))
        #expect(bench.sink.page?.wasTried == false)
    }

    @Test(
        "the heartbeat alone decides where its answer says enough",
        arguments: [
            (FakeAnswer.result("{}"), 1), (.failed("System.Exception"), 1), (.status(401), 0), (.status(403), 0),
            (.broken(.dns), 0), (.broken(.connect), 0), (.broken(.tls), 0), (.broken(.cancelled), 0),
        ] as [(FakeAnswer, Double)])
    func decided(answer: FakeAnswer, up: Double) async throws {
        let bench = try TargetBench()
        // Another call was let in just before, which must not matter.
        await bench.collect(.users)
        bench.server.answer(.getServerInfo, answer)
        await bench.collect(.server)
        #expect(try bench.page.value("mailstore_up") == up)
        #expect(bench.sink.page?.wasTried == true)
    }

    /// Trouble that one function can have by itself.
    static let doubtful = [
        FakeAnswer.broken(.timeout), .status(500), .status(404), .raw("<html>"), .raw("{}"), .broken(.truncated),
        .broken(.tooLarge),
    ]

    @Test("where the heartbeat has trouble and nothing else was let in, the target is down", arguments: doubtful)
    func alone(answer: FakeAnswer) async throws {
        let bench = try TargetBench()
        bench.server.answer(.getServerInfo, answer)
        bench.server.answer(.getUsers, .broken(.timeout))
        await bench.collect(.users, .server)
        #expect(try bench.page.value("mailstore_up") == 0)
    }

    @Test("a heartbeat that was answered with a result of another shape was let in")
    func otherShape() async throws {
        let bench = try TargetBench()
        bench.server.answer(.getServerInfo, .result("[1]"))
        await bench.collect(.server)
        #expect(try bench.page.value("mailstore_up") == 1)
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "server"]) == 0)
    }

    @Test("where the heartbeat has trouble, another call of the last interval keeps it up", arguments: doubtful)
    func withOthers(answer: FakeAnswer) async throws {
        let bench = try TargetBench()
        bench.server.answer(.getServerInfo, answer)
        await bench.collect(.users)
        bench.time.advance(by: .seconds(60))
        await bench.collect(.server)
        #expect(try bench.page.value("mailstore_up") == 1)
    }

    @Test("a call of longer ago than an interval keeps nothing up")
    func longAgo() async throws {
        let bench = try TargetBench()
        bench.server.answer(.getServerInfo, .broken(.timeout))
        await bench.collect(.users)
        bench.time.advance(by: .seconds(61))
        await bench.collect(.server)
        #expect(try bench.page.value("mailstore_up") == 0)
    }

    @Test("a server that offers no heartbeat has been tried, and is up where another call was let in")
    func unsupportedHeartbeat() async throws {
        let bench = try TargetBench()
        bench.server.answer(metadata: .raw(#"[{"name": "GetUsers", "args": []}]"#))
        await bench.collect(.server)
        #expect(bench.sink.page?.wasTried == true)
        #expect(try bench.page.value("mailstore_up") == 0)
        #expect(try bench.page.value("mailstore_collector_supported", ["collector": "server"]) == 0)
        await bench.collect(.users, .server)
        #expect(try bench.page.value("mailstore_up") == 1)
    }

    @Test("a wrong password is tried once, not once a collector")
    func wrongPassword() async throws {
        let bench = try TargetBench()
        for function in InformationalFunction.allCases { bench.server.answer(function, .status(401)) }
        await bench.collect()
        #expect(bench.server.calls.filter { $0.credentials != nil }.count == 1)
        let page = try bench.page
        #expect(page.value("mailstore_up") == 0)
        #expect(page.all("mailstore_collector_success").allSatisfy { $0.value == 0 })
        // Calls that were held back are no requests and no errors.
        #expect(page.all("mailstore_api_errors_total").reduce(0) { $0 + $1.value } == 1)
    }

    /// Where one function is refused for ever, and the others are let in: each of their rounds, a minute apart.
    @Test(
        "a refused heartbeat does not make a target down whose other calls are let in with the same login",
        arguments: [401, 403])
    func heartbeatRefusedAlone(status: Int) async throws {
        let bench = try TargetBench()
        bench.server.answer(.getServerInfo, .status(status))
        await bench.collect(.server)
        #expect(try bench.page.value("mailstore_up") == 0)
        bench.time.advance(by: .seconds(60))
        await bench.collect(.users)
        // The other call decides at once, without waiting for the next heartbeat.
        #expect(try bench.page.value("mailstore_up") == 1)
        for _ in 0..<3 {
            await bench.collect()
            let page = try bench.page
            #expect(page.value("mailstore_up") == 1)
            #expect(page.value("mailstore_collector_success", ["collector": "server"]) == 0)
            for name in ["users", "stores", "jobs", "profiles", "sessions", "license"] {
                #expect(page.value("mailstore_collector_success", ["collector": name]) == 1)
            }
            bench.time.advance(by: .seconds(60))
        }
        // With a refused heartbeat, the failure of any other call shows that the server is away.
        for function in InformationalFunction.allCases { bench.server.answer(function, .broken(.connect)) }
        await bench.collect(.users)
        #expect(try bench.page.value("mailstore_up") == 0)
    }

    @Test("a refused heartbeat and others that are no longer called leave the target up for a limited time")
    func heartbeatRefusedAndSilence() async throws {
        let bench = try TargetBench()
        bench.server.answer(.getServerInfo, .status(403))
        await bench.collect(.server, .users)
        #expect(try bench.page.value("mailstore_up") == 1)
        bench.time.advance(by: .seconds(91))
        await bench.collect(.server)
        #expect(try bench.page.value("mailstore_up") == 0)
    }

    @Test(
        "one function that is refused for ever fails alone, and no other collector is ever late",
        arguments: [401, 403], [InformationalFunction.getUsers, .getJobResults, .getProfiles])
    func oneFunctionRefused(status: Int, function: InformationalFunction) async throws {
        let bench = try TargetBench()
        bench.server.answer(function, .status(status))
        for _ in 0..<6 {
            await bench.collect()
            let page = try bench.page
            #expect(page.value("mailstore_up") == 1)
            #expect(page.all("mailstore_collector_success").filter { $0.value == 0 }.count == 1)
            bench.time.advance(by: .seconds(60))
        }
        let refusals = try bench.page.value(
            "mailstore_api_errors_total",
            ["function": function.rawValue, "reason": status == 401 ? "unauthorized" : "forbidden"])
        // After a 401, the pauses grow: it is called at 0, 1, 2 and 4 minutes.
        #expect(refusals == (status == 401 ? 4 : 6))
    }

    @Test("it comes back without a restart when the password is right again")
    func recovery() async throws {
        let bench = try TargetBench()
        bench.server.answer(.getServerInfo, .status(401), .result("{}"))
        await bench.collect(.server, .users)
        #expect(try bench.page.value("mailstore_up") == 0)
        bench.time.advance(by: .seconds(60))
        await bench.collect(.server, .users)
        #expect(try bench.page.value("mailstore_up") == 1)
        #expect(try bench.page.value("mailstore_collector_success", ["collector": "users"]) == 1)
    }
}
