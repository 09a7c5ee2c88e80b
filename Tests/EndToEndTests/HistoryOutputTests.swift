import Foundation
import MailStoreSimulator
import Testing

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
