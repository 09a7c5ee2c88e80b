import Foundation
import TestSupport
import Testing

@testable import Configuration

@Suite("Mistakes in a configuration file")
struct ConfigurationMistakeTests {
    static let noValue = "has no value; write one (in quotes if it begins with #), or leave the key out"

    @Test(
        "a key of a target that is wrong is named with line and remedy",
        arguments: [
            ("tls: { pin: x }", "tls.pin: unknown key; did you mean \"pinned_public_key\"?"),
            ("timeout: 5s", "timeout: unknown key here; it belongs in collection"),
            ("ca_file: /x", "ca_file: unknown key here; it belongs in tls of a target"),
            (
                "tls: { verify: no }",
                "tls.verify: unknown key; known here: ca_file, pinned_public_key, insecure_skip_verify"
            ),
            ("tls: yes", "tls: must hold keys and values, not a single value"),
            ("tls: [ca_file]", "tls: must hold keys and values, not a list"),
            ("tls: { insecure_skip_verify: maybe }", "tls.insecure_skip_verify: must be true or false, not \"maybe\""),
            (
                "tls: { insecure_skip_verify: true, ca_file: /x }",
                "tls.insecure_skip_verify: makes ca_file useless; remove one or the other"
            ),
            ("tls: { ca_file: }", "tls.ca_file: \(noValue)"),
            ("collectors: server", "collectors: must be a list (items that begin with -), not a single value"),
            ("collectors: []", "collectors: is an empty list; write at least one item, or leave the key out"),
            ("collectors: [profile]", "collectors[0]: \"profile\" is not a collector; did you mean \"profiles\"?"),
            (
                "collectors: [server, all]",
                "collectors[1]: \"all\" is not a collector; "
                    + "there are server, license, users, sessions, stores, jobs, profiles"
            ),
            ("collectors: [jobs, jobs]", "collectors[1]: \"jobs\" is named twice; keep one"),
            ("collectors: [[jobs]]", "collectors[0]: must be the name of a collector, not a list"),
            (
                "server_time_zone: Europe/Berln",
                "server_time_zone: \"Europe/Berln\" is not a known time zone; did you mean \"Europe/Berlin\"?"
            ),
            (
                "expected_intervals: { jobs: { \"Nightly backup\": 1 } }",
                "expected_intervals.jobs.\"Nightly backup\": \"1\" has no unit; \(PrometheusDuration.formatHint); "
                    + "or off, where nothing is expected"
            ),
            (
                "expected_intervals: { job: { \"7\": 1d } }",
                "expected_intervals.job: unknown key; did you mean \"jobs\"?"
            ),
            (
                "password: x",
                "password: is given besides password_file; keep one of password_file, password_env and password"
            ),
            ("username: b", "username: is given twice, first in line 4; keep one"),
        ])
    func target(line: String, expected: String) {
        let mistakes = ConfigurationExample.mistakes(in: ConfigurationExample.smallest + "\n    " + line)
        #expect(mistakes == ["config.yml:6: targets[0].\(expected)"])
    }

    @Test(
        "a section that is wrong is named with line and remedy",
        arguments: [
            ("collection: { interval: 500ms }", "collection.interval: \"500ms\" is too short; at least 1s"),
            (
                "collection: { interval: 60 }",
                "collection.interval: \"60\" has no unit; \(PrometheusDuration.formatHint)"
            ),
            ("collection: { timeout: 2h }", "collection.timeout: \"2h\" is too long; at most 1h"),
            ("collection: { lookback: 11y }", "collection.lookback: \"11y\" is too long; at most 10y"),
            (
                "collection: { timeout: 5s, connect_timeout: 6s }",
                "collection.connect_timeout: 6s is longer than timeout (5s); make it shorter, or timeout longer"
            ),
            (
                "collection: { overlap: 1d, lookback: 1h }",
                "collection.overlap: 1d is longer than lookback (1h); make it shorter, or lookback longer"
            ),
            (
                "collection: { max_concurrent_calls: 0 }",
                "collection.max_concurrent_calls: must be a whole number from 1 to 64, not \"0\""
            ),
            (
                "collection: { max_reply_size: 64MB }",
                "collection.max_reply_size: \"64MB\" is not a size; write bytes, KiB or MiB: 65536, 512KiB, 64MiB"
            ),
            (
                "collection: { intervals: { store: 5m } }",
                "collection.intervals.store: unknown key; did you mean \"stores\"?"
            ),
            ("collection: { interval: [1m] }", "collection.interval: must be a single value, not a list"),
            (
                "outcomes: { profile_expected_interval: never }",
                "outcomes.profile_expected_interval: \"never\" is not a duration; \(PrometheusDuration.formatHint); "
                    + "or off, where nothing is expected"
            ),
            ("state_directory:", "state_directory: \(noValue)"),
            ("state_directory: \"\"", "state_directory: is empty; write a value, or leave it away"),
            ("privacy: { hide_names: 1 }", "privacy.hide_names: must be true or false, not \"1\""),
            ("url: https://x", "url: unknown key here; it belongs in a target"),
            ("target: []", "target: unknown key; did you mean \"targets\"?"),
            ("? [a]\n: b", "a key must be a single value, not a list or a mapping"),
        ])
    func section(line: String, expected: String) {
        let mistakes = ConfigurationExample.mistakes(in: ConfigurationExample.smallest + "\n" + line)
        #expect(mistakes == ["config.yml:6: \(expected)"])
    }

