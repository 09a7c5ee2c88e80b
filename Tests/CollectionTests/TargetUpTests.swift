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
