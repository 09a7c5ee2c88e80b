import Dispatch
import Glibc
import MailStoreAPI
import OperatingSystem
import PlainText

/// The input and output of a command; tests use their own.
package struct Console: Sendable {
    /// The text that a person has typed.
    enum Answer: Sendable, Equatable {
        case line(String)
        /// The end of the input.
        case end
    }

    /// Writes results; `false` if they cannot be written.
    var writeOutput: @Sendable ([UInt8]) -> Bool
    /// The width of the terminal that results go to; `nil` if they do not go to a terminal.
    var outputColumns: Int?
    /// Writes messages, progress and questions.
    var writeMessage: @Sendable (String) -> Void
    /// The current width of the terminal that messages go to; `nil` if they do not go to a terminal.
    var columns: @Sendable () -> Int?
    /// Whether a person can answer questions.
    var canAsk: Bool
    /// The text typed since the last call; `nil` if there is none.
    ///
    /// Never waits.
    var readAnswer: @Sendable () -> Answer?
    /// Handles SIGINT and SIGTERM: from then on they are delivered here instead of ending the program.
    var signals: @Sendable () -> AsyncStream<Int32>

    /// Replaces the current line of a terminal; `nil` erases it.
    ///
    /// With line wrapping off, a line that is wider than the window stays one line and can be erased completely.
    static func statusLine(_ line: String?) -> String {
        line.map { "\r\u{1B}[?7l" + $0 + "\u{1B}[K\u{1B}[?7h" } ?? "\r\u{1B}[K"
    }

    /// Writes a message on a separate line.
    func say(_ text: String) {
        writeMessage(text + "\n")
    }

    /// Writes the result of a command.
    func writeResult(_ bytes: [UInt8]) throws(CommandError) {
        guard !writeOutput(bytes) else { return }
        throw CommandError(.failure, "the result cannot be written to standard output; is the disk full?")
    }

    /// Writes a text that a command was asked for.
    ///
    /// - Throws: ``CommandError`` if it cannot be written, for example because the disk is full.
    package func print(_ text: String) throws(CommandError) {
        try writeResult(Array(text.utf8))
    }

    /// Reports that a process continues on the server, and how to reconnect to it.
    func sayLeft(_ title: String, token: String, because error: APIError?, attaching: [String]) {
        let token = TerminalText.line(token)
        if let error { say("mailstore_exporter: \(TerminalText.line(error.description))") }
        say("\(title) is still running on the server; its token is \(token)")
        say("follow it again with: \((attaching + [token]).map { ShellText($0).description }.joined(separator: " "))")
    }
}

extension Console {
    /// The standard input, output and error of this program.
    ///
    /// - Parameter terminal: The value of `TERM`; a `dumb` terminal cannot redraw a line.
    package static func standard(terminal: String?) -> Console {
        let isLive = isatty(STDERR_FILENO) == 1 && terminal != "dumb"
        return Console(
            writeOutput: { write($0, to: STDOUT_FILENO) },
            outputColumns: isatty(STDOUT_FILENO) == 1 ? columns(of: STDOUT_FILENO) : nil,
            writeMessage: { _ = write(Array($0.utf8), to: STDERR_FILENO) },
            columns: { isLive ? columns(of: STDERR_FILENO) : nil },
            canAsk: isLive && isatty(STDIN_FILENO) == 1,
            readAnswer: { readAnswer(from: STDIN_FILENO) },
            signals: { signals([SIGINT, SIGTERM]) })
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { Descriptors.write($0, to: descriptor) }
    }

    /// The width of a terminal; the traditional 80 if it does not report any.
    private static func columns(of descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func readAnswer(from descriptor: Int32) -> Answer? {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&state, 1, 0) > 0 else { return nil }
        // A terminal delivers complete lines, and no valid answer is longer than this.
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return nil }
        return count > 0 ? .line(String(decoding: buffer[..<count], as: UTF8.self)) : .end
    }

    /// The sources live as long as the program: their handlers retain them.
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