    @Test(
        "what a target needs is asked for",
        arguments: [
            ("    name: archive", ["name: is missing; add for example name: archive"]),
            ("    url: x", ["url: is missing; add for example url: https://mailstore.example.com:8463"]),
            ("    username: x", ["username: is missing; add for example username: admin"]),
            (
                "    password_file: x",
                ["password_file: is missing; add for example password_file: /etc/mailstore_exporter/password"]
            ),
        ])
    func missing(key: String, expected: [String]) {
        let keyName = key.prefix { $0 != ":" }
        let lines = ConfigurationExample.smallest.replacingOccurrences(of: "  - ", with: "  -\n    ")
            .split(separator: "\n").filter { !$0.hasPrefix(keyName) }
        let mistakes = ConfigurationExample.mistakes(in: lines.joined(separator: "\n"))
        #expect(mistakes == expected.map { "config.yml:3: targets[0].\($0)" })
    }

    @Test("names of targets are unique and plain")
    func names() {
        let text = """
            targets:
              - { name: a, url: https://a, username: u, password_env: P }
              - { name: a, url: https://b, username: u, password_env: P }
              - { name: .b, url: https://b, username: u, password_env: P }
              - { name: "c d", url: https://b, username: u, password_env: P }
              - { name: \(String(repeating: "e", count: 65)), url: https://b, username: u:v, password_env: P }
              - nothing
            """
        let long = String(repeating: "e", count: 65)
        #expect(
            ConfigurationExample.mistakes(in: text) == [
                "config.yml:3: targets[1].name: \"a\" is taken by the target in line 2; give each its own name",
                "config.yml:4: targets[2].name: \".b\" begins with a dot; leave the dot away",
                "config.yml:5: targets[3].name: \"c d\" cannot be used; "
                    + "letters A-Z a-z, digits, dot, hyphen and underscore only",
                "config.yml:6: targets[4].name: \"\(long)\" is too long; at most 64 characters",
                "config.yml:6: targets[4].username: holds a colon, which HTTP Basic cannot send; "
                    + "write the user name alone",
                "config.yml:7: targets[5]: must hold keys and values, not a single value",
            ])
    }

    @Test("a credential without systemd's folder, and any other variable, is a mistake")
    func variables() {
        let text = ConfigurationExample.smallest
        let credential = text.replacingOccurrences(of: "/etc/mailstore", with: "${CREDENTIALS_DIRECTORY}")
        #expect(
            ConfigurationExample.mistakes(in: credential) == [
                "config.yml:5: targets[0].password_file: $CREDENTIALS_DIRECTORY is not set; "
                    + "start the exporter as a systemd unit with LoadCredential="
            ])
        let home = text.replacingOccurrences(of: "/etc/mailstore", with: "$HOME")
        #expect(
            ConfigurationExample.mistakes(in: home, environment: ["HOME": "/root"]) == [
                "config.yml:5: targets[0].password_file: \"$HOME/password\" cannot be expanded; "
                    + "only ${CREDENTIALS_DIRECTORY}/ at its front is"
            ])
    }
}
