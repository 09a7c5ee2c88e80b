import Foundation
import Glibc
import MailStoreSimulator
import Testing

@Suite("The end of the program", .serialized)
struct EndTests {
    /// Runs a test with an exporter in which every thread of Swift's tasks is stuck.
    private func withStuckTasks(_ body: (Exporter) async throws -> Void) async throws {
        let library = try await HangingLibrary()
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(Scene.simulatorOptions())
            defer { simulator.stop() }
            // There is a thread for each core; each target blocks one.
            let threads = ProcessInfo.processInfo.activeProcessorCount
            let names = (0...threads).map { "archive-\($0)" }
            let configuration = try Scene.configuration(for: simulator, in: folder) { text in
                let first = text.targets[0]
                text.targets = names.map { name in
                    var target = ConfigurationText.Target(simulator, name: name, passwordFile: first.passwordFile)
                    target.more = ["collectors: [server]"]
                    return target
                }
                text.collection["max_age"] = "2s"
            }
            let exporter = try await Exporter(["--config.file", configuration], environment: library.environment)
            try await exporter.page(until: "all are collected") { page in
                names.allSatisfy { page.value("mailstore_up", ["target": $0]) == 1 }
            }
            // The login is refused, so each target reads its password again.
            try library.hang(.password)
            simulator.setPassword("another")
            try await eventually("every thread is stuck") { library.caught(.password) >= threads }
            try await body(exporter)
        }
    }

    @Test("comes within seconds of a signal, though every task is stuck", arguments: [SIGTERM, SIGINT])
    func stuck(signal: Int32) async throws {
        try await withStuckTasks { exporter in
            // Nobody collects any longer; the scrape says so.
            try await exporter.page(until: "nothing is shown as working") { page in
                page.values("mailstore_up").allSatisfy { $0 == 0 }
            }
            #expect(try await exporter.stop(signal) == .exit(1))
            #expect(exporter.log.contains("something did not stop in time"))
        }
    }

    @Test("comes at once with a second signal")
    func second() async throws {
        try await withStuckTasks { exporter in
            exporter.program.signal(SIGTERM)
            // Another signal, because the system delivers only one of two equal ones that are pending.
            let end = try await exporter.stop(SIGINT)
            #expect(end == .exit(1))
            #expect(exporter.log.contains("a second signal arrived"))
        }
    }

    @Test("of a command that only waits is clean")
    func simulator() async throws {
        let program = try Exporter.launch(["simulate", "--port", "0"])
        try await eventually("it runs") { program.errors.contains("simulated MailStore server started") }
        program.signal(SIGTERM)
        #expect(try await program.waitForEnd() == .exit(0))
    }
}
