import Foundation
import Logging
import TestSupport
import Testing

@testable import LogOutput
@testable import OperatingSystem

@Suite("Log events become one line each")
struct LineLogHandlerTests {
    private let lines = Locked<[String]>([])
    private var firstLine: String? { lines.withLock { $0.first } }

    private func logger(_ format: LogFormat, level: Logger.Level = .trace) -> Logger {
        let lines = lines
        return Logger(label: "test") { _ in
            LineLogHandler(format: format, level: level) { line in lines.withLock { $0.append(line) } }
        }
    }

    @Test("logfmt begins with time, level and message; the rest follows by name")
    func logfmt() throws {
        var logger = logger(.logfmt)
        logger[metadataKey: "target"] = "archive"
        logger.warning("collector failed", metadata: ["reason": "timeout", "collector": "stores"])
        let line = try #require(firstLine)
        let stamp = #/ts=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /#
        #expect(line.prefixMatch(of: stamp) != nil)
        #expect(
            line.replacing(stamp, with: "")
                == #"level=warn msg="collector failed" collector=stores reason=timeout target=archive"#)
    }

    @Test("metadata of an event wins over that of its logger")
    func metadata() throws {
        var logger = logger(.json)
        logger[metadataKey: "target"] = "archive"
        logger.info("hello", metadata: ["target": "other"])
        let line = try #require(firstLine)
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
        #expect(object?["target"] == "other")
        #expect(object?["msg"] == "hello")
        #expect(object?["level"] == "info")
    }

    @Test(
        "there are four levels, as Prometheus has them",
        arguments: zip(
            Logger.Level.allCases, ["debug", "debug", "info", "info", "warn", "error", "error"]))
    func levels(level: Logger.Level, name: String) throws {
        logger(.logfmt).log(level: level, "hello")
        let line = try #require(firstLine)
        #expect(line.contains(" level=\(name) msg=hello"))
    }

    @Test("events below the level are not written")
    func threshold() {
        let logger = logger(.logfmt, level: .warning)
        logger.info("no")
        logger.warning("yes")
        #expect(lines.withLock { $0.count } == 1)
    }
}

@Suite("A log line is well-formed whatever it contains")
struct LogLineTests {
    @Test(
        "values that a reader could take apart are quoted in logfmt",
        arguments: [
            ("plain", "plain"), ("127.0.0.1:9463", "127.0.0.1:9463"), ("größe", "größe"), ("📧", "📧"),
            ("", #""""#), ("two words", #""two words""#), ("a=b", #""a=b""#), (#"say "hi""#, #""say \"hi\"""#),
            (#"C:\x"#, #""C:\\x""#), ("a\nb", #""a\nb""#), ("a\r\nb", #""a\r\nb""#), ("a\tb", #""a\tb""#),
            ("\u{1B}[31m", #""\u001b[31m""#), ("\u{0}", #""\u0000""#), ("\u{7F}", #""\u007f""#),
            ("\u{9B}31m", #""\u009b31m""#), ("a\u{85}b", #""a\u0085b""#),
            // An equals sign with an accent is one character, and still an equals sign to a reader of bytes.
            ("a=\u{301}b", "\"a=\u{301}b\""),
        ])
    func logfmtValues(value: String, expected: String) {
        #expect(LogLine.logfmt([("k", value)]) == "k=" + expected)
    }

    @Test(
        "keys hold nothing that would end them",
        arguments: [
            ("collector", "collector"), ("two words", "two_words"), ("a=b", "a_b"), ("a\"b", "a_b"), ("a\nb", "a_b"),
            ("a\tb", "a_b"), ("a=\u{301}b", "a_\u{301}b"), ("a\u{0}b", "a_b"),
        ])
    func logfmtKeys(key: String, expected: String) {
        #expect(LogLine.logfmt([(key, "1")]) == expected + "=1")
    }

    @Test("fields keep their order")
    func order() {
        let fields = [("ts", "now"), ("level", "info"), ("msg", "it runs"), ("a", "1")]
        #expect(LogLine.logfmt(fields) == #"ts=now level=info msg="it runs" a=1"#)
        #expect(LogLine.json(fields) == #"{"ts":"now","level":"info","msg":"it runs","a":"1"}"#)
    }

    @Test("JSON lines are read back as what was written, every control character included")
    func json() throws {
        let controls = String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0) }))
        for value in [controls, "\u{7F}\u{85}\u{2028}\u{2029}", #"\"/"#, "Zürich 📧 \u{10FFFF}", "", "\r\n"] {
            let line = LogLine.json([("key \"x\"\n", value)])
            #expect(!line.contains { $0.isNewline && $0 != "\u{85}" && $0 != "\u{2028}" && $0 != "\u{2029}" })
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
            #expect(object == ["key \"x\"\n": value])
        }
    }
}
