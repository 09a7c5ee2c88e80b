import CurlTransport
import Foundation
import TestSupport
import Testing

@testable import Commands
@testable import Configuration
@testable import PlainText

@Suite("The reports of the check")
struct CheckReportTests {
    private static let steps = [
        CheckStep(
            target: nil, step: "configuration", status: .ok, message: "in order", details: [.number("targets", 1)]),
        CheckStep(
            target: "archive", step: "time_zone", status: .warning, message: "UTC is not known",
            remedy: "Set server_time_zone.",
            details: [.flag("utc", false), .printed("valid_until", "2026"), .seconds("skew", 0.12345)]),
        CheckStep(target: "archive", step: "collector_jobs", status: .failed, message: "failed"),
        CheckStep(target: "archive", step: "stores", status: .skipped, message: "not tried"),
    ]

    @Test("lines are aligned and grouped by server, and the end counts them")
    func text() {
        var report = TextReport(usesColour: false, width: nil)
        let text = Self.steps.map { report.lines(for: $0) }.joined() + report.summary()
        #expect(
            text == """
                Configuration
                  ok       configuration       in order

                Target archive
                  warning  time zone           UTC is not known
                                               valid until: 2026
                                               → Set server_time_zone.
                  FAILED   collector jobs      failed
                  skipped  stores              not tried

                1 ok, 1 warning, 1 FAILED, 1 skipped

                """)
    }

    @Test("colours change nothing but colours")
    func colours() {
        var plain = TextReport(usesColour: false, width: nil)
        var coloured = TextReport(usesColour: true, width: nil)
        for step in Self.steps {
            let (without, with) = (plain.lines(for: step), coloured.lines(for: step))
            #expect(with.contains("\u{1B}["))
            #expect(with.replacing(/\u{1B}\[[0-9;]*m/, with: "") == without)
        }
    }

    @Test("a terminal's lines fit, but what is to be copied stays whole")
    func wrapping() {
        let pin = String(repeating: "A", count: 60)
        let step = CheckStep(
            target: "a", step: "tls", status: .failed, message: String(repeating: "word ", count: 40) + "end",
            remedy: "trust \(pin) now", details: [.printed("yaml", String(repeating: "k ", count: 60))])
        var report = TextReport(usesColour: false, width: 80)
        let lines = report.lines(for: step).split(separator: "\n")
        #expect(lines.filter { $0.contains("word") }.count > 3)
        #expect(lines.filter { $0.contains("word") }.allSatisfy { $0.count <= 80 })
        #expect(lines.contains { $0.contains(pin) })
        #expect(lines.contains { $0.contains(String(repeating: "k ", count: 60)) })
        let words = lines.joined(separator: " ").split(separator: " ").filter { $0 == "word" }
        #expect(words.count == 40)
    }

    @Test("the JSON is an array of steps with all their parts")
    func json() throws {
        let text = JSONReport.render(Self.steps)
        let parsed = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        #expect(parsed.count == 4)
        #expect(parsed.allSatisfy { Set($0.keys) == ["target", "step", "status", "message", "remedy", "details"] })
        #expect(parsed[0]["target"] is NSNull)
        #expect(parsed[0]["remedy"] is NSNull)
        #expect(parsed[1]["remedy"] as? String == "Set server_time_zone.")
        let details = try #require(parsed[1]["details"] as? [String: Any])
        #expect(details["utc"] as? Bool == false)
        #expect(details["valid_until"] as? String == "2026")
        #expect(details["skew"] as? Double == 0.123)
        #expect(parsed.compactMap { $0["status"] as? String } == ["ok", "warning", "failed", "skipped"])
        #expect(try JSONSerialization.jsonObject(with: Data(JSONReport.render([]).utf8)) as? [String] == [])
    }

    @Test(
        "any text survives as a JSON string",
        arguments: [
            "", "plain", "\"quoted\" \\ back", "tab\tline\nreturn\r", "\u{0}\u{1F}\u{7F}", "Übergröße 🎉", "/",
        ])
    func quoting(text: String) throws {
        let quoted = JSONText(text).description
        #expect(quoted.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
        let parsed = try JSONSerialization.jsonObject(with: Data("[\(quoted)]".utf8)) as? [String]
        #expect(parsed == [text])
    }

    @Test(
        "a server cannot move the cursor, break a line or turn the direction of text",
        arguments: [
            ("\u{1B}[2Jgone", " [2Jgone"), ("one\r\ntwo", "one  two"), ("\u{202E}txt.exe", "txt.exe"),
            ("a\u{2028}b", "a b"), ("\u{9B}31m", " 31m"), ("Müller 🎉", "Müller 🎉"),
        ])
    func printable(text: String, expected: String) {
        #expect(TerminalText.clean(text) == expected)
        let step = CheckStep(target: "a", step: "login", status: .ok, message: text, details: [.printed("v", text)])
        #expect(step.message == expected)
        #expect(step.details == [.printed("v", expected)])
    }

    @Test("a text without end is cut")
    func length() {
        let cut = TerminalText.clean(String(repeating: "x", count: 100_000))
        #expect(cut.count == TerminalText.longest + 1)
        #expect(cut.hasSuffix("x…"))
    }
}
