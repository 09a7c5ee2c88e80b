import Foundation
import Logging
import Testing

@testable import LogOutput
@testable import OperatingSystem

/// A pipe whose reading end is under the control of a test.
private final class LogPipe: Sendable {
    let writeEnd: Int32
    private let readEnd: Locked<Int32>
    /// What was read, but not returned yet.
    private let rest = Locked<[UInt8]>([])

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        readEnd = Locked(ends[0])
        writeEnd = ends[1]
    }

    deinit {
        closeReader()
        close(writeEnd)
    }

    func closeReader() {
        readEnd.withLock { end in
            if end >= 0 { close(end) }
            end = -1
        }
    }

    /// Puts another file in the place of the pipe, under the same number.
    func replace(with path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try #require(file >= 0)
        dup2(file, writeEnd)
        close(file)
    }

    /// Reads lines until one fulfils the condition.
    func lines(until isLast: (String) -> Bool) throws -> [String] {
        var bytes = rest.withLock { $0 }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            if let last = lines.dropLast().firstIndex(where: { isLast(String($0)) }) {
                rest.withLock { $0 = Array(lines[(last + 1)...].joined(separator: "\n").utf8) }
                return lines[...last].map(String.init)
            }
            let count = read(readEnd.withLock { $0 }, &buffer, buffer.count)
            try #require(count > 0)
            bytes += buffer[..<count]
        }
    }
}

@Suite("The queue of the log", .timeLimit(.minutes(1)))
struct LogQueueTests {
    private let pipe: LogPipe

    init() throws {
        pipe = try LogPipe()
    }

    private func lossLine(_ count: Int) -> String { "lost \(count)" }

    @Test("writes every line, in order")
    func order() throws {
        let queue = LogQueue(descriptor: pipe.writeEnd)
        let expected = (1...1000).map { "line \($0)" }
        for line in expected { queue.write(line, lossLine: lossLine) }
        #expect(try pipe.lines { $0 == "line 1000" } == expected)
    }

    @Test("never makes a writer wait for a reader that does not read, and says how many lines were lost in between")
    func full() throws {
        let queue = LogQueue(descriptor: pipe.writeEnd, limit: 20_000)
        // More than the pipe and the queue hold together.
        let text = String(repeating: "x", count: 100)
        for number in 1...5000 { queue.write("\(number) \(text)", lossLine: lossLine) }
        var lines = try pipe.lines { $0.hasPrefix("lost ") }
        queue.write("end", lossLine: lossLine)
        lines += try pipe.lines { $0 == "end" }

        let numbers = lines.compactMap { $0.hasSuffix(text) ? Int($0.prefix { $0 != " " }) : nil }
        #expect(numbers == numbers.sorted())
        let lost = lines.compactMap { $0.hasPrefix("lost ") ? Int($0.dropFirst(5)) : nil }
        #expect(lost.allSatisfy { $0 > 0 })
        #expect(numbers.count + lost.reduce(0, +) == 5000)
        #expect(lines.count == numbers.count + lost.count + 1)
        // The line stands where the lines are missing.
        for (index, line) in lines.enumerated() where line.hasPrefix("lost ") && index + 1 < lines.count {
            let before = Int(lines[index - 1].prefix { $0 != " " }) ?? 0
            let after = Int(lines[index + 1].prefix { $0 != " " }) ?? 5001
            #expect(after == before + (Int(line.dropFirst(5)) ?? 0) + 1)
        }
    }

    @Test("survives a reader that goes away, and goes on where there is another")
    func gone() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let queue = LogQueue(descriptor: pipe.writeEnd)
        queue.write("1", lossLine: lossLine)
        _ = try pipe.lines { $0 == "1" }
        pipe.closeReader()
        for number in 2...4 { queue.write("\(number)", lossLine: lossLine) }
        queue.flush(within: .seconds(30))
        try pipe.replace(with: folder)
        queue.write("5", lossLine: lossLine)
        queue.flush(within: .seconds(30))
        #expect(try String(contentsOfFile: folder, encoding: .utf8) == "lost 3\n5\n")
    }

    @Test("survives a full disk and a closed descriptor")
    func errors() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try pipe.replace(with: "/dev/full")
        let queue = LogQueue(descriptor: pipe.writeEnd)
        for number in 1...3 { queue.write("\(number)", lossLine: lossLine) }
        queue.flush(within: .seconds(30))
        try pipe.replace(with: folder)
        queue.write("4", lossLine: lossLine)
        queue.flush(within: .seconds(30))
        #expect(try String(contentsOfFile: folder, encoding: .utf8) == "lost 3\n4\n")

        let closed = LogQueue(descriptor: -1)
        closed.write("nowhere")
        closed.flush(within: .seconds(30))
    }

    @Test("waits for a descriptor that somebody else made non-blocking")
    func nonBlocking() throws {
        _ = fcntl(pipe.writeEnd, F_SETFL, O_NONBLOCK)
        let queue = LogQueue(descriptor: pipe.writeEnd)
        let text = String(repeating: "y", count: 1000)
        let expected = (1...500).map { "\($0) \(text)" }
        for line in expected { queue.write(line) }
        #expect(try pipe.lines { $0.hasPrefix("500 ") } == expected)
    }

    @Test("is flushed before the program ends, but not for ever")
    func flush() throws {
        let queue = LogQueue(descriptor: pipe.writeEnd)
        queue.flush(within: .seconds(30))
        queue.write(String(repeating: "z", count: 200_000))
        // Nobody reads: it comes back all the same.
        queue.flush(within: .milliseconds(20))
        let line = try pipe.lines { _ in true }
        #expect(line.first?.count == 200_000)
        queue.flush(within: .seconds(30))
    }

    @Test("reports lost lines in the format of the log")
    func format() throws {
        try pipe.replace(with: "/dev/full")
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let queue = LogQueue(descriptor: pipe.writeEnd)
        let logger = Logger(label: "test") { _ in LineLogHandler(format: .json, level: .info, queue: queue) }
        logger.info("one")
        logger.info("two")
        queue.flush(within: .seconds(30))
        try pipe.replace(with: path)
        logger.info("three")
        queue.flush(within: .seconds(30))
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let first = try #require(try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: String])
        #expect(first["level"] == "warn")
        #expect(first["count"] == "2")
        #expect(first["msg"]?.contains("dropped") == true)
        #expect(lines[1].contains("three"))
    }
}
