/// A finished run, as much of it as people look at.
package struct PastRun: Sendable, Hashable {
    package var result: String
    /// When it was completed, or begun where its completion is not known, in whole seconds since 1970; `nil` where
    /// that is off by an unknown time zone.
    package var time: Int64?
    /// How long it took, in whole seconds.
    package var duration: Int64?

    package init(result: String, time: Int64?, duration: Int64?) {
        self.result = result
        self.time = time
        self.duration = duration
    }

    package init(_ run: Run) {
        func whole(_ seconds: Double?) -> Int64? { seconds.flatMap { Int64(exactly: $0.rounded()) } }
        self.init(
            result: run.result, time: whole((run.knownCompletion ?? run.knownStart)?.secondsSince1970),
            duration: whole(run.duration))
    }
}

/// The newest settled runs of one job, profile or store, so that people see a few weeks at a glance.
///
/// Nothing is counted by them. In the state file they are one short text, since a server may have thousands of profiles.
struct PastRuns: Sendable, Hashable {
    /// How many runs are shown, settled ones and others together.
    static let limit = 30

    /// The oldest first.
    private(set) var runs: [PastRun] = []

    /// Takes in the next run; runs have to come in order.
    mutating func append(_ run: Run) {
        runs.append(PastRun(run))
    }

    /// Drops the oldest runs that newer ones leave no room for.
    ///
    /// - Parameter count: How many runs there are that are not settled yet.
    mutating func keep(beside count: Int) {
        runs.removeFirst(max(0, runs.count - max(0, Self.limit - count)))
    }
}

extension PastRuns: Codable {
    /// Reads `RESULT,TIME,DURATION;...`; what is not written so is left out, since nothing is counted by it.
    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        runs = text.split(separator: ";").suffix(Self.limit).compactMap { run in
            let fields = run.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 3, !fields[0].isEmpty else { return nil }
            return PastRun(result: String(fields[0]), time: Int64(fields[1]), duration: Int64(fields[2]))
        }
    }

    /// Results are words of letters and digits (``ResultVocabulary``), so that nothing has to be escaped.
    package func encode(to encoder: any Encoder) throws {
        var text = ""
        for run in runs {
            if !text.isEmpty { text += ";" }
            text += "\(run.result),\(run.time.map { "\($0)" } ?? ""),\(run.duration.map { "\($0)" } ?? "")"
        }
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
