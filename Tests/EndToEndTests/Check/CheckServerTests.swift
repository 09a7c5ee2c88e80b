import Foundation
import MailStoreSimulator
import Testing

@Suite("check, of a server that can be reached", .timeLimit(.minutes(2)))
struct CheckServerTests {
    @Test("a server in order: every step is ok, and nothing is left behind")
    func allGood() async throws {
        try await CheckProgram.with { simulator, program in
            let run = try await program.check(simulator.url, simulator.pinFlag)
            let steps = try run.steps()
            #expect(steps.filter { $0.status != "ok" }.map(\.name) == [])
            #expect(steps.count == 19)
            #expect(run.exitCode == 0)
            #expect(run.errors == "")
            #expect(try run.step("login").details["version"] as? String == "25.3.1.23021")
            #expect(try run.step("login").details["machine_name"] as? String == "MAILSTORE")
            let series = try #require(try run.step("collector_jobs").details["series"] as? Int)
            #expect(series > simulator.state().jobs.count)
            #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path) == [])
            // Only what reads was called.
            #expect(simulator.requestLog().allSatisfy { $0.function.hasPrefix("Get") || $0.function == "get-metadata" })
        }
    }

    @Test("the thumbprints are the digests of the certificate itself, as Windows prints them")
    func thumbprints() async throws {
        try await CheckProgram.with { simulator, program in
            let details = try await program.check(simulator.url, simulator.pinFlag).step("tls").details
            let base64 = simulator.certificatePEM.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
            let file = program.folder.appending(path: "certificate")
            try #require(Data(base64Encoded: base64)).write(to: file)
            for name in ["sha1", "sha256"] {
                let sum = try await program.run(URL(fileURLWithPath: "/usr/bin/\(name)sum"), [file.path]).output
                #expect(details[name] as? String == sum.split(separator: " ").first?.uppercased())
            }
        }
    }

    @Test("the text says the same as the JSON, without colours where there is no terminal")
    func text() async throws {
        try await CheckProgram.with { simulator, program in
            let run = try await program.run([
                "check", "--mailstore.url", simulator.url, "--mailstore.username", "admin", simulator.pinFlag,
            ])
            #expect(run.exitCode == 0)
            #expect(run.output.contains("\nTarget 127.0.0.1\n"))
            #expect(run.output.contains("\n  ok       collector profiles  "))
            #expect(run.output.hasSuffix("\n19 ok\n"))
            #expect(!run.output.contains("\u{1B}"))
        }
    }

    @Test("colours are for terminals, unless NO_COLOR is set", arguments: [nil, "1"])
    func colours(noColour: String?) async throws {
        try await CheckProgram.with { simulator, program in
            program.environment["NO_COLOR"] = noColour
            let command = [
                CheckProgram.executable.path, "check", "--mailstore.url", simulator.url, "--mailstore.username",
                "admin", simulator.pinFlag,
            ]
            let quoted = command.map { "'\($0)'" }.joined(separator: " ")
            let run = try await program.run(
                URL(fileURLWithPath: "/usr/bin/script"), ["--quiet", "--return", "--command", quoted, "/dev/null"])
            #expect(run.exitCode == 0)
            #expect(run.output.contains("collector profiles"))
            #expect(run.output.contains("waiting for login of 127.0.0.1"))
            #expect(run.output.contains("\u{1B}[32mok") == (noColour == nil))
        }
    }

    @Test("a wrong password: the login fails, and is tried once")
    func wrongPassword() async throws {
        try await CheckProgram.with { simulator, program in
            program.password = "not-the-password"
            let run = try await program.check(simulator.url, simulator.pinFlag)
            #expect(run.exitCode == 1)
            #expect(try run.step("login").status == "failed")
            #expect(try run.step("login").remedy.contains("password"))
            #expect(try run.step("functions").status == "ok")
            #expect(try run.step("collector").status == "skipped")
            #expect(simulator.requestLog().filter { $0.function != "get-metadata" }.count == 1)
        }
    }

    @Test(
        "a user who lacks a right is told which",
        arguments: [(false, true, "MailStore administrator"), (true, false, "login privilege \"api\"")])
    func rights(isAdministrator: Bool, mayUseAPI: Bool, words: String) async throws {
        try await CheckProgram.with { simulator, program in
            simulator.change { world in
                world.change(user: "admin") {
                    $0.isAdministrator = isAdministrator
                    $0.mayUseAPI = mayUseAPI
                }
            }
            let run = try await program.check(simulator.url, simulator.pinFlag)
            #expect(run.exitCode == 1)
            #expect(try run.step("login").status == "failed")
            #expect(try run.step("login").remedy.contains(words))
        }
    }

    @Test("an old server: what is missing is named, and is no failure")
    func oldServer() async throws {
        try await CheckProgram.with {
            $0.oldServer = true
        } _: { simulator, program in
            let run = try await program.check(simulator.url, simulator.pinFlag)
            #expect(run.exitCode == 0)
            let functions = try run.step("functions")
            #expect(functions.status == "warning")
            #expect(functions.details["unsupported"] as? String == "license, sessions")
            let sessions = try #require(functions.details["no_sessions"] as? String)
            #expect(sessions.contains("GetActiveSessions") && sessions.contains("mailstore_active_sessions"))
            #expect(try run.step("collector_license").status == "skipped")
            #expect(try run.step("collector_stores").status == "ok")
        }
    }

    @Test("a server that does not know UTC: the remedy, and the remedy applied")
    func noUTC() async throws {
        try await CheckProgram.with {
            $0.quirks.knowsUTC = false
        } _: { simulator, program in
            let run = try await program.check(simulator.url, simulator.pinFlag)
            #expect(run.exitCode == 0)
            #expect(try run.step("time_zone").status == "warning")
            #expect(try run.step("time_zone").remedy.contains("server_time_zone: Europe/Berlin"))
            let file = try program.write(
                """
                targets:
                  - name: archive
                    url: \(simulator.url)
                    username: admin
                    password_env: MAILSTORE_PASSWORD
                    tls: { pinned_public_key: "sha256//\(simulator.publicKeyPin)" }
                    server_time_zone: Europe/Berlin
                """, to: "config.yml")
            let configured = try await program.run(["check", "--json", "--config.file", file])
            #expect(try configured.step("time_zone").status == "ok")
        }
    }

    @Test("a clock that is off by two minutes is a warning")
    func clock() async throws {
        try await CheckProgram.with { simulator, program in
            simulator.setDateOffset(-120)
            let run = try await program.check(simulator.url, simulator.pinFlag)
            #expect(run.exitCode == 0)
            #expect(try run.step("clock").status == "warning")
            let skew = try #require(try run.step("clock").details["skew_seconds"] as? Double)
            #expect((-150.0)...(-90.0) ~= skew)
        }
    }

    @Test("an archive without a current store is a warning")
    func noCurrentStore() async throws {
        try await CheckProgram.with {
            $0.isAlive = false
        } _: { simulator, program in
            simulator.change { world in
                for store in world.stores { world.remove(store: store.id) }
            }
            let run = try await program.check(simulator.url, simulator.pinFlag)
            #expect(run.exitCode == 0)
            #expect(try run.step("stores").status == "warning")
        }
    }
}
