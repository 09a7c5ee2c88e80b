import Foundation
import MailStoreAPI
import Testing

@testable import Configuration

@Suite("The effective configuration as a file")
struct RedactedYAMLTests {
    @Test("defaults are written out")
    func defaults() throws {
        let configuration = try ConfigurationExample.parse(ConfigurationExample.smallest)
        #expect(
            configuration.redactedYAML() == """
                targets:
                  - name: "archive"
                    url: "https://mailstore.example.com:8463"
                    edition: auto
                    username: "admin"
                    password_file: "/etc/mailstore/password"
                    tls:
                      insecure_skip_verify: false
                    collectors: [server, license, users, sessions, stores, jobs, profiles, environment, instances]
                    instances:
                      include: ["*"]
                collection:
                  timeout: 30s
                  connect_timeout: 10s
                  connection_max_age: 5m
                  lookback: 5w
                  overlap: 1d
                  max_concurrent_calls: 4
                  max_concurrent_calls_to_all: 64
                  max_reply_size: 64MiB
                  intervals:
                    server: 1m
                    license: 1h
                    users: 15m
                    sessions: 1m
                    stores: 5m
                    jobs: 1m
                    profiles: 1m
                    environment: 1m
                    instances: 5m
                outcomes:
                  completed_with_errors_is_success: false
                  profile_expected_interval: 1d
                limits:
                  rows_per_reply: 100000
                  series_per_target: 300000
                state_directory: "data"
                privacy:
                  hide_names: false

                """)
    }

    @Test("the text means what the configuration means")
    func roundTrip() throws {
        let full = ConfigurationFileTests.full.replacingOccurrences(of: "password: \"p: #1\"", with: "password_env: P")
        let configuration = try ConfigurationExample.parse(full)
        #expect(try ConfigurationExample.parse(configuration.redactedYAML()) == configuration)
    }

    @Test("a secret in the configuration becomes a placeholder, and the rest survives")
    func secret() throws {
        let text = try ConfigurationExample.parse(ConfigurationFileTests.full).redactedYAML()
        #expect(!text.contains("p: #1"))
        #expect(try ConfigurationExample.parse(text).redactedYAML() == text)
    }

    @Test(
        "any name survives",
        arguments: [
            "null", "~", "off", "7", "a: b", "#x", "\"q\" \\", "Übersicht 😀👩‍👩‍👧", "x\u{FEFF}", "\u{2028}", "tab\tx",
            "- x",
            "\u{85}", "\u{FFFF}", "\u{10FFFF}", "{x}", " spaces ", "日本語", "e\u{301}",
        ])
    func names(name: String) throws {
        var configuration = try ConfigurationExample.parse(ConfigurationExample.smallest)
        configuration.targets[0].expectedIntervals.jobs = [name: .every(.hours(1))]
        configuration.targets[0].expectedIntervals.profiles = [name: .off]
        #expect(try ConfigurationExample.parse(configuration.redactedYAML()) == configuration)
    }
}

@Suite("Secrets stay secret")
struct SecretLeakTests {
    static let secret = "hunter2-Zx"

    /// A whole configuration around one line that holds the secret in a wrong way.
    private func text(_ line: String) -> String {
        """
        targets:
          - name: archive
            url: https://mailstore.example.com
            username: admin
            \(line)
        """
    }

    @Test(
        "no mistake shows the password",
        arguments: [
            "password: [\(secret)]", "password: { \(secret): x }", "password: \(secret): x", "password: \"\(secret)",
            "password: *\(secret)", "password: &\(secret)", "password: @\(secret)", "password: #\(secret)",
            "password: \"\(secret)\\n\"", "password: \"\(secret)\\0\"", "password: |\n      \(secret)\n      second",
            "pasword: \(secret)", "passwort: \(secret)\n    passwort: \(secret)", "password:\(secret)",
            "password:\(secret): x", "password=\(secret): x", "tls: { password:\(secret) }",
            "tls: { password:\(secret): 1, password:\(secret): 2 }", "password: !\(secret)",
            "password: \(String(repeating: secret, count: 500))", "password_env: $\(secret)!",
            "password: \(secret)\n    password_file: /etc/p", "url: https://admin:\(secret)@host",
            "password: { a: [\(secret)]", "password: ${\(secret)}\n    tls: x",
            "password: >-\n      \(secret)\n\t- x",
        ])
    func mistakes(line: String) {
        let mistakes = ConfigurationExample.mistakes(in: text(line))
        #expect(!mistakes.isEmpty)
        #expect(!mistakes.joined().contains(Self.secret), "\(mistakes)")
    }

    @Test("neither the written nor the checked configuration shows the password")
    func dumps() throws {
        let file = try ConfigurationFile(path: "c.yml", text: text("password: \(Self.secret)"))
        let configuration = try file.validate(environment: [:])
        #expect(configuration.targets.first?.password == .inline(Secret(Self.secret)))
        var shown = "\(file) \(configuration) \(String(reflecting: configuration)) \(String(reflecting: file))"
        dump(file, to: &shown)
        dump(configuration, to: &shown)
        shown += configuration.redactedYAML()
        #expect(!shown.contains(Self.secret))
        #expect(configuration.redactedYAML().contains("password: \"<secret>\""))
    }
}
