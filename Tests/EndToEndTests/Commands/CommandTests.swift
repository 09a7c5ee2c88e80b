import Foundation
import MailStoreSimulator
import Testing

@Suite("The commands")
struct CommandTests {
    @Test("demo runs a living server and its exporter, and leaves nothing behind")
    func demo() async throws {
        let demo = try await Exporter(
            ["demo", "--collection.interval", "1s", "--simulation.speed", "7200"],
            environment: ["TMPDIR": NSTemporaryDirectory()])
        #expect(demo.log.contains("serving metrics"))
        let first = try await demo.page(until: "everything is collected") { $0.succeeded(target: "demo") }
        #expect(first.value("mailstore_up", ["target": "demo"]) == 1)
        let before = first.values("mailstore_profile_runs_total").reduce(0, +)
        try await demo.page(until: "profiles have run meanwhile") {
            $0.values("mailstore_profile_runs_total").reduce(0, +) > before
        }
        let state = NSTemporaryDirectory() + "mailstore_exporter-demo-\(demo.program.pid)"
        #expect(FileManager.default.fileExists(atPath: state))
        #expect(try await demo.stop(SIGINT) == .exit(0))
        #expect(!FileManager.default.fileExists(atPath: state))
    }

    @Test(
        "a text that cannot be written is a failure",
        arguments: [
            ["metrics"], ["metrics", "--format", "json"], ["kit", "--list"],
            ["--config.check", "--mailstore.url", "https://127.0.0.1:1", "--mailstore.username", "a"],
            ["check", "--mailstore.url", "https://127.0.0.1:1", "--mailstore.username", "a"],
        ])
    func fullDisk(arguments: [String]) async throws {
        let program = try RunningProgram(
            "/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/full", Exporter.path] + arguments,
            environment: ["MAILSTORE_PASSWORD": "hush-hush-71"])
        #expect(try await program.waitForEnd() == .exit(1))
        #expect(program.errors.contains("cannot be written to standard output"))
    }

    @Test("simulate runs a server that an exporter can be pointed at by flags")
    func simulate() async throws {
        let server = try Exporter.launch(["simulate", "--port", "0", "--password", "for-the-test"])
        var fields: [String: String] = [:]
        try await eventually("the simulated server runs") {
            let line = server.errors.components(separatedBy: "\n").dropLast().first { $0.contains("pinned_public_key") }
            for field in (line ?? "").replacingOccurrences(of: "\"", with: "").split(separator: " ") {
                let pair = field.split(separator: "=", maxSplits: 1)
                if pair.count == 2 { fields[String(pair[0])] = String(pair[1]) }
            }
            return fields["url"] != nil
        }
        #expect(!server.errors.contains("for-the-test"))
        let url = try #require(fields["url"])
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let exporter = try await Exporter(
            [
                "--mailstore.url", url, "--mailstore.username", "admin", "--state.directory", folder["state"],
                "--mailstore.pinned-public-key", try #require(fields["pinned_public_key"]),
                "--collection.interval", "1s",
            ], environment: ["MAILSTORE_PASSWORD": "for-the-test"])
        // Its target is named after the host.
        try await exporter.page(until: "everything is collected") { $0.succeeded(target: "127.0.0.1") }
        let order = try await CurlReply.get(
            url + "/simulator/faults?function=GetServerInfo&fault=status&value=500",
            ["--insecure", "--request", "POST"])
        #expect(order.status == 200)
        try await exporter.page(until: "the fault that was ordered over HTTP is counted") {
            $0.errors("GetServerInfo", "http_status", target: "127.0.0.1") > 0
        }
        #expect(try await exporter.stop() == .exit(0))
        server.signal(SIGTERM)
        #expect(try await server.waitForEnd() == .exit(0))
    }

    @Test("metrics prints the catalogue, which every family on a page stands in")
    func metrics() async throws {
        struct Family: Decodable {
            var name: String
            var type: String
            var labels: [String]
        }
        let json = try Exporter.launch(["metrics", "--format", "json"])
        #expect(try await json.waitForEnd() == .exit(0))
        let families = try JSONDecoder().decode([Family].self, from: Data(json.output.utf8))
        let byName = Dictionary(families.map { ($0.name, $0) }) { first, _ in first }
        #expect(byName.count == families.count)
        for format in ["table", "markdown"] {
            let program = try Exporter.launch(["metrics", "--format", format])
            #expect(try await program.waitForEnd() == .exit(0))
            for family in families { #expect(program.output.contains(family.name), "\(family.name) in \(format)") }
        }
        try await Scene.with {
            $0.history = 1
        } _: { scene in
            let page = try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            for series in page.samples.keys {
                let names =
                    [series.name]
                    + ["_sum", "_count"].filter(series.name.hasSuffix).map {
                        String(series.name.dropLast($0.count))
                    }
                let family = try #require(names.compactMap { byName[$0] }.first, "\(series.name)")
                #expect(Set(series.labels.keys).isSubset(of: family.labels), "\(series)")
            }
        }
    }

    @Test("serve has the flags that docs/configuration.md explains, and no others")
    func documentedFlags() async throws {
        let program = try Exporter.launch(["help", "serve"])
        #expect(try await program.waitForEnd() == .exit(0))
        let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { folder, _ in folder.deletingLastPathComponent() }
        let document = try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
        let rows = document.split(separator: "\n").filter { $0.hasPrefix("| `--") }
        let explained = rows.compactMap { $0.firstMatch(of: /`(--[a-z]+(?:[.-][a-z]+)*)`/) }.map { String($0.output.1) }
        let offered = program.output.matches(of: /--[a-z]+(?:[.-][a-z]+)*/).map { String($0.output) }
        #expect(Set(explained) == Set(offered).subtracting(["--help", "--version"]))
    }

    @Test("version and help are printed and are no error", arguments: ["--version", "--help"])
    func help(flag: String) async throws {
        let program = try Exporter.launch([flag])
        #expect(try await program.waitForEnd() == .exit(0))
        #expect(!program.output.isEmpty)
        #expect(program.errors.isEmpty)
    }
}

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
