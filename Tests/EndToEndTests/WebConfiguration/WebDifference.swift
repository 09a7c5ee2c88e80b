import Testing

/// Something that this exporter does otherwise than the programs that share the file format, and why.
struct WebDifference: Sendable, CustomTestStringConvertible {
    /// The name of a ``WebCase``.
    var `case`: String
    /// The name of one of its clients, or ``WebProgram/start``.
    var client: String
    /// What this exporter does, in the words of ``WebVerdict``.
    var verdict: String
    var reason: String

    var testDescription: String { "\(self.case): \(client)" }

    static let all: [WebDifference] = stricter + laterKeys
}

extension WebDifference {
    private static func refuses(_ name: String, _ reason: String) -> WebDifference {
        WebDifference(case: name, client: WebProgram.start, verdict: WebVerdict.refusesToStart, reason: reason)
    }
    private static func takes(_ name: String, _ reason: String) -> WebDifference {
        WebDifference(case: name, client: WebProgram.start, verdict: WebVerdict.starts, reason: reason)
    }
    private static let stricter: [WebDifference] = []
    private static let laterKeys: [WebDifference] = []
}
