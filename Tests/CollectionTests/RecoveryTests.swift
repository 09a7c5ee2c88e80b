import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("What failed with the target runs again when the target works", .timeLimit(.minutes(1)))
struct RecoveryTests {
    /// Lets in only this password.
    private func onlyLetIn(_ password: String, _ server: FakeServer) {
        for function in InformationalFunction.allCases {
            let isObject = function == .getServerInfo || function == .getLicenseInformation
            let answer = FakeAnswer.result(isObject ? "{}" : "[]")
            server.answer(
                function,
                FakeAnswer { (call) throws(TransportError) in
                    guard call.credentials?.password == Secret(password) else {
                        return try await FakeAnswer.status(401).respond(call)
                    }
                    return try await answer.respond(call)
                })
        }
    }

    private func successes(_ bench: TargetBench) -> Double {
        (try? bench.page.all("mailstore_collector_success").reduce(0) { $0 + $1.value }) ?? 0
    }

    private func runs(_ bench: TargetBench, _ body: () async throws -> Void) async throws {
        let run = Task { await bench.collection.run() }
        try await body()
        run.cancel()
        await run.value
    }

    /// Waits until every collector has run once, and failed.
    private func failAll(_ bench: TargetBench) async {
        await eventually {
            guard let page = try? bench.page else { return false }
            return page.value("mailstore_up") == 0
                && page.all("mailstore_collector_success").filter { $0.value == 0 }.count == 7
        }
    }

    @Test("a password that is corrected makes all collectors succeed within seconds, with one call each")
    func password() async throws {
        let folder = try TemporaryFolder()
        try folder.write("wrong", to: "password")
        let bench = try TargetBench { $0.password = .file(folder["password"]) }
        onlyLetIn("right", bench.server)
        try await runs(bench) {
            await failAll(bench)
            #expect(bench.server.calls.filter { $0.credentials != nil }.count == 1)
            try folder.write("right", to: "password")
            await eventually { bench.time.nextWakeUp == bench.time.uptime + .seconds(5) }
            bench.time.advance(by: .seconds(5))
            await eventually { successes(bench) == 7 }
            #expect(successes(bench) == 7 && bench.server.calls(of: .getLicenseInformation).count == 1)
        }
    }

    @Test("a wrong password that stays is read every 5 seconds, and sent no sooner than the pause allows")
    func wrongPassword() async throws {
        let folder = try TemporaryFolder()
        try folder.write("wrong", to: "password")
        let bench = try TargetBench { $0.password = .file(folder["password"]) }
        onlyLetIn("right", bench.server)
        try await runs(bench) {
            await failAll(bench)
            for _ in 0..<5 {
                await eventually { bench.time.nextWakeUp == bench.time.uptime + .seconds(5) }
                bench.time.advance(by: .seconds(5))
            }
            await eventually { bench.time.nextWakeUp == bench.time.uptime + .seconds(5) }
            #expect(bench.server.calls.filter { $0.credentials != nil }.count == 1)
        }
    }

    @Test(
        "a server that can be reached again is read by all collectors at the next heartbeat",
        arguments: [FakeAnswer.broken(.connect), .broken(.tls), .broken(.timeout), .status(502), .status(403)])
    func reachable(failure: FakeAnswer) async throws {
        let bench = try TargetBench()
        for function in InformationalFunction.allCases { bench.server.answer(function, failure) }
        try await runs(bench) {
            await failAll(bench)
            onlyLetIn("correct horse", bench.server)
            await eventually { bench.time.nextWakeUp == bench.time.uptime + .seconds(60) }
            bench.time.advance(by: .seconds(60))
            await eventually { successes(bench) == 7 }
            #expect(successes(bench) == 7)
        }
    }

    @Test("one that failed while the server was away between two heartbeats runs again at the next one")
    func blink() async throws {
        let bench = try TargetBench()
        bench.server.answer(.getLicenseInformation, .broken(.connect), .result("{}"))
        try await runs(bench) {
            await eventually { successes(bench) == 6 && bench.time.nextWakeUp == bench.time.uptime + .seconds(60) }
            bench.time.advance(by: .seconds(60))
            await eventually { successes(bench) == 7 }
            #expect(bench.server.calls(of: .getLicenseInformation).count == 2)
        }
    }

    @Test(
        "a collector that fails by itself keeps its interval",
        arguments: [FakeAnswer.broken(.timeout), .status(500), .failed("System.Exception"), .raw("<html>")])
    func ownFailure(failure: FakeAnswer) async throws {
        let bench = try TargetBench()
        bench.server.answer(.getUsers, failure)
        try await runs(bench) {
            for minutes in 0...5 {
                await bench.settle(minutes: minutes)
                if minutes < 5 { bench.time.advance(by: .seconds(60)) }
            }
            #expect(bench.server.calls(of: .getUsers).count == 1)
        }
    }

    @Test("functions that a server lists only when it has started are called then, and not an interval later")
    func starting() async throws {
        let bench = try TargetBench()
        let all = InformationalFunction.allCases.map(\.rawValue)
        func list(_ names: [String]) -> FakeAnswer {
            .raw("[\(names.map { #"{"name": "\#($0)", "args": []}"# }.joined(separator: ","))]")
        }
        bench.server.answer(
            metadata: list(all.filter { $0 != InformationalFunction.getLicenseInformation.rawValue }), list(all))
        try await runs(bench) {
            await eventually { successes(bench) == 6 && bench.time.nextWakeUp == bench.time.uptime + .seconds(60) }
            #expect(bench.server.calls(of: .getLicenseInformation).isEmpty)
            bench.time.advance(by: .seconds(60))
            await eventually { successes(bench) == 7 }
            #expect(bench.server.calls(of: .getLicenseInformation).count == 1)
        }
    }

    @Test("a reload tries a target at once that is down, and makes no call to one that is up")
    func reload() async throws {
        let bench = try TargetBench()
        try await runs(bench) {
            await bench.settle(minutes: 0)
            let calls = bench.server.calls.count
            await bench.collection.readPasswordAgain()
            await bench.settle(minutes: 0)
            #expect(bench.server.calls.count == calls)
            for function in InformationalFunction.allCases { bench.server.answer(function, .broken(.connect)) }
            bench.time.advance(by: .seconds(60))
            await eventually { (try? bench.page.value("mailstore_up")) == 0 }
            await eventually { bench.time.nextWakeUp == bench.time.uptime + .seconds(60) }
            onlyLetIn("correct horse", bench.server)
            bench.time.advance(by: .seconds(1))
            await bench.collection.readPasswordAgain()
            await eventually { (try? bench.page.value("mailstore_up")) == 1 && successes(bench) == 7 }
            #expect(successes(bench) == 7)
        }
    }
}
