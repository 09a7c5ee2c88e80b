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
        #expect(result.errors.split(separator: "\n").count == 1)
        let samples = result.output.split(separator: "\n").filter { !$0.hasPrefix("#") }.count
        #expect(result.errors.hasPrefix("history: \(samples) samples of 1 target, from 20"), "\(result.errors)")
        #expect(result.errors.contains("promtool tsdb create-blocks-from openmetrics"))
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

@Suite("The command history, where something is wrong")
struct HistoryFailureTests {
    private static let since = ["history", "--since", "10d"]
    /// Without an exporter.
    private static let alone = since + ["--without-state"]

    @Test("a server that fails half-way: exit code 1, the reason, and nothing that looks like a result")
    func failingServer() async throws {
        let scene = try CommandScene { $0.history = 10 }
        scene.simulator.inject(.status(500), for: "GetWorkerResults")
        let output = scene.folder["history.om"]
        for arguments in [[], ["--output", output]] {
            let result = try await scene.run(Self.alone + arguments)
            #expect(result.exitCode == .exit(1))
            #expect(result.output == "")
            #expect(result.errors.contains("mailstore_exporter: 127.0.0.1: the server answered with HTTP status 500"))
        }
        #expect(scene.folder.files() == [])
    }

    @Test("a server that cannot be reached: exit code 1")
    func unreachable() async throws {
        let scene = try CommandScene()
        scene.simulator.stop()
        let result = try await scene.run(Self.alone)
        #expect(result.exitCode == .exit(1))
        #expect(result.errors.contains("127.0.0.1: "))
        #expect(!result.errors.contains("state"))
        #expect(result.output == "")
    }

    @Test(
        "a command line that cannot be meant: exit code 64, and nothing is sent",
        arguments: [
            ["history"], ["history", "--since", "0"], ["history", "--since", "5d", "--step", "1s"],
            ["history", "--since", "5d", "--until", "6d"],
            ["history", "--since", "5d", "--until", "2999-01-01T00:00:00Z"],
            ["history", "--since", "5d", "--without-state", "--state.directory", "state"],
        ])
    func commandLine(arguments: [String]) async throws {
        let scene = try CommandScene()
        let result = try await scene.run(arguments)
        #expect(result.exitCode == .exit(64))
        #expect(result.output == "")
        #expect(scene.called == [])
    }

    @Test("a target that there is not: exit code 2")
    func unknownTarget() async throws {
        let result = try await CommandScene().run(Self.since + ["--target", "nowhere"])
        #expect(result.exitCode == .exit(2))
        #expect(result.errors.contains("there is no target"))
    }

    @Test("a file that cannot be written: exit code 1, and the name of the flag")
    func unwritable() async throws {
        let scene = try CommandScene { $0.history = 10 }
        let result = try await scene.run(Self.alone + ["--output", scene.folder["missing/history.om"]])
        #expect(result.exitCode == .exit(1))
        #expect(result.errors.contains("--output: "))
        // Nobody waits for minutes to be told.
        #expect(scene.called == [])
    }

    @Test("a full disk: exit code 1, and no half of a file")
    func fullDisk() async throws {
        let scene = try CommandScene { $0.history = 10 }
        let program = try RunningProgram(
            "sh",
            ["-c", #"exec "$0" "$@" > /dev/full"#, Exporter.path] + Self.alone + scene.flags,
            environment: CommandScene.environment)
        #expect(try await program.waitForEnd() == .exit(1))
        #expect(program.errors.contains("cannot be written"))
    }

    @Test("a terminal shows how far the reading has come, and nothing of it stays")
    func progress() async throws {
        let scene = try CommandScene { $0.history = 40 }
        let terminal = try scene.terminal(
            [
                "history", "--since", "40d", "--output", scene.folder["history.om"], "--without-state",
            ])
        #expect(try await terminal.exitCode() == 0)
        let screen = await terminal.screen()
        #expect(screen.contains("history: 127.0.0.1: GetWorkerResults from "))
        #expect(screen.contains(" (2 of 2)"))
        // Below it is the result alone.
        let rest = try #require(screen.components(separatedBy: "\r\u{1B}[K").last)
        #expect(rest.hasPrefix("history: ") && rest.contains(" of 1 target"), "\(rest.debugDescription)")
        #expect(rest.split(whereSeparator: \.isNewline).count == 1)
        #expect(scene.folder.files() == ["history.om"])
    }
}

@Suite("The file that the command history writes")
struct HistoryOutputTests {
    private static let command = ["history", "--since", "5d", "--without-state"]

