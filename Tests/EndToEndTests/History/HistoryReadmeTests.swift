import Foundation
import MailStoreSimulator
import Testing

@Suite("The documented commands that import the past")
struct HistoryReadmeTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// What stands in the code block with the command, up to what needs a Prometheus on this machine.
    private func commands(of document: String) throws -> String {
        let blocks = TemporaryFolder.text(of: "\(Self.sources)/\(document)").components(separatedBy: "```sh\n")
            .dropFirst().compactMap { $0.components(separatedBy: "```").first }
        let block = try #require(blocks.first { $0.contains(" history --since") })
        return try #require(block.components(separatedBy: "\nchown ").first)
    }

    @Test(
        "work with the sample configuration, for an exporter that runs as its service",
        arguments: ["docs/history.md", "Sources/Kit/Files/README.md"])
    func commands(document: String) async throws {
        let folder = try TemporaryFolder()
        let simulator = try Simulator(Scene.simulatorOptions { $0.history = 40 })
        defer { simulator.stop() }
        // A service with a user of its own for the time has its state behind a link.
        for place in ["etc", "private/state"] {
            try FileManager.default.createDirectory(atPath: folder[place], withIntermediateDirectories: true)
        }
        try FileManager.default.createSymbolicLink(atPath: folder["state"], withDestinationPath: "private/state")
        try folder.write(Scene.password, to: "etc/password")
        let sample = TemporaryFolder.text(of: "\(Self.sources)/Sources/Kit/Files/mailstore_exporter.yml")
        try #require(sample.contains("url: https://mailstore.example.com:8463\n    #"))
        try folder.write(
            sample.replacing("https://mailstore.example.com:8463\n", with: simulator.url + "\n", maxReplacements: 1)
                .replacing("username: monitoring", with: "username: admin", maxReplacements: 1)
                .replacing(
                    "    #tls:\n", with: "    tls: { pinned_public_key: sha256//\(simulator.publicKeyPin) }\n",
                    maxReplacements: 1),
            to: "etc/mailstore_exporter.yml")
        let exporter = try await Exporter(
            ["--config.file", folder["etc/mailstore_exporter.yml"]],
            environment: ["CREDENTIALS_DIRECTORY": folder["etc"], "STATE_DIRECTORY": folder["private/state"]])
        let page = try await exporter.page(until: "everything is collected") { $0.succeeded() }

        let commands = try commands(of: document)
        try #require(commands.contains("--instance=127.0.0.1:9463 --output=history.om\n"))
        let script = commands.replacing("/etc/mailstore_exporter", with: folder["etc"])
            .replacing("/var/lib/mailstore_exporter", with: folder["state"])
            .replacing(" mailstore_exporter history", with: " '\(Exporter.path)' history")
            .replacing("127.0.0.1:9463", with: exporter.addresses[0])
        let program = try RunningProgram("sh", ["-ec", "cd '\(folder.path)'\n" + script])
        #expect(try await program.waitForEnd(tries: 3000) == .exit(0), "\(program.errors)")
        // The result, and no warning.
        let lines = program.errors.split(separator: "\n").filter { $0.contains("history:") }
        #expect(lines.count == 1 && lines[0].contains(" samples of 1 target, from "), "\(program.errors)")

        // The past ends at the height of the exporter's own counters.
        let runs = folder.read("history.om").split(separator: "\n").filter {
            $0.hasPrefix("mailstore_profile_runs_total{") && $0.contains(#"profile_id="1""#)
                && $0.contains(#"result="succeeded""#)
        }
        let last = try #require(runs.last?.split(separator: " ").dropLast().last)
        let own = page.value(
            "mailstore_profile_runs_total", ["target": "archive", "profile_id": "1", "result": "succeeded"])
        #expect(Double(last) == own)
        #expect((own ?? 0) > 30)
        #expect(runs.allSatisfy { $0.contains(#"job="mailstore",instance="\#(exporter.addresses[0])""#) })
        #expect(folder.files().contains { $0.hasPrefix("blocks/") && $0.hasSuffix("/meta.json") })
        try await exporter.program.kill()
    }
}
