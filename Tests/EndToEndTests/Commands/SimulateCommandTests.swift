import Foundation
import Testing

@Suite("The command simulate")
struct SimulateCommandTests {
    @Test("--spe runs a server of the Service Provider Edition, of the requested size")
    func serviceProvider() async throws {
        let server = try Exporter.launch([
            "simulate", "--spe", "--instances", "3", "--stores", "5", "--port", "0", "--password", "for-the-test",
        ])
        try await eventually("the simulated server runs") { server.errors.contains("pinned_public_key=") }
        #expect(server.errors.contains("edition=spe"))
        let url = try #require(server.errors.firstMatch(of: /url="?(https:\/\/127\.0\.0\.1:\d+)/)).output.1
        let list = try await CurlReply.get(
            "\(url)/api/invoke/GetInstances",
            ["--insecure", "--user", "admin:for-the-test", "--data", "instanceFilter=*"])
        #expect(list.text.matches(of: /"instanceID": "kunde000\d"/).count == 3)
        let stores = try await CurlReply.get(
            "\(url)/api/invoke/GetStores",
            ["--insecure", "--user", "admin:for-the-test", "--data", "instanceID=kunde0001"])
        #expect(stores.text.matches(of: /"requestedState":/).count == 5)
        server.signal(SIGTERM)
        #expect(try await server.waitForEnd() == .exit(0))
    }

    @Test(
        "a wrong size is an error that names the flag",
        arguments: [
            (["--instances", "3"], "--instances needs --spe"), (["--spe", "--instances", "10001"], "from 0 to 10000"),
            (["--stores", "1001"], "--stores must be a number from 0 to 1000"),
        ])
    func wrongSize(arguments: [String], message: String) async throws {
        let program = try Exporter.launch(["simulate", "--port", "0"] + arguments)
        let end = try await program.waitForEnd()
        #expect(end != .exit(0))
        #expect(program.errors.contains(message))
    }
}
