import Foundation
import Glibc
import Logging
import TestSupport
import Testing

@testable import LogOutput
@testable import OperatingSystem

@Suite("Log lines for the systemd journal")
struct JournalLogTests {
    private func line(_ format: LogFormat, _ level: Logger.Level) throws -> String {
        let lines = Locked<[String]>([])
        let logger = Logger(label: "test") { _ in
            LineLogHandler(format: format, level: .trace, isJournal: true) { line in
                lines.withLock { $0.append(line) }
            }
        }
        logger.log(level: level, "two\nlines")
        return try #require(lines.withLock { $0.first })
    }

    @Test(
        "begin with their priority, of which syslog has eight",
        arguments: zip(Logger.Level.allCases, ["<7>", "<7>", "<6>", "<5>", "<4>", "<3>", "<2>"]))
    func priority(level: Logger.Level, prefix: String) throws {
        #expect(try line(.logfmt, level).hasPrefix(prefix + "level="))
        #expect(try line(.json, level).hasPrefix(prefix + #"{"ts":""#))
    }

    @Test("leave the time to the journal in logfmt, and stay one line")
    func time() throws {
        #expect(try line(.logfmt, .warning) == #"<4>level=warn msg="two\nlines""#)
        let object = try line(.json, .error).dropFirst(3)
        let fields = try JSONSerialization.jsonObject(with: Data(object.utf8)) as? [String: String]
        #expect(fields?.keys.sorted() == ["level", "msg", "ts"])
    }

    @Test("of a message each have the priority")
    func message() {
        #expect(JournalStream.mark("one\n\ntwo", .error) == "<3>one\n<3>\n<3>two")
    }

    @Test("are written only if standard error is the stream that the variable names")
    func stream() throws {
        let descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        var status = stat()
        try #require(fstat(descriptor, &status) == 0)
        #expect(JournalStream.isReached(by: descriptor, "\(status.st_dev):\(status.st_ino)"))
        for other in ["\(status.st_dev):\(status.st_ino + 1)", "\(status.st_dev)", "", ":", "a:b", nil] {
            #expect(!JournalStream.isReached(by: descriptor, other), "\(other ?? "nil")")
        }
        #expect(!JournalStream.isReached(by: 9999, "\(status.st_dev):\(status.st_ino)"))
    }
}
