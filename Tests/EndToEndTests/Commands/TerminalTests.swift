import Foundation
import MailStoreSimulator
import Testing

@Suite("Commands on a terminal", .serialized)
struct TerminalTests {
    private static let question =
        "Cancel the process on the server (c), leave it running (l) or keep watching (w)? "
    private static let verification = ["call", "VerifyStore", "id=4", "includeIndexes=false"]

    /// Starts a verification whose progress line is on the screen.
    private func watched(
        _ arguments: [String] = verification, in scene: CommandScene
    ) async throws -> CommandTerminal {
        let terminal = try scene.terminal(arguments)
        try await terminal.wait(for: "Creating a list of messages to be verified...")
        return terminal
    }

    /// The texts that were drawn as the progress line, in their order.
    private func drawn(_ screen: String) -> [String] {
        screen.components(separatedBy: "\r\u{1B}[?7l").dropFirst().map {
            $0.components(separatedBy: "\u{1B}[K")[0]
        }
    }

    @Test("one line is redrawn in its place and erased at the end; the result stays")
    func redrawn() async throws {
        let scene = try CommandScene()
        let terminal = try await watched(in: scene)
        scene.simulator.advanceClock(by: 2)
        try await terminal.wait(for: "VerifyStore: 800 messages verified")
        scene.simulator.advanceClock(by: 10.5)
        try await terminal.wait(for: "VerifyStore: 6,000 messages verified")
        scene.simulator.advanceClock(by: 10_000)
        #expect(try await terminal.exitCode() == 0)
        let screen = await terminal.screen()
        let lines = drawn(screen)
        #expect(lines.count >= 3)
        #expect(lines.allSatisfy { $0.hasPrefix("VerifyStore: ") && $0.count < 80 && !$0.contains("\n") })
        // What follows the last drawing is its removal, the word of the end and the result.
        let last = try #require(screen.components(separatedBy: "\u{1B}[?7h").last)
        #expect(last.hasPrefix("\r\u{1B}[Knull\r\nVerifyStore succeeded (0:00:"), "\(last.debugDescription)")
    }

    @Test("the line fits the window, also when that changes")
    func resized() async throws {
        let scene = try CommandScene()
        let terminal = try await watched(in: scene)
        terminal.resize(columns: 24)
        scene.simulator.advanceClock(by: 2)
        try await terminal.wait(for: "the line is cut") { screen in
            drawn(screen).contains { $0.hasSuffix("…") && $0.count == 23 }
        }
        let narrow = drawn(await terminal.screen()).count
        scene.simulator.advanceClock(by: 10)
        try await terminal.wait(for: "it was drawn again") { drawn($0).count > narrow }
        #expect(drawn(await terminal.screen()).dropFirst(narrow).allSatisfy { $0.count <= 23 })
        terminal.resize(columns: 200)
        scene.simulator.advanceClock(by: 10)
        try await terminal.wait(for: "messages verified...\u{1B}[K")
    }

    @Test("Ctrl-C and w: the process is watched on to its end")
    func goOn() async throws {
        let scene = try CommandScene()
        let terminal = try await watched(in: scene)
        try terminal.pressControlC()
        try await terminal.wait(for: Self.question)
        try terminal.type("w\n")
        scene.simulator.advanceClock(by: 2)
        try await terminal.wait(for: "800 messages verified")
        scene.simulator.advanceClock(by: 10_000)
        #expect(try await terminal.exitCode() == 0)
        #expect(!scene.called.contains("cancel-async"))
    }

    @Test("Ctrl-C and c: the process is cancelled on the server and watched to its end")
    func cancel() async throws {
        let scene = try CommandScene()
        let terminal = try await watched(in: scene)
        try terminal.pressControlC()
        try await terminal.wait(for: Self.question)
        try terminal.type("c\n")
        try await terminal.wait(for: "cancelling VerifyStore on the server")
        try await eventually("it was cancelled") { scene.called.contains("cancel-async") }
        scene.simulator.advanceClock(by: 10)
        #expect(try await terminal.exitCode() == 1)
        #expect(await terminal.screen().contains("VerifyStore ended with status \"cancelled\""))
    }

