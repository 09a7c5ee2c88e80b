import Foundation
import MailStoreSimulator
import Testing

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
        #expect(program.errors.contains("could not be written"))
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
        #expect(screen.hasSuffix("\r\u{1B}[K"))
        #expect(scene.folder.files() == ["history.om"])
    }
}
