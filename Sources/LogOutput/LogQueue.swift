internal import Dispatch
internal import Glibc
import OperatingSystem

/// Writes lines to a descriptor on a thread of its own, so that whoever logs never waits for the reader of the log.
///
/// If the reader is gone or too slow, lines are dropped. The next line that can be written is preceded by one that says
/// how many.
package final class LogQueue: Sendable {
    /// The log of the program.
    package static let standardError = LogQueue(descriptor: STDERR_FILENO)

    private struct State {
        var lines: [[UInt8]] = []
        var byteCount = 0
        /// Lines that were dropped after those in the queue.
        var dropped = 0
        var isStarted = false
        /// Whether the thread is writing what it took from the queue.
        var isWriting = false
        var lossLine: @Sendable (Int) -> String = { "lines of the log were dropped: \($0)" }

        var isEmpty: Bool { lines.isEmpty && !isWriting && dropped == 0 }

        mutating func append(_ line: [UInt8]) {
            lines.append(line)
            byteCount += line.count + LogQueue.overhead
        }
    }

    /// The memory of a line besides its bytes, roughly.
    private static let overhead = 64

    private let descriptor: Int32
    private let limit: Int
    private let state = Locked(State())
    private let isReady = DispatchSemaphore(value: 0)

    /// - Parameter limit: The most bytes that wait to be written.
    package init(descriptor: Int32, limit: Int = 1 << 20) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// Adds a line to the queue, or drops it if the queue is full.
    ///
    /// - Parameter lossLine: Renders the line that says how many lines were dropped.
    package func write(_ line: String, lossLine: (@Sendable (Int) -> String)? = nil) {
        let bytes = Array((line + "\n").utf8)
        let isFirst = state.withLock { state in
            if let lossLine { state.lossLine = lossLine }
            guard state.byteCount + bytes.count <= limit || state.lines.isEmpty else {
                state.dropped += 1
                return false
            }
            if state.dropped > 0 {
                state.append(Array((state.lossLine(state.dropped) + "\n").utf8))
                state.dropped = 0
            }
            state.append(bytes)
            defer { state.isStarted = true }
            return !state.isStarted
        }
        isReady.signal()
        // The thread keeps the object, so it lives as long as the process.
        guard isFirst, PlainThread({ self.work() }) == nil else { return }
        // The system refuses another thread: the next line tries again.
        state.withLock { $0.isStarted = false }
    }

    /// Blocks until everything is written, or the time is over.
    package func flush(within limit: Duration) {
        let end = Clock.system.uptime() + limit
        while !state.withLock({ $0.isEmpty || !$0.isStarted }), Clock.system.uptime() < end {
            var interval = timespec(tv_sec: 0, tv_nsec: 2_000_000)
            nanosleep(&interval, nil)
        }
    }

    private func work() {
        var output = Output(descriptor: descriptor)
        while true {
            isReady.wait()
            let (lines, lossLine) = state.withLock { state in
                defer { (state.lines, state.byteCount, state.isWriting) = ([], 0, true) }
                return (state.lines, state.lossLine)
            }
            for line in lines { output.write(line, lossLine) }
            // If no line follows those that were dropped, they are reported now.
            output.lost += state.withLock { state in
                guard state.lines.isEmpty else { return 0 }
                defer { state.dropped = 0 }
                return state.dropped
            }
            output.reportLoss(lossLine)
            state.withLock { $0.isWriting = false }
        }
    }

    /// The descriptor, on the thread of the queue.
    private struct Output {
        let descriptor: Int32
        /// Lines that could not be written since the last one that was.
        var lost = 0
        /// Whether the last line was written in part.
        var isTorn = false

        init(descriptor: Int32) {
            self.descriptor = descriptor
        }

        mutating func write(_ line: [UInt8], _ lossLine: (Int) -> String) {
            guard reportLoss(lossLine), put(line) else {
                lost += 1
                return
            }
        }

        /// - Returns: Whether nothing is left to report.
        @discardableResult
        mutating func reportLoss(_ lossLine: (Int) -> String) -> Bool {
            guard lost > 0 else { return true }
            guard put(Array((lossLine(lost) + "\n").utf8)) else { return false }
            lost = 0
            return true
        }

        /// Writes a line completely.
        private mutating func put(_ line: [UInt8]) -> Bool {
            let bytes = isTorn ? [UInt8(ascii: "\n")] + line : line
            var offset = 0
            while offset < bytes.count {
                let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count > 0 {
                    offset += count
                } else if count < 0, errno == EAGAIN {
                    // Another program that shares the descriptor has made it non-blocking.
                    var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = Glibc.poll(&poll, 1, -1)
                } else if count == 0 || errno != EINTR {
                    break
                }
            }
            if offset > 0 { isTorn = offset < bytes.count }
            return offset == bytes.count
        }
    }
}
