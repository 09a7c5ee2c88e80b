import Foundation
import MailStoreSimulator
import Testing

@Suite("The command history, where something is wrong")
struct HistoryFailureTests {
    private static let since = ["history", "--since", "10d"]

    @Test("a server that fails half-way: exit code 1, the reason, and nothing that looks like a result")
    func failingServer() async throws {
        let scene = try CommandScene { $0.history = 10 }
        scene.simulator.order(.status(500), for: "GetWorkerResults")
        let output = scene.folder["history.om"]
        let state = ["--state.directory", scene.folder["state"]]
        for arguments in [[], ["--output", output]] {
            let result = try await scene.run(Self.since + state + arguments)
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
        let result = try await scene.run(Self.since)
        #expect(result.exitCode == .exit(1))
        #expect(result.output == "")
    }

    @Test("without the exporter's state the past is printed, and it is said that runs would be counted twice")
    func noState() async throws {
        let scene = try CommandScene { options in
            options.history = 10
            options.isAlive = true
        }
        let result = try await scene.run(Self.since + ["--state.directory", scene.folder["state"]])
        #expect(result.exitCode == .exit(0))
        #expect(result.output.hasSuffix("\n# EOF\n"))
        #expect(result.errors.hasPrefix("history: 127.0.0.1: the exporter has not counted yet (no state in "))
        // Nothing is made by one who only looks on.
        #expect(scene.folder.files() == [])
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

    @Test(
        "a command line that cannot be meant: exit code 64, and nothing is sent",
        arguments: [
            ["history"], ["history", "--since", "0"], ["history", "--since", "5d", "--step", "1s"],
            ["history", "--since", "5d", "--until", "6d"],
            ["history", "--since", "5d", "--until", "2999-01-01T00:00:00Z"],
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
        let result = try await scene.run(Self.since + ["--output", scene.folder["missing/history.om"]])
        #expect(result.exitCode == .exit(1))
        #expect(result.errors.contains("--output: "))
    }

    @Test("a full disk: exit code 1, and no half of a file")
    func fullDisk() async throws {
        let scene = try CommandScene { $0.history = 10 }
        let program = try RunningProgram(
            "sh",
            ["-c", #"exec "$0" "$@" > /dev/full"#, Exporter.path] + Self.since + scene.flags,
            environment: CommandScene.environment)
        #expect(try await program.waitForEnd() == .exit(1))
        #expect(program.errors.contains("could not be written"))
    }

    @Test("a terminal shows how far the reading has come, and nothing of it stays")
    func progress() async throws {
        let scene = try CommandScene { $0.history = 40 }
        let terminal = try scene.terminal(
            [
                "history", "--since", "40d", "--output", scene.folder["history.om"], "--state.directory",
                scene.folder.path,
            ])
        #expect(try await terminal.exitCode() == 0)
        let screen = await terminal.screen()
        #expect(screen.contains("history: 127.0.0.1: GetWorkerResults from "))
        #expect(screen.contains(" (2 of 2)"))
        #expect(screen.hasSuffix("\r\u{1B}[K"))
        #expect(scene.folder.files() == ["history.om"])
    }
}
