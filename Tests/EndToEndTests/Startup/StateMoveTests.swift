import Foundation
import MailStoreSimulator
import Testing

@Suite("Counted outcomes")
struct StateMoveTests {
    /// Runs commands of the program in a shell; `$E` is the program.
    private func shell(_ script: String) async throws -> String {
        let program = try RunningProgram("sh", ["-ec", script], environment: ["E": Exporter.path])
        let ending = try await program.waitForEnd()
        #expect(ending == .exit(0), "\(script): \(program.errors)")
        return program.output
    }

    @Test("of the version before the database are taken over once, and counting goes on from them")
    func takenOver() async throws {
        try await Scene.with { scene in
            let before = OutcomeCounts.on(try await scene.exporter.page(until: "everything is read") { $0.succeeded() })
            #expect(try await scene.exporter.stop() == .exit(0))
            let state = scene.folder["state"]
            // Without the names, this is what that version wrote.
            let document = try await shell("\"$E\" state export --state.directory \(state)")
            let plain = document.replacing(/"checksum":"[0-9a-f]{16}",/, with: "")
                .replacing(#","target":"archive""#, with: "")
            try #require(plain.hasPrefix(#"{"ledger":"#))
            try FileManager.default.removeItem(atPath: state)
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
            _ = try scene.folder.write(plain, to: "state/archive.ledger.json")

            let second = try await Exporter(configuration: scene.folder["config.yml"])
            let first = try await second.page()
            #expect(OutcomeCounts.on(first) == before, "on the first page already")
            #expect(first.value("mailstore_state_age_at_start_seconds").map { 0..<3600 ~= $0 } == true)
            scene.simulator.change { world in
                let end = Int(world.now) - 60
                world.add(runOf: 1, startTime: end - 60, completeTime: end, result: "failed", itemsArchived: 7)
            }
            let expected = OutcomeCounts.of(scene.simulator.state())
            try await second.page(until: "the new run is counted") { OutcomeCounts.on($0) == expected }
            let files = scene.folder.files()
            #expect(!files.contains("state/archive.ledger.json"))
            #expect(files.count { $0.hasPrefix("state/archive.ledger.json.imported-") } == 1)
            try await second.program.kill()
        }
    }

    @Test("move with their targets from two exporters to three while runs go on ending: none is lost, none doubled")
    func resharded() async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(
                Scene.simulatorOptions { options in
                    options.history = 3
                    options.isAlive = true
                    options.speed = 2000
                })
            defer { simulator.stop() }
            let names = (1...9).map { "t\($0)" }
            let password = try folder.write(Scene.password + "\n", to: "password")
            let targets = names.map { ConfigurationText.Target(simulator, name: $0, passwordFile: password) }
            func exporters(_ count: Int) async throws -> [Exporter] {
                var exporters: [Exporter] = []
                for number in 1...count {
                    let directory = folder["state-\(number)-of-\(count)"]
                    let configuration = try folder.write(
                        ConfigurationText(targets: targets, stateDirectory: directory).yaml,
                        to: "\(number)-\(count).yml")
                    exporters.append(
                        try await Exporter(["--config.file", configuration, "--shard", "\(number)/\(count)"]))
                }
                return exporters
            }
            let two = try await exporters(2)
            for exporter in two {
                let own = try await exporter.page().labelValues("target", of: "mailstore_up")
                try await exporter.page(until: "everything is read") { page in
                    own.allSatisfy { page.succeeded(target: $0) }
                }
                #expect(try await exporter.stop() == .exit(0))
            }
            for number in 1...3 {
                _ = try await shell(
                    """
                    for old in 1 2; do "$E" state export --state.directory \(folder["state-"])$old-of-2; done |
                        "$E" state import --shard \(number)/3 --state.directory \(folder["state-\(number)-of-3"])
                    """)
            }
            let three = try await exporters(3)
            simulator.setSpeed(0)
            let expected = OutcomeCounts.of(simulator.state())
            var seen: [String] = []
            for exporter in three {
                let own = Set(try await exporter.page().labelValues("target", of: "mailstore_up"))
                seen += own
                try await exporter.page(until: "all runs are counted once") { page in
                    own.allSatisfy { OutcomeCounts.on(page, target: $0) == expected }
                }
                #expect(!exporter.log.contains("no state yet"))
                try await exporter.program.kill()
            }
            #expect(seen.sorted() == names)
        }
    }
}
