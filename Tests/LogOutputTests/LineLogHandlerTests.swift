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

    @Test("what an event says wins over what its logger says")
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

    @Test("what is below the level is not written")
    func threshold() {
        let logger = logger(.logfmt, level: .warning)
        logger.info("no")
        logger.warning("yes")
        #expect(lines.withLock { $0.count } == 1)
    }
}
