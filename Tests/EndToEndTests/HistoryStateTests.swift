import Foundation
import MailStoreSimulator
import Testing

@Suite("The command history and the exporter's state")
struct HistoryStateTests {
    private static let since = ["history", "--since", "10d"]

    @Test("without state nothing is asked or printed: exit code 1, and what to do")
    func noState() async throws {
        let scene = try CommandScene { $0.history = 10 }
        let output = scene.folder["history.om"]
        let result = try await scene.run(
            Self.since + ["--state.directory", scene.folder["state"], "--output", output])
        #expect(result.exitCode == .exit(1))
        #expect(result.output == "")
        let message = "127.0.0.1: found no state of this target (state directory \(scene.folder["state"]))."
        #expect(result.errors.hasPrefix("mailstore_exporter: " + message))
        for remedy in ["Start the exporter first", "--state.directory", "--without-state"] {
            #expect(result.errors.contains(remedy))
        }
        // Nothing is made by one who only looks on.
        #expect(scene.folder.files() == [])
        #expect(scene.called == [])
    }

    @Test("told to do without, it looks at no state, and the past goes up to now")
    func withoutState() async throws {
        let scene = try CommandScene { options in
            options.history = 10
            options.isAlive = true
        }
        try scene.folder.write("{", to: "127.0.0.1.ledger.json")
        let result = try await scene.run(
            Self.since + ["--without-state"],
            environment: CommandScene.environment.merging(["STATE_DIRECTORY": scene.folder.path]) { $1 })
        #expect(result.exitCode == .exit(0), "\(result.errors)")
        #expect(result.errors == "")
        #expect(result.output.hasSuffix("\n# EOF\n"))
        let runs = result.output.split(separator: "\n").filter { $0.hasPrefix("mailstore_profile_runs_total{") }
        let last = runs.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.max()
        // The command has taken its time since it asked for it.
        #expect((-600...600).contains(Date.now.timeIntervalSince1970 - (last ?? 0)))
        #expect(scene.folder.read("127.0.0.1.ledger.json") == "{")
    }

    @Test("where one target of several has no state, none is printed, and it is named")
    func oneOfSeveral() async throws {
        try await HistoryScene.with { history in
            let folder = history.scene.folder
            let simulator = history.scene.simulator
            let targets = ["archive", "branch"].map {
                ConfigurationText.Target(simulator, name: $0, passwordFile: folder["password"])
            }
            let both = try folder.write(
                ConfigurationText(targets: targets, stateDirectory: folder["state"]).yaml, to: "both.yml")
            let output = folder["history.om"]
            let result = try await history.history(["--output", output], configuration: both)
            #expect(result.exitCode == .exit(1))
            #expect(result.errors.hasPrefix("mailstore_exporter: branch: found no state of this target "))
            #expect(!folder.files().contains { $0.contains("history.om") })
            let one = try await history.history(["--target", "archive"], configuration: both)
            #expect(one.exitCode == .exit(0), "\(one.errors)")
            let alone = try await history.history(["--without-state"], configuration: both)
            #expect(alone.exitCode == .exit(0), "\(alone.errors)")
            #expect(alone.output.contains(#"target="branch""#))
        }
    }

    @Test("state that is damaged: exit code 1, and the file stays as it is")
    func damagedState() async throws {
        let scene = try CommandScene { $0.history = 10 }
        try scene.folder.write("{", to: "127.0.0.1.ledger.json")
        let result = try await scene.run(Self.since + ["--state.directory", scene.folder.path])
        #expect(result.exitCode == .exit(1))
        #expect(result.errors.contains("is damaged"))
        #expect(scene.folder.files() == ["127.0.0.1.ledger.json"])
        #expect(scene.folder.read("127.0.0.1.ledger.json") == "{")
    }
}
