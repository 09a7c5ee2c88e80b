import Foundation
import MailStoreSimulator
import Testing

/// A command line that cannot work, and how it has to end.
struct StartCase: Sendable, CustomTestStringConvertible {
    var name: String
    var exitCode: Int32
    /// What standard error must say: what is wrong, and the remedy.
    var says: [String]
    /// The arguments; `FOLDER` stands for the test's own folder.
    var arguments: [String]
    var environment: [String: String] = [:]
    /// Puts what is wrong into the folder.
    var prepare: @Sendable (TemporaryFolder) throws -> Void = { _ in }

    var testDescription: String { name }

    private static let server = ["--mailstore.url", "https://127.0.0.1:1", "--mailstore.username", "admin"]
    private static let listening = ["--web.listen-address", "127.0.0.1:0"]
    private static let secret = ["MAILSTORE_PASSWORD": "hush-hush-71"]

    private static func withPasswordFile(_ file: String) -> [String] {
        server + listening + ["--mailstore.password-file", file, "--state.directory", "FOLDER/state"]
    }

    static let all: [StartCase] = [
        StartCase(
            name: "an unknown flag", exitCode: 64, says: ["--no-such-flag"], arguments: ["--no-such-flag"]),
        StartCase(
            name: "a flag without its value", exitCode: 64, says: ["--mailstore.url"], arguments: ["--mailstore.url"]),
        StartCase(
            name: "a log level that is none", exitCode: 64, says: ["log.level", "debug"],
            arguments: server + ["--log.level", "chatty"], environment: secret),
        StartCase(name: "an unknown command", exitCode: 64, says: ["explode"], arguments: ["explode"]),
        StartCase(
            name: "no server is configured", exitCode: 2, says: ["--config.file", "--mailstore.url"],
            arguments: listening),
        StartCase(
            name: "a URL of plain HTTP", exitCode: 2, says: ["--mailstore.url", "https://"],
            arguments: ["--mailstore.url", "http://127.0.0.1:1", "--mailstore.username", "admin"] + listening,
            environment: secret),
        StartCase(
            name: "an interval that is none", exitCode: 2, says: ["--collection.interval"],
            arguments: server + listening + ["--collection.interval", "soon"], environment: secret),
        StartCase(
            name: "a listen address that is none", exitCode: 2, says: ["--web.listen-address"],
            arguments: server + ["--web.listen-address", "nowhere"], environment: secret),
        StartCase(
            name: "no password at all", exitCode: 2, says: ["--mailstore.password-file", "MAILSTORE_PASSWORD"],
            arguments: server + listening),
        StartCase(
            name: "a password file that is missing", exitCode: 2, says: ["FOLDER/password", "create the file"],
            arguments: withPasswordFile("FOLDER/password")),
        StartCase(
            name: "a password file that is empty", exitCode: 2,
            says: ["FOLDER/password", "is empty", "write the password into it"],
            arguments: withPasswordFile("FOLDER/password"), prepare: { try $0.write("\n", to: "password") }),
        StartCase(
            name: "a directory for a password file", exitCode: 2, says: ["is a directory", "name a file in it"],
            arguments: withPasswordFile("FOLDER")),
        StartCase(
            name: "a configuration file that is missing", exitCode: 2, says: ["FOLDER/config.yml", "create the file"],
            arguments: ["--config.file", "FOLDER/config.yml"] + listening),
        StartCase(
            name: "a file in the way of the state directory", exitCode: 1,
            says: ["state directory", "FOLDER/taken", "--state.directory"],
            arguments: server + listening + ["--state.directory", "FOLDER/taken/state"], environment: secret,
            prepare: { try $0.write("", to: "taken") }),
        StartCase(
            name: "a file for a state directory", exitCode: 1, says: ["is not a directory", "--state.directory"],
            arguments: server + listening + ["--state.directory", "FOLDER/taken"], environment: secret,
            prepare: { try $0.write("", to: "taken") }),
        StartCase(
            name: "an address that this machine does not have", exitCode: 1,
            says: ["192.0.2.1", "--web.listen-address"],
            arguments: server + ["--web.listen-address", "192.0.2.1:0", "--state.directory", "FOLDER/state"],
            environment: secret),
    ]
}

@Suite("What is wrong at the start")
struct StartTests {
    @Test("ends the exporter with the right code and names the remedy", arguments: StartCase.all)
    func ends(_ start: StartCase) async throws {
        let folder = try TemporaryFolder()
        try start.prepare(folder)
        func filled(_ text: String) -> String { text.replacingOccurrences(of: "FOLDER", with: folder.path) }
        let program = try Exporter.launch(start.arguments.map(filled), environment: start.environment)
        #expect(try await program.waitForEnd() == .exit(start.exitCode), "\(program.errors)")
        for text in start.says {
            #expect(program.errors.contains(filled(text)), "“\(filled(text))” is not in: \(program.errors)")
        }
        #expect(!program.errors.contains("hush-hush"))
    }

    @Test(
        "is said of a limit of open files that is too low, instead of a crash", arguments: [16, 17, 18, 19, 20, 40, 63])
    func fewDescriptors(limit: Int) async throws {
        let folder = try TemporaryFolder()
        let program = try RunningProgram(
            "/usr/bin/prlimit",
            [
                "--nofile=\(limit):\(limit)", Exporter.path, "--mailstore.url", "https://127.0.0.1:1",
                "--mailstore.username", "admin", "--web.listen-address", "127.0.0.1:0", "--state.directory",
                folder["state"],
            ], environment: ["MAILSTORE_PASSWORD": "hush-hush-71"])
        #expect(try await program.waitForEnd() == .exit(1), "\(program.errors)")
        #expect(program.errors.contains("may open only \(limit) files"))
        #expect(program.errors.contains("LimitNOFILE="))
    }

    @Test("is said of a port in use, with the address and a remedy")
    func portInUse() async throws {
        try await Scene.with {
            $0.history = 0
        } _: { scene in
            let address = scene.exporter.addresses[0]
            let configuration = try Scene.configuration(for: scene.simulator, in: scene.folder) {
                $0.stateDirectory = scene.folder["another"]
            }
            let second = try Exporter.launch(["--config.file", configuration, "--web.listen-address", address])
            #expect(try await second.waitForEnd() == .exit(1))
            for text in [address, "in use", "--web.listen-address"] { #expect(second.errors.contains(text)) }
            #expect(second.errors.components(separatedBy: "cannot listen on").count == 2)
            // The first one does not mind.
            #expect(try await scene.exporter.get("/-/healthy").status == 200)
        }
    }

    @Test("is said of a state directory that another exporter uses")
    func sharedState() async throws {
        try await Scene.with {
            $0.history = 0
        } _: { scene in
            let second = try Exporter.launch(
                ["--config.file", scene.folder["config.yml"], "--web.listen-address", "127.0.0.1:0"])
            #expect(try await second.waitForEnd() == .exit(1))
            #expect(second.errors.contains("another exporter"))
            #expect(second.errors.contains("--state.directory"))
        }
    }
}
