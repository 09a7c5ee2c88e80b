import Foundation
import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("Verifications of instances", .timeLimit(.minutes(1)))
struct InstanceVerificationTests {
    @Test("one at a time on a host, in order of arrival; what runs already does not wait, but counts")
    func turns() async throws {
        let turns = HostTurns(limit: 1)
        let gate = Latch()
        let order = Locked<[String]>([])
        @Sendable func run(_ name: String, on host: String, waits: Bool = true) async throws {
            try await turns.withTurn(on: host, waits: waits) {
                order.withLock { $0.append(name) }
                await gate.passed()
            }
        }
        async let first: Void = run("running", on: "h1", waits: false)
        await eventually { order.withLock { $0 } == ["running"] }
        async let second: Void = run("waiting", on: "h1")
        async let other: Void = run("elsewhere", on: "h2")
        await eventually { gate.arrivals == 2 }
        for _ in 0..<100 { await Task.yield() }
        #expect(order.withLock { $0 } == ["running", "elsewhere"])
        let cancelled = Task { try await run("cancelled", on: "h1") }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        gate.open()
        try await first
        try await second
        try await other
        #expect(order.withLock { $0 } == ["running", "elsewhere", "waiting"])
    }

    @Test("an instance that does not run is skipped, and a warning says so")
    func stopped() async throws {
        let time = ManualTime()
        let log = RecordingLog()
        var settings = VerificationSettings(
            schedule: try Schedule(parsing: "0 * * * *"), timeZone: TimeZone(identifier: "UTC"))
        settings.stopAfter = .hours(1)
        let bench = try TargetBench(
            time: time, logger: log.logger,
            target: {
                $0.edition = .serviceProvider
                $0.verification = settings
            })
        FakeServiceProvider.fill(
            bench.server, rows: [FakeServiceProvider.row("a", #""status": "stopped", "processID": 0"#)])
        FakeServiceProvider.fillArchives(bench.server)
        let run = Task { await bench.collection.run() }
        await eventually { log.events.contains { $0.message == "next verification is planned" } }
        for _ in 0..<61 {
            await time.waitForSleepers(2)
            time.advance(by: .seconds(60))
            await Task.yield()
        }
        await eventually { log.events.contains { $0.message.hasPrefix("the instance does not run") } }
        #expect(bench.server.calls.allSatisfy { $0.function != "VerifyStore" && $0.function != "GetStores" })
        run.cancel()
        await run.value
    }
}
