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
