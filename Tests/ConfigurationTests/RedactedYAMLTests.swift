import Foundation
import TestSupport
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
                    username: "admin"
                    password_file: "/etc/mailstore/password"
                    tls:
                      insecure_skip_verify: false
                    collectors: [server, license, users, sessions, stores, jobs, profiles]
                collection:
                  timeout: 30s
                  connect_timeout: 10s
                  lookback: 5w
                  overlap: 1h
                  max_concurrent_calls: 4
                  max_reply_size: 64MiB
                  intervals:
                    server: 1m
                    license: 1h
                    users: 15m
                    sessions: 1m
                    stores: 5m
                    jobs: 1m
                    profiles: 1m
                outcomes:
                  completed_with_errors_is_success: false
                  profile_expected_interval: 1d
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
