import Foundation
import MailStoreSimulator
import Testing

@Suite("Processes that call follows, without a terminal")
struct CallProcessTests {
    private static let verification = ["call", "VerifyStore", "id=4", "includeIndexes=false"]

    @Test("the log comes as plain lines, the result at the end")
    func followed() async throws {
        let scene = try CommandScene()
        let program = try scene.start(["call", "CompactStore", "id=1", "--allow-changes"])
        try await eventually("the first line is there before the end") { program.errors.contains("CompactStore...\n") }
        #expect(await program.ending() == nil)
        #expect(program.output == "")
        scene.simulator.advanceClock(by: 1000)
        #expect(try await program.waitForEnd() == .exit(0))
        #expect(program.errors.hasPrefix("CompactStore...\n  25 %\n  50 %\n  75 %\nCompactStore succeeded (0:00:"))
        #expect(program.output == "null\n")
        #expect(!program.errors.contains("\u{1B}") && !program.errors.contains("\r"))
    }

    @Test(
        "a signal leaves the process running, and the token that is printed takes it up again",
        arguments: [SIGINT, SIGTERM])
    func left(signal: Int32) async throws {
        let scene = try CommandScene()
        let program = try scene.start(Self.verification)
        try await eventually("it is watched") { program.errors.contains("Creating a list") }
        program.signal(signal)
        #expect(try await program.waitForEnd() == .exit(1))
        #expect(program.errors.contains("VerifyStore is still running on the server; its token is "))
        #expect(!scene.called.contains("cancel-async"))

        // The line that was printed is a command line: a shell runs it.
        let line = try #require(program.errors.components(separatedBy: "follow it again with: ").last)
        let again = line.replacingOccurrences(of: "mailstore_exporter", with: Exporter.path)
        let second = try RunningProgram("/bin/sh", ["-c", again], environment: CommandScene.environment)
        try await eventually("it is watched again") { second.errors.contains("Creating a list") }
        scene.simulator.advanceClock(by: 10_000)
        #expect(try await second.waitForEnd() == .exit(0))
        #expect(second.errors.contains("  30400 messages verified...\n"))
        #expect(second.output == "null\n")
        #expect(scene.called.count { $0 == "VerifyStore" } == 1)
    }

    @Test("--cancel with --token cancels the process and follows it to its end")
    func cancelled() async throws {
        let scene = try CommandScene()
        let program = try scene.start(Self.verification)
        try await eventually("it is watched") { program.errors.contains("Creating a list") }
        let token = try #require(Self.token(in: scene))
        program.signal(SIGTERM)
        _ = try await program.waitForEnd()

        let canceller = try scene.start(["call", "--token", token, "--cancel"])
        try await eventually("it was cancelled") { scene.called.contains("cancel-async") }
        scene.simulator.advanceClock(by: 10)
        #expect(try await canceller.waitForEnd() == .exit(1))
        #expect(canceller.errors.contains("process \(token) ended with status \"cancelled\""))
    }

    @Test("a token that the server does not know is told apart from one that it forgets", arguments: [false, true])
    func unknownToken(cancels: Bool) async throws {
        let scene = try CommandScene()
        let token = String(repeating: "ab", count: 16)
        let run = try await scene.run(["call", "--token", token] + (cancels ? ["--cancel"] : []))
        #expect(run.exitCode == .exit(1))
        #expect(run.errors.contains("the server does not know this token (404)"))
    }

    @Test("a server that is restarted in the middle has forgotten the process, and that is said")
    func restarted() async throws {
        let scene = try CommandScene()
        let program = try scene.start(Self.verification)
        try await eventually("it is watched") { scene.called.contains("get-status") }
        scene.simulator.restart()
        #expect(try await program.waitForEnd() == .exit(1))
        #expect(program.errors.contains("the server no longer knows the process (404)"))
    }

    @Test("while the server cannot be reached the process is not given up")
    func trouble() async throws {
        let scene = try CommandScene()
        scene.simulator.inject(.status(503), for: "get-status", times: 1)
        let program = try scene.start(Self.verification)
        try await eventually("the trouble is told") { program.errors.contains("HTTP status 503") }
        scene.simulator.advanceClock(by: 10_000)
        #expect(try await program.waitForEnd() == .exit(0))
        #expect(program.errors.contains("retrying in 1 s"))
    }

    @Test("a login that is refused in the middle is not tried again, and the token is told")
    func refused() async throws {
        let scene = try CommandScene()
        let program = try scene.start(Self.verification)
        try await eventually("it is watched") { scene.called.contains("get-status") }
        scene.simulator.setPassword("another")
        scene.simulator.advanceClock(by: 10)
        #expect(try await program.waitForEnd() == .exit(1))
        #expect(program.errors.contains("refused the login (401)"))
        #expect(program.errors.contains("its token is "))
    }

    @Test("any call that the server answers as a process is followed")
    func anyCall() async throws {
        let scene = try CommandScene { $0.quirks.runningFunctions = ["GetServerInfo"] }
        let program = try scene.start(["call", "GetServerInfo"])
        try await scene.moveClock(by: 1, until: "the process is over") { await program.ending() != nil }
        #expect(try await program.waitForEnd() == .exit(0))
        #expect(program.output.contains("\"machineName\": \"MAILSTORE\""))
    }

    /// The token of the process that was asked about last.
    private static func token(in scene: CommandScene) -> String? {
        scene.simulator.requestLog().last { $0.function == "get-status" }?.arguments["token"]
    }
}