    private func run(
        _ scene: CommandScene, shell: String, _ arguments: [String]
    ) async throws -> RunningProgram {
        let program = try RunningProgram(
            "sh", ["-c", shell, Exporter.path] + arguments + scene.flags, environment: CommandScene.environment)
        _ = try await program.waitForEnd()
        return program
    }

    @Test("has the mode that the user's mask asks for", arguments: [("022", 0o644), ("077", 0o600), ("007", 0o660)])
    func mode(mask: String, mode: Int) async throws {
        let scene = try CommandScene { $0.history = 5 }
        let program = try await run(
            scene, shell: #"umask \#(mask); exec "$0" "$@""#, Self.command + ["--output", scene.folder["history.om"]])
        #expect(try await program.waitForEnd() == .exit(0), "\(program.errors)")
        let attributes = try FileManager.default.attributesOfItem(atPath: scene.folder["history.om"])
        #expect(attributes[.posixPermissions] as? Int == mode)
        #expect(scene.folder.files() == ["history.om"])
    }

    @Test("is no pipe: it stays what it is, and nothing is asked")
    func pipe() async throws {
        let scene = try CommandScene { $0.history = 5 }
        try #require(mkfifo(scene.folder["pipe"], 0o600) == 0)
        let result = try await scene.run(Self.command + ["--output", scene.folder["pipe"]])
        #expect(result.exitCode == .exit(1))
        #expect(result.errors.contains("leave --output out to print"))
        let attributes = try FileManager.default.attributesOfItem(atPath: scene.folder["pipe"])
        #expect(attributes[.type] as? FileAttributeType != .typeRegular)
        #expect(scene.folder.files() == ["pipe"])
        #expect(scene.called == [])
    }

    @Test("is not the one that the standard output or error is appended to", arguments: ["1", "2"])
    func standardStream(_ descriptor: String) async throws {
        let scene = try CommandScene { $0.history = 5 }
        try scene.folder.write("kept\n", to: "stream")
        let program = try await run(
            scene, shell: #"exec "$0" "$@" \#(descriptor)>> "\#(scene.folder["stream"])""#,
            Self.command + ["--output", scene.folder["stream"]])
        #expect(try await program.waitForEnd() == .exit(1))
        let messages = descriptor == "2" ? scene.folder.read("stream") : program.errors
        let name = descriptor == "2" ? "error" : "output"
        #expect(messages.contains("is the file that standard \(name) is redirected to"))
        #expect(scene.folder.read("stream").hasPrefix("kept\n"))
    }

    @Test("comes with a warning beforehand where it would be very large", arguments: [("1m", true), ("1h", false)])
    func large(step: String, isLarge: Bool) async throws {
        let scene = try CommandScene { options in
            options.history = 60
            options.isAlive = true
        }
        // Nobody wants to wait for all of it.
        let program = try await run(
            scene, shell: #""$0" "$@" | head -c 1"#,
            ["history", "--since", "60d", "--without-state", "--step", step])
        #expect(program.output == "#")
        let warning = #/history: warning: about (\d+) million samples, \d+ GB of text; a --step longer than 1m/#
        let count = program.errors.firstMatch(of: warning).flatMap { Int($0.output.1) }
        #expect((count != nil) == isLarge, "\(program.errors)")
        // Some 300 series of 86 400 minutes.
        if isLarge { #expect((21...30).contains(count ?? 0)) }
    }
}
