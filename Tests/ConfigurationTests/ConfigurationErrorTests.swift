import Foundation
import TestSupport
import Testing

@testable import Configuration

@Suite("All mistakes of a configuration at once")
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
            config.yml:4: targets[0].url: plain http cannot be used: the Administration API speaks TLS only; \
            write "https://mailstore.example.com:8463"
            config.yml:6: targets[0].username: is given twice, first in line 5; keep one
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
                "config.yml:1: privacy.hide_names: is given twice, first in line 1; keep one",
                "config.yml:1: privacy.hide_names: is given twice, first in line 1; keep one",
                "config.yml:3: outcomes: is given twice, first in line 2; keep one",
                "config.yml:9: targets[0].expected_intervals.jobs.7: is given twice, first in line 9; keep one",
            ])
    }

    @Test("duplicate keys that cannot be marked still end in a report")
    func anchoredDuplicates() {
        let mistakes = ConfigurationExample.mistakes(in: "&x outcomes: {}\n&y outcomes: {}\nbad: [")
        #expect(mistakes.count == 1)
        let many = (0..<300).map { _ in "outcomes: {}" }.joined(separator: "\n")
        let expected = ["config.yml:257: the key outcomes is given twice; keep one"]
        #expect(ConfigurationExample.mistakes(in: many) == expected)
    }

    @Test(
        "a file without content says how to begin",
        arguments: ["", "\n\n", "# nothing\n", "---\n", "~", "\u{FEFF}"])
    func empty(text: String) {
        let message = "the file is empty; begin with targets: and give each a name, url, username and password_file"
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
        #expect(mistakes.first?.hasPrefix("config.yml:\(line): the file is not YAML: ") == true, "\(mistakes)")
    }

    @Test("a file that is not keys and values says so", arguments: ["just text", "- a\n- b", deepList])
    func notMapping(text: String) {
        let mistakes = ConfigurationExample.mistakes(in: text)
        #expect(mistakes.count == 1)
        #expect(mistakes.first?.hasPrefix("config.yml:1: must hold keys and values, not ") == true)
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
                "config.yml:1: the aliases in the file multiply beyond reason; write less with them"
            ])
    }

    @Test("a file that cannot be read is a mistake of the flag")
    func unreadableFiles() throws {
        let folder = try TemporaryFolder()
        let latin = try folder.write([0x61, 0x3A, 0xE4], to: "latin1.yml")
        let large = try folder.write([UInt8](repeating: 0x23, count: ConfigurationFile.largest + 1), to: "large.yml")
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
}
