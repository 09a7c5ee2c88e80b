import Foundation
import Glibc
import MailStoreSimulator
import Testing

@Suite("A disk that does not answer", .serialized)
struct StuckDiskTests {
    private static let targets = ["archive", "second"]
    private static let collectors = ["server", "sessions", "profiles"]

    /// Two targets on one server, whose values grow old after two seconds.
    private static func configuration(_ simulator: Simulator, in folder: TemporaryFolder) throws -> String {
        try Scene.configuration(for: simulator, in: folder) { text in
            text.targets.append(.init(simulator, name: "second", passwordFile: text.targets[0].passwordFile))
            for index in text.targets.indices {
                text.targets[index].more = ["collectors: [\(Self.collectors.joined(separator: ", "))]"]
            }
            text.collection["max_age"] = "2s"
        }
    }

    private static func runs(_ page: Page, _ target: String) -> Double {
        page.values("mailstore_profile_runs_total", ["target": target]).reduce(0, +)
    }

    @Test("stops neither the collection nor the pages, and every run is counted once in the end")
    func collection() async throws {
        let library = try await HangingLibrary()
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(Scene.simulatorOptions())
            defer { simulator.stop() }
            let exporter = try await Exporter(
                ["--config.file", try Self.configuration(simulator, in: folder)], environment: library.environment)
            let before = try await exporter.page(until: "both are collected") { page in
                Self.targets.allSatisfy { page.value("mailstore_up", ["target": $0]) == 1 && Self.runs(page, $0) > 0 }
            }

            try library.hang(.fsync)
            for number in 1...3 {
                simulator.change { world in
                    let now = Int(world.now)
                    world.add(
                        runOf: 1, startTime: now - 60 - number, completeTime: now - 30 - number, result: "failed",
                        itemsArchived: 1)
                }
            }
            try await exporter.page(until: "the runs are counted from memory, and the failure too") { page in
                Self.targets.allSatisfy { Self.runs(page, $0) == Self.runs(before, $0) + 3 }
                    && page.value("mailstore_exporter_state_save_failures_total") ?? 0 >= 2
            }
            // Collecting goes on, and so do the pages for people.
            let start = Date.now.timeIntervalSince1970
            try await exporter.page(until: "the collectors work") { page in
                Self.targets.allSatisfy { target in
                    Self.collectors.allSatisfy { collector in
                        page.value(
                            "mailstore_collector_last_success_timestamp_seconds",
                            ["target": target, "collector": collector]) ?? 0 > start
                    }
                }
            }
            for path in ["/", "/targets/second", "/api/v1/status", "/probe?target=archive"] {
                #expect(try await exporter.get(path).status == 200)
            }
            #expect(exporter.log.split(separator: "\n").filter { $0.contains("cannot save state") }.count == 2)

            simulator.stop()
            try await exporter.page(until: "it is seen that the server is gone") { page in
                Self.targets.allSatisfy { page.value("mailstore_up", ["target": $0]) == 0 }
                    && page.values("mailstore_active_sessions").isEmpty
            }

            try library.release(.fsync)
            try await eventually("the state is saved again") {
                exporter.log.split(separator: "\n").filter { $0.contains("state is saved again") }.count == 2
            }
            #expect(try await exporter.stop() == .exit(0))
            // What was published from memory is there after the restart.
            let second = try await Exporter(configuration: folder["config.yml"])
            let page = try await second.page()
            for target in Self.targets { #expect(Self.runs(page, target) == Self.runs(before, target) + 3) }
            #expect(try await second.stop() == .exit(0))
        }
    }

    @Test("does not keep the program from ending")
    func end() async throws {
        let library = try await HangingLibrary()
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(Scene.simulatorOptions())
            defer { simulator.stop() }
            try library.hang(.fsync)
            let exporter = try await Exporter(
                ["--config.file", try Self.configuration(simulator, in: folder)], environment: library.environment)
            try await exporter.page(until: "both are collected") { page in
                Self.targets.allSatisfy { page.value("mailstore_up", ["target": $0]) == 1 && Self.runs(page, $0) > 0 }
            }
            #expect(try await exporter.stop() == .exit(0))
        }
    }
}
