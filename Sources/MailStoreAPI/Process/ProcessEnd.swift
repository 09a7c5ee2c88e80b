/// How a long-running process ended.
public struct ProcessEnd: Sendable {
    /// The last reply; `nil` where the process was lost.
    public var envelope: Envelope?
    /// What the server says of the failure, where it was one.
    public var error: ErrorStructure?

    /// - Parameter envelope: The last reply; `nil` where the process was lost.
    public init(_ envelope: Envelope?) {
        self.envelope = envelope
        error = envelope?.error
    }

    /// The state word as it came (`succeeded`, `failed`, `cancelled`, or one that nobody has seen yet); `lost` where the
    /// server no longer knows the process.
    public var state: String {
        envelope?.statusCode.rawValue ?? "lost"
    }

    public var isSuccess: Bool {
        envelope?.statusCode == .succeeded && error == nil
    }
}
