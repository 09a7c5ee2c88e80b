import MailStoreSimulator
import Testing

@Suite("A configuration file")
struct ConfigurationCheckTests {
    private static let fiveMistakes = """
        targets:
          - name: archive
            url: http://mailstore.example.com:8463
            username: admin
            pasword_file: password
          - name: archive
            url: https://other.example.com
            username: admin
            password: hush-hush-71
        collection:
          interval: often
          timeout: 90m
        privacy:
          hide_names: perhaps
        """

    @Test("with many mistakes gets them all told at once, each with its line", arguments: [true, false])
    func manyMistakes(checksOnly: Bool) async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.fiveMistakes, to: "config.yml")
        let program = try Exporter.launch(
            ["--config.file", file, "--web.listen-address", "127.0.0.1:0"] + (checksOnly ? ["--config.check"] : []))
        #expect(try await program.waitForEnd() == .exit(2))
        let expected = [
            (3, "url"), (5, "pasword_file"), (6, "name"), (11, "interval"), (12, "timeout"), (14, "hide_names"),
        ]
        for (line, key) in expected {
            #expect(
                program.errors.split(separator: "\n").contains { $0.contains("\(file):\(line):") && $0.contains(key) },
                "line \(line) in: \(program.errors)")
        }
        #expect(program.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("mailstore_exporter: ") })
        #expect(program.errors.contains("did you mean \"password_file\"?"))
        #expect(!program.errors.contains("hush-hush"))
        #expect(program.output == "")
    }

    @Test("that is right passes the check and is printed without its secrets")
    func good() async throws {
        let folder = try TemporaryFolder()
        let simulator = try Simulator(Scene.simulatorOptions { $0.history = 0 })
        defer { simulator.stop() }
        let passwordFile = try folder.write(Scene.password, to: "password")
        var text = ConfigurationText(
            targets: [.init(simulator, passwordFile: passwordFile)], stateDirectory: folder["state"])
        text.targets.append(.init(name: "two", url: "https://two.example.com", passwordFile: passwordFile))
        let program = try Exporter.launch(
            ["--config.file", try folder.write(text.yaml, to: "config.yml"), "--config.check"])
        #expect(try await program.waitForEnd() == .exit(0))
        #expect(program.output.contains("name: \"archive\""))
        #expect(program.output.contains(simulator.url))
        #expect(program.output.contains("https://two.example.com:8463"))
        #expect(!(program.output + program.errors).contains(Scene.password))
        // Checking touches nothing and calls nobody.
        #expect(folder.files() == ["config.yml", "password"])
        #expect(simulator.requestLog().isEmpty)
        // What it prints is a configuration itself.
        let again = try Exporter.launch(
            ["--config.file", try folder.write(program.output, to: "again.yml"), "--config.check"])
        #expect(try await again.waitForEnd() == .exit(0))
        #expect(again.output == program.output)
    }

    @Test("whose password file is missing does not pass the check")
    func missingPassword() async throws {
        let folder = try TemporaryFolder()
        let text = ConfigurationText(
            targets: [.init(url: "https://one.example.com", passwordFile: folder["nothing"])],
            stateDirectory: folder["state"])
        let program = try Exporter.launch(
            ["--config.file", try folder.write(text.yaml, to: "config.yml"), "--config.check"])
        #expect(try await program.waitForEnd() == .exit(2))
        #expect(program.errors.contains(folder["nothing"]))
        #expect(program.errors.contains("target \"archive\""))
    }
}
