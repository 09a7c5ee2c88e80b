import Foundation
import TestSupport
import Testing

@testable import Configuration

@Suite("Mistakes in a configuration")
struct ConfigurationErrorTests {
    static let deepList = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)

    @Test("five mistakes are reported together, sorted by line")
    func fiveMistakes() throws {
        let text = """
            privacy: { hide_names: perhaps }
            targets:
              - name: archive
                url: http://mailstore.example.com:8463
                username: admin
                username: root
                password_file: /etc/p
                tls:
                  pin: sha256//x
            collection:
              interval: 5 minutes
            """
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationFile(path: "config.yml", text: text).validate(environment: [:])
        }
        let expected = """
            config.yml:1: privacy.hide_names: must be true or false, not "perhaps"
            config.yml:4: targets[0].url: plain http cannot be used: the Administration API only supports TLS; \
            write "https://mailstore.example.com:8463"
            config.yml:6: targets[0].username: is set twice, first in line 5; keep one
            config.yml:9: targets[0].tls.pin: unknown key; did you mean "pinned_public_key"?
            config.yml:11: collection.interval: "5 minutes" has the unknown unit " minutes"; \
            the units are y w d h m s ms
            """
        #expect(error?.description == expected)
        #expect(error?.mistakes.map(\.line) == [1, 4, 6, 9, 11])
        #expect(error?.mistakes.allSatisfy { $0.file == "config.yml" } == true)
    }

    @Test("keys that are given many times, in several sections and in quotes, are all reported")
    func duplicates() {
        let text = """
            privacy: { hide_names: true, "hide_names": false, 'hide_names': true }
            outcomes: {}
            "outcomes": {}
            targets:
              - name: a
                url: https://a
                username: u
                password_env: P
                expected_intervals: { jobs: { 7: 1d, "7": 2d } }
            """
        #expect(
            ConfigurationExample.mistakes(in: text) == [
                "config.yml:1: privacy.hide_names: is set twice, first in line 1; keep one",
                "config.yml:1: privacy.hide_names: is set twice, first in line 1; keep one",
                "config.yml:3: outcomes: is set twice, first in line 2; keep one",
                "config.yml:9: targets[0].expected_intervals.jobs.7: is set twice, first in line 9; keep one",
            ])
    }

    @Test("duplicate keys that cannot be marked still end in a report")
    func anchoredDuplicates() {
        let mistakes = ConfigurationExample.mistakes(in: "&x outcomes: {}\n&y outcomes: {}\nbad: [")
        #expect(mistakes.count == 1)
        let many = (0..<300).map { _ in "outcomes: {}" }.joined(separator: "\n")
        let expected = ["config.yml:257: the key outcomes is set twice; keep one"]
        #expect(ConfigurationExample.mistakes(in: many) == expected)
    }

    @Test(
        "a file without content says how to begin",
        arguments: ["", "\n\n", "# nothing\n", "---\n", "~", "\u{FEFF}"])
    func empty(text: String) {
        let message = "the file is empty; write targets:, each with a name, url, username and password_file"
        #expect(ConfigurationExample.mistakes(in: text) == ["config.yml: \(message)"])
    }

    @Test(
        "YAML that cannot be read is a mistake with its line",
        arguments: [
            ("targets:\n  - name: a\n url: b", 3), ("targets: [", 2), ("targets: {a: b", 2), ("a: b: c", 1),
            ("targets:\n\t- name: a", 2), ("a: *nothing", 1), ("a: 1\n---\nb: 2", 2), ("a: \"open", 1),
            ("\u{1}", 1), ("x: y\n\u{1}", 2), (String(repeating: "[", count: 5000), 1),
        ])
    func syntax(text: String, line: Int) {
        let mistakes = ConfigurationExample.mistakes(in: text)
        #expect(mistakes.count == 1)
        #expect(mistakes.first?.hasPrefix("config.yml:\(line): the file is not valid YAML: ") == true, "\(mistakes)")
    }

    @Test("a file that is not keys and values says so", arguments: ["just text", "- a\n- b", deepList])
    func notMapping(text: String) {
        let mistakes = ConfigurationExample.mistakes(in: text)
        #expect(mistakes.count == 1)
        #expect(mistakes.first?.hasPrefix("config.yml:1: must contain keys and values, not ") == true)
    }

    @Test("aliases that multiply each other are refused")
    func aliasBomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let list = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(list)]\n"
        }
        #expect(
            ConfigurationExample.mistakes(in: text) == [
                "config.yml:1: its aliases expand to more than 200000 values; use fewer of them"
            ])
    }

    @Test("a file that cannot be read is a mistake of the flag")
    func unreadableFiles() throws {
        let folder = try TemporaryFolder()
        let latin = try folder.write([0x61, 0x3A, 0xE4], to: "latin1.yml")
        let large = try folder.write([UInt8](repeating: 0x23, count: YAMLReader.largest + 1), to: "large.yml")
        let missing = folder.path + "/none.yml"
        let cases = [
            (missing, "there is no file \"\(missing)\"; check the path, or create the file"),
            (latin + "/x", "there is no file \"\(latin)/x\"; check the path, or create the file"),
            (folder.path, "\"\(folder.path)\" is a directory; name a file in it"),
            (latin, "\"\(latin)\" is not UTF-8 text; save it as UTF-8"),
            (large, "\"\(large)\" is larger than 1MiB; it is probably not the file you meant"),
            (
                "/dev/null",
                "\"/dev/null\" is not a regular file; it is read again later, so a pipe or a device cannot be used"
            ),
        ]
        for (path, message) in cases {
            let error = #expect(throws: ConfigurationError.self) { try ConfigurationFile.load(path: path) }
            #expect(error?.description == "--config.file: \(message)")
        }
    }

    static let noValue = "has no value; write one (in quotes if it begins with #), or remove the key"

    @Test(
        "a key of a target that is wrong is named with line and remedy",
        arguments: [
            ("tls: { pin: x }", "tls.pin: unknown key; did you mean \"pinned_public_key\"?"),
            ("timeout: 5s", "timeout: unknown key here; it belongs in collection"),
            ("ca_file: /x", "ca_file: unknown key here; it belongs in tls of a target"),
            (
                "tls: { verify: no }",
                "tls.verify: unknown key; the known keys are ca_file, pinned_public_key, insecure_skip_verify"
            ),
            ("tls: yes", "tls: must contain keys and values, not a single value"),
            ("tls: [ca_file]", "tls: must contain keys and values, not a list"),
            ("tls: { insecure_skip_verify: maybe }", "tls.insecure_skip_verify: must be true or false, not \"maybe\""),
            (
                "tls: { insecure_skip_verify: true, ca_file: /x }",
                "tls.insecure_skip_verify: cannot be combined with ca_file; remove one or the other"
            ),
            ("tls: { ca_file: }", "tls.ca_file: \(noValue)"),
            ("collectors: server", "collectors: must be a list (items that begin with -), not a single value"),
            ("collectors: []", "collectors: is an empty list; write at least one item, or remove the key"),
            ("collectors: [profile]", "collectors[0]: \"profile\" is not a collector; did you mean \"profiles\"?"),
            (
                "collectors: [server, all]",
                "collectors[1]: \"all\" is not a collector; "
                    + "the collectors are server, license, users, sessions, stores, jobs, profiles, environment, "
                    + "instances"
            ),
            ("collectors: [jobs, jobs]", "collectors[1]: \"jobs\" is listed twice; keep one"),
            ("collectors: [[jobs]]", "collectors[0]: must be the name of a collector, not a list"),
            (
                "server_time_zone: Europe/Berln",
                "server_time_zone: \"Europe/Berln\" is not a known time zone; did you mean \"Europe/Berlin\"?"
            ),
            (
                "expected_intervals: { jobs: { \"Nightly backup\": 1 } }",
                "expected_intervals.jobs.\"Nightly backup\": \"1\" has no unit; \(PrometheusDuration.formatHint); "
                    + "or off, if no success is expected"
            ),
            (
                "expected_intervals: { job: { \"7\": 1d } }",
                "expected_intervals.job: unknown key; did you mean \"jobs\"?"
            ),
            (
                "password: x",
                "password: is set as well as password_file; keep one of password_file, password_env and password"
            ),
            ("username: b", "username: is set twice, first in line 4; keep one"),
        ])
    func target(line: String, expected: String) {
        let mistakes = ConfigurationExample.mistakes(in: ConfigurationExample.smallest + "\n    " + line)
        #expect(mistakes == ["config.yml:6: targets[0].\(expected)"])
    }

    @Test(
        "a section that is wrong is named with line and remedy",
        arguments: [
            ("collection: { interval: 500ms }", "collection.interval: \"500ms\" is too short; the minimum is 1s"),
            (
                "collection: { interval: 60 }",
                "collection.interval: \"60\" has no unit; \(PrometheusDuration.formatHint)"
            ),
            ("collection: { timeout: 2h }", "collection.timeout: \"2h\" is too long; the maximum is 1h"),
            ("collection: { lookback: 11y }", "collection.lookback: \"11y\" is too long; the maximum is 10y"),
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
                "collection: { max_concurrent_calls_to_all: 10001 }",
                "collection.max_concurrent_calls_to_all: must be a whole number from 1 to 10000, not \"10001\""
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
                    + "or off, if no success is expected"
            ),
            (
                "limits: { rows_per_reply: 999 }",
                "limits.rows_per_reply: must be a whole number from 1000 to 10000000, not \"999\""
            ),
            (
                "limits: { series_per_target: 1e6 }",
                "limits.series_per_target: must be a whole number from 1000 to 100000000, not \"1e6\""
            ),
            (
                "limits: { rows_per_replies: 1000 }",
                "limits.rows_per_replies: unknown key; did you mean \"rows_per_reply\"?"
            ),
            ("series_per_target: 1000", "series_per_target: unknown key here; it belongs in limits"),
            ("state_directory:", "state_directory: \(noValue)"),
            ("state_directory: \"\"", "state_directory: is empty; write a value, or remove it"),
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
                "config.yml:3: targets[1].name: \"a\" is already the name of the target in line 2; choose another name",
                "config.yml:4: targets[2].name: \".b\" begins with a dot; remove the dot",
                "config.yml:5: targets[3].name: \"c d\" cannot be used; "
                    + "write letters A-Z a-z, digits, dot, hyphen and underscore only",
                "config.yml:6: targets[4].name: \"\(long)\" is too long; the maximum is 64 characters",
                "config.yml:6: targets[4].username: contains a colon, which HTTP basic authentication cannot send; "
                    + "write the user name only",
                "config.yml:7: targets[5]: must contain keys and values, not a single value",
            ])
    }

    @Test("a credential without systemd's folder, and any other variable, is a mistake")
    func variables() {
        let text = ConfigurationExample.smallest
        let credential = text.replacingOccurrences(of: "/etc/mailstore", with: "${CREDENTIALS_DIRECTORY}")
        #expect(
            ConfigurationExample.mistakes(in: credential) == [
                "config.yml:5: targets[0].password_file: $CREDENTIALS_DIRECTORY is not set, and there is no file "
                    + "\"password\"; for a command, set it to the directory of the password "
                    + "(CREDENTIALS_DIRECTORY=/etc/mailstore_exporter mailstore_exporter ...); the service gets it from "
                    + "LoadCredential= in its unit"
            ])
        let home = text.replacingOccurrences(of: "/etc/mailstore", with: "$HOME")
        #expect(
            ConfigurationExample.mistakes(in: home, environment: ["HOME": "/root"]) == [
                "config.yml:5: targets[0].password_file: \"$HOME/password\" begins with a variable; "
                    + "only ${CREDENTIALS_DIRECTORY}/ is expanded, so write the path"
            ])
    }
}
