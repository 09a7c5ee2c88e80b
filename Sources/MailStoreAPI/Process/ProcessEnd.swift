/// How a long-running process ended.
package struct ProcessEnd: Sendable {
    /// The last reply; `nil` where the process was lost.
    package var envelope: Envelope?
    /// What the server says of the failure, where it was one.
    package var error: ErrorStructure?

    /// - Parameter envelope: The last reply; `nil` where the process was lost.
    package init(_ envelope: Envelope?) {
        self.envelope = envelope
        error = envelope?.error
    }

    /// The state word as it came (`succeeded`, `failed`, `cancelled`, or one that nobody has seen yet); `lost` where the
    /// server no longer knows the process.
    package var state: String {
        envelope?.statusCode.rawValue ?? "lost"
    }

    package var isSuccess: Bool {
        envelope?.statusCode == .succeeded && error == nil
    }
}
