import Foundation
import MailStoreSimulator
import Testing

@Suite("State on the disk")
struct StateFileTests {
    /// A state file that cannot be used, and what is said of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var content: String
        var says: String
        var suffix: String

        var testDescription: String { name }
    }

    private static let cases = [
        Case(name: "that is not JSON", content: "{\"version\":1,\"ledger\":{\"jo", says: "damaged", suffix: "corrupt"),
        Case(name: "that is empty", content: "", says: "damaged", suffix: "corrupt"),
        Case(
            name: "whose content is something else", content: "{\"version\":1,\"ledger\":[]}", says: "damaged",
            suffix: "corrupt"),
        Case(
            name: "of a newer version", content: "{\"version\":99,\"ledger\":{\"new\":true}}", says: "newer version",
            suffix: "version-99"),
    ]

    @Test(
        "of the version before that cannot be used is kept aside, said loudly, and counting starts anew",
        arguments: cases)
    func putAside(_ file: Case) async throws {
        try await Scene.with {
            $0.history = 3
        } configure: { configuration in
            let directory = configuration.stateDirectory
            try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try? Data(file.content.utf8).write(to: URL(fileURLWithPath: directory + "/archive.ledger.json"))
        } _: { scene in
            let page = try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            let runs = page.values("mailstore_profile_runs_total").reduce(0, +)
            #expect(runs == Double(scene.simulator.state().profileRuns.count))
            let aside = scene.folder.files().filter { $0.hasPrefix("state/archive.ledger.json.\(file.suffix)-") }
            try #require(aside.count == 1)
            #expect(scene.folder.read(aside[0]) == file.content)
            let complaint = scene.exporter.log.split(separator: "\n").first { $0.contains("level=error") } ?? ""
            #expect(complaint.contains(file.says), "\(complaint)")
            #expect(complaint.contains(aside[0]))
            #expect(scene.folder.files().contains("state/state.db"))
        }
    }

    @Test(
        "on a full disk cannot be written: it is said and counted, and all else goes on",
        .enabled(if: FullDisk.isPossible, "only root can mount a small file system"))
    func fullDisk() async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let disk = try await FullDisk(at: folder["disk"])
            let simulator = try Simulator(Scene.simulatorOptions { $0.history = 5 })
            defer { simulator.stop() }
            let exporter = try await Exporter(
                configuration: try Scene.configuration(for: simulator, in: folder) {
                    $0.stateDirectory = disk.path + "/state"
                })
            let page = try await exporter.page(until: "saving fails, and is tried again") {
                $0.succeeded() && $0.value("mailstore_exporter_state_save_failures_total") ?? 0 >= 2
            }
            let runs = Double(simulator.state().profileRuns.count)
            #expect(page.values("mailstore_profile_runs_total").reduce(0, +) == runs)
            #expect(page.value("mailstore_up") == 1)
            let complaints = exporter.log.split(separator: "\n").filter { $0.contains("cannot save state") }
            #expect(complaints.count == 1, "said once, not at every try")
            #expect(complaints.first?.contains("No space left on device") == true)
            #expect(complaints.first?.contains("free space") == true)

            try disk.makeRoom()
            try await eventually("state is saved again") { exporter.log.contains("state is saved again") }
            // What was saved at last is whole: nothing is lost and nothing counted twice.
            try await exporter.program.kill()
            let second = try await Exporter(configuration: folder["config.yml"])
            let first = try await second.page()
            #expect(first.values("mailstore_profile_runs_total").reduce(0, +) == runs)
            try await second.program.kill()

            // On a disk that is full again, the state is read, and counting goes on from it.
            disk.fill()
            let third = try await Exporter(configuration: folder["config.yml"])
            let last = try await third.page(until: "everything is collected") { $0.succeeded() }
            #expect(last.values("mailstore_profile_runs_total").reduce(0, +) == runs)
            try await third.program.kill()
            disk.remove()
        }
    }
}
