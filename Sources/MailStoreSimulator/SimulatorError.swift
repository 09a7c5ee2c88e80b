/// Why a simulated server could not be started.
public struct SimulatorError: Error, CustomStringConvertible, Sendable {
    /// What is wrong and what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
