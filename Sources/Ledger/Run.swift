package import OperatingSystem
import PlainText

/// One finished run of a job or a profile, or one verification of a store.
package struct Run: Sendable, Hashable, Codable {
    /// The server's id of the run, or one made from its row; a restored server gives old ids to new runs.
    package var id: String
    package var start: Timestamp?
    package var completion: Timestamp?
    /// A word of the ledger's ``ResultVocabulary``.
    package var result: String
    package var itemsArchived: Int64?
    /// The stores that the run verified: `*` for all, or a store's id; `nil` if it was not a verification.
    var verifies: String?
    /// Whether the times are off by an unknown time zone: then they are used only to order runs and are never shown.
    var isApproximate: Bool?
    /// Whether the times were read in the server's own zone: then another zone may shift them.
    var isLocal: Bool?
    /// Whether the times lie in the future: then they neither order the run nor are they shown.
    var isDoubted: Bool?
    /// The start that the server recorded, if it is not believed: it still identifies the run.
    var recordedStart: Timestamp?
    /// Where the run stands in the order, if its own times are those of a clock that was set back.
    var place: Timestamp?

    /// When it completed, or started if its completion is not known, as the server recorded it.
    var recorded: Timestamp? { completion ?? start }

    /// The instant by which runs are ordered.
    package var instant: Timestamp? { isDoubted == true ? nil : place ?? recorded }

    /// The start, if it is known.
    package var knownStart: Timestamp? { hasKnownTimes ? start : nil }
    /// The completion, if it is known.
    package var knownCompletion: Timestamp? { hasKnownTimes ? completion : nil }

    private var hasKnownTimes: Bool { isApproximate != true && isDoubted != true }

    /// How long the run took, in seconds: right in any time zone, since both times are in the same one.
    package var duration: Double? {
        guard let start, let completion, completion >= start else { return nil }
        return completion.since(start).inSeconds
    }

    /// A total order, independent of the order of arrival.
    package static func isBefore(_ left: Run, _ right: Run) -> Bool {
        let (leftKey, rightKey) = (left.orderKey, right.orderKey)
        if leftKey != rightKey { return leftKey < rightKey }
        // Ids are usually increasing numbers: of two runs within a second, the one with more digits is later.
        return (left.id.count, left.id) < (right.id.count, right.id)
    }

    /// A run whose clock was set back comes after the run at its place.
    private var orderKey: (Double, Int, Double) {
        let start = start?.secondsSince1970 ?? -.infinity
        return (instant?.secondsSince1970 ?? -.infinity, place == nil ? 0 : 1, start)
    }
}

/// A finished run, reduced to what the status pages show.
package struct PastRun: Sendable, Hashable {
    package var result: String
    /// When it completed, or started if its completion is not known, in whole seconds since 1970; `nil` if that is off
    /// by an unknown time zone.
    package var time: Int64?
    /// In whole seconds.
    package var duration: Int64?
}

extension PastRun {
    init(_ run: Run) {
        func whole(_ seconds: Double?) -> Int64? { seconds.flatMap { Int64(exactly: $0.rounded()) } }
        self.init(
            result: run.result, time: whole((run.knownCompletion ?? run.knownStart)?.secondsSince1970),
            duration: whole(run.duration))
    }
}

/// The newest settled runs of one job, profile or store, for the status pages only; counters do not use them.
///
/// In the state file they are one short string, because a server may have thousands of profiles.
struct PastRuns: Sendable, Hashable {
    /// How many runs are shown, settled and recent ones together.
    static let limit = 30

    /// The oldest first.
    private(set) var runs: [PastRun] = []

    /// Adds the next run; runs must be added in order.
    mutating func append(_ run: Run) {
        runs.append(PastRun(run))
    }

    /// Drops the oldest runs, if there is no space for them beside the newer ones.
    ///
    /// - Parameter count: The number of runs that are not settled yet.
    mutating func keep(beside count: Int) {
        runs.removeFirst(max(0, runs.count - max(0, Self.limit - count)))
    }
}

extension PastRuns: Codable {
    init(from decoder: any Decoder) throws {
        self.init(text: try decoder.singleValueContainer().decode(String.self))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension PastRuns {
    /// Reads `RESULT,TIME,DURATION;...`; invalid runs are skipped, because counters do not use them.
    init(text: String) {
        runs = text.split(separator: ";").suffix(Self.limit).compactMap { run in
            let fields = run.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 3, !fields[0].isEmpty else { return nil }
            return PastRun(result: String(fields[0]), time: Int64(fields[1]), duration: Int64(fields[2]))
        }
    }

    /// Results consist of letters and digits (``ResultVocabulary``), so they need no escaping.
    var text: String {
        runs.map { run in
            "\(run.result),\(run.time.map { "\($0)" } ?? ""),\(run.duration.map { "\($0)" } ?? "")"
        }.joined(separator: ";")
    }
}
