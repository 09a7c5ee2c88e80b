import Foundation
import MailStoreSimulator
import Testing

@Suite("check, of the configuration and of what it prints", .timeLimit(.minutes(2)))
struct CheckConfigurationTests {
    /// Two targets, the second of them with a password that the server does not take.
    private static func twoTargets(_ simulator: Simulator) -> String {
        let server = """
            url: \(simulator.url)
                username: admin
                tls: { pinned_public_key: "sha256//\(simulator.publicKeyPin)" }
            """
        return """
            targets:
              - name: good
                \(server)
                password_env: MAILSTORE_PASSWORD
              - name: bad
                \(server)
                password: another-planted-secret
            """
    }

    @Test("all targets of a file are looked at, or the one that was named")
    func targets() async throws {
        try await CheckProgram.with { simulator, program in
            let file = try program.write(Self.twoTargets(simulator), to: "config.yml")
            let all = try await program.run(["check", "--json", "--config.file", file])
            #expect(all.exitCode == 1)
            #expect(try all.steps().filter { $0.status == "failed" }.map(\.target) == ["bad"])
            let good = try await program.run(["check", "--json", "--config.file", file, "--target", "good"])
            #expect(good.exitCode == 0)
            #expect(Set(try good.steps().compactMap(\.target)) == ["good"])
            let none = try await program.run(["check", "--json", "--config.file", file, "--target", "god"])
            #expect(none.exitCode == 2)
            #expect(try none.step("configuration").message.contains("did you mean \"good\"?"))
        }
    }

    @Test("mistakes are printed with their lines, as text and as JSON, and the exit code is 2")
    func mistakes() async throws {
        let program = try CheckProgram()
        defer { program.remove() }
        let file = try program.write("targets:\n  - name: a\n    url: http://archive\nnonsense: 1\n", to: "config.yml")
        let text = try await program.run(["check", "--config.file", file])
        #expect(text.exitCode == 2)
        #expect(text.output.contains("config.yml:3: targets[0].url: "))
        #expect(text.output.contains("config.yml:4: nonsense: "))
        let json = try await program.run(["check", "--json", "--config.file", file])
        #expect(json.exitCode == 2)
        let steps = try json.steps()
        #expect(steps.count > 2)
        #expect(steps.allSatisfy { $0.name == "configuration" && $0.status == "failed" })
    }

    @Test("an unknown flag is the command line's fault, and --help shows an example")
    func commandLine() async throws {
        let program = try CheckProgram()
        defer { program.remove() }
        #expect(try await program.run(["check", "--nonsense"]).exitCode == 64)
        let help = try await program.run(["check", "--help"])
        #expect(help.exitCode == 0)
        #expect(help.output.contains("Example: mailstore_exporter check"))
    }

    @Test("no secret is in any output", arguments: [true, false])
    func secrets(json: Bool) async throws {
        let password = "planted-password-77"
        try await CheckProgram.with {
            $0.password = password
        } _: { simulator, program in
            let file = try program.write(Self.twoTargets(simulator), to: "config.yml")
            var output = ""
            program.password = password
            let arguments = ["check"] + (json ? ["--json"] : [])
            for environment in [[:], ["https_proxy": "http://user:proxy-password@127.0.0.1:1"]] {
                program.environment = environment
                let run = try await program.run(arguments + ["--config.file", file])
                #expect(run.exitCode == 1)
                output += run.output + run.errors
            }
            program.environment = [:]
            simulator.inject(.error(exception: "System.Exception", message: "It went wrong."), for: "GetServerInfo")
            let run = try await program.run(arguments + ["--config.file", file])
            output += run.output + run.errors
            #expect(output.contains("GetServerInfo failed on the server"))
            for secret in [password, "another-planted-secret", "proxy-password", Simulator.plantedSecret] {
                #expect(!output.contains(secret))
                #expect(!output.contains(Data(secret.utf8).base64EncodedString()))
            }
        }
    }

    @Test("a server cannot write control characters to the terminal")
    func controlCharacters() async throws {
        try await CheckProgram.with { simulator, program in
            simulator.inject(.replaced(field: "machineName", text: "evil\u{1B}[2J\r\nok  fake"), for: "GetServerInfo")
            let run = try await program.run([
                "check", "--mailstore.url", simulator.url, "--mailstore.username", "admin", simulator.pinFlag,
            ])
            #expect(run.output.contains("on evil [2J  ok  fake"))
            #expect(!run.output.contains("\u{1B}") && !run.output.contains("\r"))
        }
    }
}
