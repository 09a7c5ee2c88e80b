import Dispatch
import Glibc
import OperatingSystem

/// Where a command writes and whom it can ask, handed in so that tests can look on.
package struct Console: Sendable {
    /// What a person has typed.
    package enum Answer: Sendable, Equatable {
        case line(String)
        /// There is nobody left to answer.
        case end
    }

    /// Writes results; `false` where they cannot be written.
    package var writeOutput: @Sendable ([UInt8]) -> Bool
    /// Writes messages, progress and questions.
    package var writeMessage: @Sendable (String) -> Void
    /// How wide the terminal is that messages go to, asked for anew each time; `nil` where they go to none.
    package var columns: @Sendable () -> Int?
    /// Whether somebody sits there who can answer.
    package var canAsk: Bool
    /// What was typed since the last time; `nil` where that is nothing.
    ///
    /// Never waits.
    package var readAnswer: @Sendable () -> Answer?
    /// Takes SIGINT and SIGTERM over: from then on they are handed on instead of ending the program.
    package var signals: @Sendable () -> AsyncStream<Int32>

    package init(
        writeOutput: @escaping @Sendable ([UInt8]) -> Bool, writeMessage: @escaping @Sendable (String) -> Void,
        columns: @escaping @Sendable () -> Int?, canAsk: Bool, readAnswer: @escaping @Sendable () -> Answer?,
        signals: @escaping @Sendable () -> AsyncStream<Int32>
    ) {
        self.writeOutput = writeOutput
        self.writeMessage = writeMessage
        self.columns = columns
        self.canAsk = canAsk
        self.readAnswer = readAnswer
        self.signals = signals
    }

    /// Writes a message that stands on a line of its own.
    package func say(_ text: String) {
        writeMessage(text + "\n")
    }
}

extension Console {
    /// The standard input, output and error of this program.
    ///
    /// - Parameter terminal: The value of `TERM`; `dumb` cannot redraw a line.
    package static func standard(terminal: String?) -> Console {
        let isLive = isatty(STDERR_FILENO) == 1 && terminal != "dumb"
        return Console(
            writeOutput: { write($0, to: STDOUT_FILENO) },
            writeMessage: { _ = write(Array($0.utf8), to: STDERR_FILENO) },
            columns: { isLive ? columns(of: STDERR_FILENO) : nil },
            canAsk: isLive && isatty(STDIN_FILENO) == 1,
            readAnswer: { readAnswer(from: STDIN_FILENO) },
            signals: { signals([SIGINT, SIGTERM]) })
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { WholeWrite.write($0, to: descriptor) }
    }

    /// A terminal that does not know its width is taken to be as wide as the oldest ones.
    private static func columns(of descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func readAnswer(from descriptor: Int32) -> Answer? {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&state, 1, 0) > 0 else { return nil }
        // The terminal hands over whole lines; what is longer than this is no answer to any question.
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return nil }
        return count > 0 ? .line(String(decoding: buffer[..<count], as: UTF8.self)) : .end
    }

    /// The sources live as long as the program: their handlers hold them.
    private static func signals(_ numbers: [Int32]) -> AsyncStream<Int32> {
        AsyncStream { continuation in
            for number in numbers {
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler {
                    if case .terminated = continuation.yield(number) { source.cancel() }
                }
                source.resume()
            }
        }
    }
}
