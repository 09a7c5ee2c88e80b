import Foundation
import MailStoreSimulator
import Testing

@Suite("The command functions")
struct FunctionsCommandTests {
    private func run(
        _ arguments: [String], on scene: CommandScene
    ) async throws -> (exitCode: RunningProgram.Ending, output: String, errors: String) {
        let program = try RunningProgram(
            Exporter.path,
            ["functions"] + arguments + [
                "--mailstore.url", scene.simulator.url, "--mailstore.pinned-public-key",
                "sha256//\(scene.simulator.publicKeyPin)",
            ])
        return (try await program.waitForEnd(), program.output, program.errors)
    }

    @Test("no login is needed, and none is sent")
    func table() async throws {
        let scene = try CommandScene()
        let result = try await run(["verifystore?"], on: scene)
        #expect(result.exitCode == .exit(0))
        #expect(
            result.output == "FUNCTION      ARGUMENTS (* = mandatory)\nVerifyStores  includeIndexes* bool\n")
        #expect(scene.simulator.requestLog().map(\.userName) == [nil])
    }

    @Test("--json prints what the server lists")
    func json() async throws {
        let scene = try CommandScene()
        let result = try await run(["--json"], on: scene)
        let reply = try await CurlReply.get(scene.simulator.url + "/api/get-metadata", ["-k", "--data", ""])
        let read = { (bytes: [UInt8]) in
            let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
            return try JSONSerialization.jsonObject(with: Data(text)) as? NSArray
        }
        #expect(try read(Array(result.output.utf8)) == read(reply.body))
    }

    @Test("a pattern that nothing fits has the exit code 1")
    func nothing() async throws {
        let result = try await run(["Xylophone"], on: try CommandScene())
        #expect(result.exitCode == .exit(1))
        #expect(result.output == "")
        #expect(result.errors.contains("no function of the server matches the pattern"))
    }

    @Test("a server that cannot be reached has the exit code 1")
    func unreachable() async throws {
        let scene = try CommandScene()
        scene.simulator.stop()
        let result = try await run([], on: scene)
        #expect(result.exitCode == .exit(1))
        #expect(result.errors.contains("refuses the connection"))
    }
}
