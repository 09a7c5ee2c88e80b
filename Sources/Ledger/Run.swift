package import OperatingSystem
import PlainText

/// One finished run of a job or a profile, or one verification of a store.
///
/// There may be millions of them in memory, so what few runs have is kept apart.
package struct Run: Sendable, Hashable {
    /// The server's id of the run, or one made from its row; a restored server gives old ids to new runs.
    package var id: String
    private var startTime: OptionalTime
    private var completionTime: OptionalTime
    private var items: OptionalCount
    private var knownResult: KnownResult?
    private var marks: Marks = []
    private var rare: Rare?

    package init(
        id: String, start: Timestamp? = nil, completion: Timestamp? = nil, result: String, itemsArchived: Int64? = nil,
        verifies: String? = nil, isApproximate: Bool? = nil, isLocal: Bool? = nil
    ) {
        self.id = id
        startTime = OptionalTime(start)
        completionTime = OptionalTime(completion)
        items = OptionalCount(itemsArchived)
        self.result = result
        self.verifies = verifies
        self.isApproximate = isApproximate
        self.isLocal = isLocal
    }

    package var start: Timestamp? {
        get { startTime.value }
        set { startTime = OptionalTime(newValue) }
    }
    package var completion: Timestamp? {
        get { completionTime.value }
        set { completionTime = OptionalTime(newValue) }
    }
    /// A word of the ledger's ``ResultVocabulary``.
    package var result: String {
        get { knownResult?.rawValue ?? rare?.result ?? "" }
        set {
            knownResult = KnownResult(rawValue: newValue)
            let other = knownResult == nil ? newValue : nil
            if other != rare?.result { change { $0.result = other } }
        }
    }
    package var itemsArchived: Int64? {
        get { items.value }
        set { items = OptionalCount(newValue) }
    }
    /// The stores that the run verified: `*` for all, or a store's id; `nil` if it was not a verification.
    var verifies: String? {
        get { rare?.verifies }
        set { if newValue != rare?.verifies { change { $0.verifies = newValue } } }
    }
    /// Whether the times are off by an unknown time zone: then they are used only to order runs and are never shown.
    var isApproximate: Bool? {
        get { marks[.approximate] }
        set { marks[.approximate] = newValue }
    }
    /// Whether the times were read in the server's own zone: then another zone may shift them.
    var isLocal: Bool? {
        get { marks[.local] }
        set { marks[.local] = newValue }
    }
    /// Whether the times lie in the future: then they neither order the run nor are they shown.
    var isDoubted: Bool? {
        get { marks[.doubted] }
        set { marks[.doubted] = newValue }
    }
    /// The start that the server recorded, if it is not believed: it still identifies the run.
    var recordedStart: Timestamp? {
        get { rare?.recordedStart }
        set { if newValue != rare?.recordedStart { change { $0.recordedStart = newValue } } }
    }
    /// Where the run stands in the order, if its own times are those of a clock that was set back.
    var place: Timestamp? {
        get { rare?.place }
        set { if newValue != rare?.place { change { $0.place = newValue } } }
    }

    private mutating func change(_ body: (inout RareContent) -> Void) {
        var content = rare?.content ?? RareContent()
        body(&content)
        rare = content == RareContent() ? nil : Rare(content)
    }

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
/// They are one short string, in memory as in the state, because a server may have thousands of profiles.
struct PastRuns: Sendable, Hashable {
    /// How many runs are shown, settled and recent ones together.
    static let limit = 30

    /// The runs, the oldest first, with semicolons between them; each is `RESULT,TIME,DURATION`.
    ///
    /// Results consist of letters and digits (``ResultVocabulary``), so they need no escaping.
    private(set) var text = ""

    /// The oldest first; invalid ones are skipped, because counters do not use them.
    var runs: [PastRun] {
        text.split(separator: ";").suffix(Self.limit).compactMap { run in
            let fields = run.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 3, !fields[0].isEmpty else { return nil }
            return PastRun(result: String(fields[0]), time: Int64(fields[1]), duration: Int64(fields[2]))
        }
    }

    /// Adds the next run; runs must be added in order.
    mutating func append(_ run: Run) {
        let run = PastRun(run)
        text += text.isEmpty ? "" : ";"
        text += "\(run.result),\(run.time.map { "\($0)" } ?? ""),\(run.duration.map { "\($0)" } ?? "")"
    }

    /// Drops the oldest runs, if there is no space for them beside the newer ones.
    ///
    /// - Parameter count: The number of runs that are not settled yet.
    mutating func keep(beside count: Int) {
        let space = max(0, Self.limit - count)
        let excess = text.isEmpty ? 0 : text.utf8.count { $0 == UInt8(ascii: ";") } + 1 - space
        guard excess > 0 else { return }
        text = text.split(separator: ";", omittingEmptySubsequences: false).dropFirst(excess).joined(separator: ";")
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