    @Test(
        "Ctrl-C and l, Ctrl-D or Ctrl-C again: the process is left running, and its token told",
        arguments: ["l\n", "\u{4}", "\u{3}"])
    func leave(keys: String) async throws {
        let scene = try CommandScene()
        let terminal = try await watched(in: scene)
        try terminal.pressControlC()
        try await terminal.wait(for: Self.question)
        try terminal.type(keys)
        #expect(try await terminal.exitCode() == 1)
        let token = try #require(
            scene.simulator.requestLog().last { $0.function == "get-status" }?.arguments["token"])
        let screen = await terminal.screen()
        #expect(screen.contains("VerifyStore is still running on the server; its token is \(token)"))
        #expect(screen.contains(" --token \(token)"))
        #expect(!scene.called.contains("cancel-async"))
    }

    @Test("an answer that is none is asked for again, and the screen stays still meanwhile")
    func nonsense() async throws {
        let scene = try CommandScene()
        let terminal = try await watched(in: scene)
        try terminal.pressControlC()
        try await terminal.wait(for: Self.question)
        scene.simulator.advanceClock(by: 2)
        try terminal.type("perhaps\n")
        try await terminal.wait(for: "Please answer c, l or w: ")
        let screen = await terminal.screen()
        let after = try #require(screen.components(separatedBy: Self.question).last)
        #expect(drawn(after).isEmpty)
        try terminal.type("W\n")
        try await terminal.wait(for: "800 messages verified")
        try terminal.pressControlC()
        try await terminal.wait(for: "the question is asked again") {
            $0.components(separatedBy: Self.question).count == 3
        }
        // The process may end while the question stands.
        scene.simulator.advanceClock(by: 10_000)
        #expect(try await terminal.exitCode() == 0)
    }

    @Test("Ctrl-C after cancelling leaves at once")
    func leaveCancelled() async throws {
        let scene = try CommandScene()
        let terminal = try await watched(in: scene)
        try terminal.pressControlC()
        try await terminal.wait(for: Self.question)
        try terminal.type("c\n")
        try await eventually("it was cancelled") { scene.called.contains("cancel-async") }
        try terminal.pressControlC()
        #expect(try await terminal.exitCode() == 1)
        #expect(await terminal.screen().contains("is still running on the server; its token is "))
    }

    @Test("Ctrl-C before the reply gives the call up")
    func interrupted() async throws {
        let scene = try CommandScene()
        scene.simulator.inject(.hang, for: "GetUsers")
        let terminal = try scene.terminal(["call", "GetUsers"])
        try await terminal.wait(for: "GetUsers: running")
        try terminal.pressControlC()
        #expect(try await terminal.exitCode() == 1)
        #expect(await terminal.screen().contains("GetUsers was interrupted before its reply arrived"))
    }

    @Test("a terminal that cannot redraw gets plain lines")
    func dumb() async throws {
        let scene = try CommandScene()
        let terminal = try scene.terminal(
            Self.verification, environment: CommandScene.environment.merging(["TERM": "dumb"]) { $1 })
        try await terminal.wait(for: "Creating a list of messages to be verified...\r\n")
        scene.simulator.advanceClock(by: 10_000)
        #expect(try await terminal.exitCode() == 0)
        #expect(!(await terminal.screen().contains("\u{1B}")))
    }

    @Test("verify shows lines that look like damage at once, and they stay")
    func damage() async throws {
        let scene = try CommandScene { $0.quirks.damageOutcome = .succeededWithLog }
        scene.simulator.change { world in
            for index in world.stores.indices where world.stores[index].id == 4 {
                world.stores[index].damagedMessages = 2
            }
        }
        let terminal = try await watched(["verify", "--store", "4"], in: scene)
        scene.simulator.advanceClock(by: 10_000)
        #expect(try await terminal.exitCode() == 2)
        let screen = await terminal.screen()
        #expect(screen.contains("  Error: message #5 is damaged.\r\n"))
        #expect(screen.contains("3 lines of the log look like damage"))
    }
}
