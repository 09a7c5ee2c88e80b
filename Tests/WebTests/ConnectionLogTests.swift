import MicroHTTPServer
import OperatingSystem
import TestSupport
import Testing

@testable import Web

@Suite("The log of the limits on connections", .timeLimit(.minutes(1)))
struct ConnectionLogTests {
    private static func budget() -> ConnectionBudget {
        ConnectionBudget(WebSettings(listenAddresses: []), descriptors: 20_000, targets: 1, calls: 4)
    }

    /// Runs the log; the body changes the counts and gets the log's messages so far after each interval.
    private static func run(
        _ steps: [(change: @Sendable (inout ConnectionCounts) -> Void, pause: Duration)]
    ) async -> [String] {
        let counts = Locked(ConnectionCounts())
        let time = ManualTime()
        let recording = RecordingLog()
        let log = ConnectionLog(
            counts: { counts.withLock { $0 } }, budget: budget(), clock: time.clock, logger: recording.logger)
        let task = Task { await log.run() }
        await time.waitForSleepers(1)
        for step in steps {
            counts.withLock { step.change(&$0) }
            time.advance(by: step.pause)
            await time.waitForSleepers(1)
        }
        task.cancel()
        await task.value
        return recording.lines
    }

    @Test("names each limit once, while it keeps having effect")
    func once() async {
        let effects: [@Sendable (inout ConnectionCounts) -> Void] = [
            { $0.displaced += 100 }, { $0.displacedOfAddress += 1 }, { $0.slow += 1 }, { $0.failedAccepts += 1 },
            { $0.displaced += 1 }, { $0.accepted += 1 }, { $0.slow += 5 },
        ]
        let lines = await Self.run(effects.map { ($0, .seconds(10)) })
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("warning: the limit on connections to the web endpoint was reached"))
        #expect(lines[0].hasSuffix("limit=1024; open=0"))
        #expect(lines[1].contains("--web.max-connections-per-address"))
        #expect(lines[2].contains("read pages too slowly"))
        #expect(lines[3].contains("LimitNOFILE="))
    }

    @Test("names it again when it has had no effect for an hour")
    func again() async {
        let lines = await Self.run([
            ({ $0.displaced += 1 }, .seconds(10)), ({ $0.displaced += 1 }, .seconds(3599)),
            ({ $0.displaced += 1 }, .seconds(3600)),
        ])
        #expect(lines.count == 2)
    }

    @Test("says nothing while no limit has effect")
    func quiet() async {
        let lines = await Self.run([({ $0.accepted += 10 }, .seconds(10)), ({ $0.overdue += 1 }, .seconds(10))])
        #expect(lines.isEmpty)
    }
}
