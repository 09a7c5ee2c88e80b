import Foundation
import MailStoreSimulator
import Testing

@Suite("check, of what is in the way of a server", .timeLimit(.minutes(2)))
struct CheckObstacleTests {
    @Test("a self-signed certificate: the pin that is printed works, as a flag and in YAML")
    func pinToCopy() async throws {
        try await CheckProgram.with { simulator, program in
            let refused = try await program.check(simulator.url)
            #expect(refused.exitCode == 1)
            let tls = try refused.step("tls")
            #expect(tls.status == "failed")
            #expect(tls.remedy.contains("self-signed"))
            #expect(tls.details["subject"] as? String == "CN=MAILSTORE")
            #expect(simulator.requestLog().isEmpty)

            let flag = try #require(tls.details["flag"] as? String).replacing("'", with: "").split(separator: " ")
            let byFlag = try await program.check(simulator.url, String(flag[0]), String(flag[1]))
            #expect(byFlag.exitCode == 0)
            #expect(try byFlag.step("tls").details["verified"] as? Bool == true)

            let file = try program.write(
                """
                targets:
                  - name: archive
                    url: \(simulator.url)
                    username: admin
                    password_env: MAILSTORE_PASSWORD
                    \(try #require(tls.details["yaml"] as? String))
                """, to: "config.yml")
            let byFile = try await program.run(["check", "--json", "--config.file", file])
            #expect(byFile.exitCode == 0)
            #expect(try byFile.step("tls").target == "archive")
        }
    }

    @Test(
        "a certificate of another name or another time is refused with the reason",
        arguments: [
            (SimulatorOptions.CertificateKind.wrongHostName, "not made for the name 127.0.0.1"),
            (.expired, "has expired"),
        ])
    func certificates(kind: SimulatorOptions.CertificateKind, words: String) async throws {
        try await CheckProgram.with {
            $0.certificate = kind
        } _: { simulator, program in
            let file = try program.write(simulator.certificatePEM, to: "ca.pem")
            let run = try await program.check(simulator.url, "--mailstore.ca-file", file)
            #expect(run.exitCode == 1)
            let tls = try run.step("tls")
            #expect(tls.status == "failed")
            #expect(tls.remedy.contains(words))
            #expect(tls.details["pin"] as? String == "sha256//\(simulator.publicKeyPin)")
            let days = try #require(tls.details["days_left"] as? Int)
            #expect((days < 0) == (kind == .expired))
        }
    }

    @Test("an expired certificate that is pinned is a warning")
    func expiredAndPinned() async throws {
        try await CheckProgram.with {
            $0.certificate = .expired
        } _: { simulator, program in
            let run = try await program.check(simulator.url, simulator.pinFlag)
            #expect(run.exitCode == 0)
            #expect(try run.step("tls").status == "warning")
            #expect(try run.step("tls").message.contains("it has expired"))
        }
    }

    @Test("a CA file that is not there is named")
    func noCAFile() async throws {
        try await CheckProgram.with { simulator, program in
            let run = try await program.check(simulator.url, "--mailstore.ca-file", "no-such-file.pem")
            #expect(run.exitCode == 1)
            #expect(try run.step("tls").status == "failed")
            #expect(try run.step("tls").remedy.contains("no-such-file.pem"))
        }
    }

    @Test("a closed port: TCP fails and says that the API is off by default")
    func closedPort() async throws {
        let simulator = try Simulator(SimulatorOptions())
        let url = simulator.url
        simulator.stop()
        let program = try CheckProgram()
        defer { program.remove() }
        let run = try await program.check(url)
        #expect(run.exitCode == 1)
        #expect(try run.step("tcp").status == "failed")
        #expect(try run.step("tcp").remedy.contains("off by default"))
        #expect(try run.step("tls").status == "skipped")
    }

    @Test("a name that does not resolve")
    func unknownName() async throws {
        let program = try CheckProgram()
        defer { program.remove() }
        let run = try await program.check("https://no-such-host.invalid:8463")
        #expect(run.exitCode == 1)
        #expect(try run.step("name").status == "failed")
        #expect(try run.step("tcp").status == "skipped")
    }

    @Test("a port that speaks plain HTTP")
    func plainHTTP() async throws {
        try await CheckProgram.with {
            $0.plainHTTP = true
        } _: { simulator, program in
            let run = try await program.check("https://127.0.0.1:\(simulator.port)")
            #expect(run.exitCode == 1)
            #expect(try run.step("tls").status == "failed")
            let remedy = try run.step("tls").remedy
            // The server closes before it has read all of the handshake, so that what it says may be lost on the way.
            #expect(
                remedy.contains("does not speak TLS")
                    || remedy.contains("closed the connection during the TLS handshake: is this the port"))
        }
    }

    @Test("a web server that is not MailStore")
    func notMailStore() async throws {
        try await CheckProgram.with { simulator, program in
            simulator.inject(.html)
            let run = try await program.check(simulator.url, simulator.pinFlag)
            #expect(run.exitCode == 1)
            #expect(try run.step("tls").status == "ok")
            #expect(try run.step("api").status == "failed")
            #expect(try run.step("api").remedy.contains("web page"))
            #expect(try run.step("login").status == "skipped")
        }
    }

    @Test(
        "a server that hangs is given up when its time is over, and the rest goes on",
        arguments: [("get-metadata", ["api"]), ("GetUsers", ["collector_users"])])
    func hang(function: String, failing: [String]) async throws {
        try await CheckProgram.with { simulator, program in
            simulator.inject(.hang, for: function)
            let file = try program.write(
                """
                targets:
                  - name: archive
                    url: \(simulator.url)
                    username: admin
                    password_env: MAILSTORE_PASSWORD
                    tls: { pinned_public_key: "sha256//\(simulator.publicKeyPin)" }
                collection: { timeout: 2s }
                """, to: "config.yml")
            let run = try await program.run(["check", "--json", "--config.file", file])
            #expect(run.exitCode == 1)
            let failed = try run.steps().filter { $0.status == "failed" }
            #expect(failed.map(\.name) == failing)
            #expect(failed.allSatisfy { $0.remedy.contains("timed out") })
        }
    }
}
