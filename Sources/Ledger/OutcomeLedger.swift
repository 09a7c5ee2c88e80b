package import MailStoreAPI
import OperatingSystem

/// The outcomes of all jobs, or of all profiles, of one target, each run counted once.
package struct OutcomeLedger: Sendable, Hashable, Codable {
    /// One job or profile.
    package struct Entry: Sendable, Hashable, Codable {
        package var name: String?
        /// The command line of a job.
        package var action: String?
        /// How often a run is expected, in seconds; `nil` if none is.
        package var expectedInterval: Double?
        /// Whether the server's last list contained it; an entry that is not listed is kept for a while but not shown.
        package var isListed = false
        /// The watermark of the readings when the server stopped listing it.
        fileprivate(set) var goneSince: Timestamp?
        package var history = OutcomeHistory()

        /// Counts a new run; an entry that is not listed takes its name from its runs.
        fileprivate mutating func count(_ run: Run, _ report: Report) {
            if !isListed {
                name = report.name ?? name
                // A run may contain only the command's name: the command line in the list of jobs is more precise.
                if let ran = report.action, ran.name != action.map({ JobAction($0).name }) { action = ran.commandLine }
            }
            history.count(run)
        }
    }

    /// A job or profile in the server's list.
    package struct Listing: Sendable {
        var id: String
        var name: String?
        var action: String?
        var expectedInterval: Double?

        package init(id: String, name: String? = nil, action: String? = nil, expectedInterval: Double? = nil) {
            self.id = id
            self.name = name
            self.action = action
            self.expectedInterval = expectedInterval
        }
    }

    package private(set) var entries: [String: Entry] = [:]
    private(set) var vocabulary = ResultVocabulary(known: ResultVocabulary.runs)
    package var plan = ReadingPlan()

    package init() {}

    /// How long an entry that is no longer listed is kept, so that one empty list does not reset counters.
    static let memory = Duration.seconds(30 * 86_400)

    /// Records the listed jobs or profiles; drops entries that have long had neither a listing nor a run.
    package mutating func list(_ listings: [Listing]) {
        let listed = Set(listings.map(\.id))
        for (id, entry) in entries where !listed.contains(id) {
            entries[id]?.isListed = false
            entries[id]?.goneSince = entry.goneSince ?? plan.watermark
        }
        for listing in listings {
            entries[listing.id, default: Entry()].isListed = true
            entries[listing.id]?.goneSince = nil
            entries[listing.id]?.expectedInterval = listing.expectedInterval
            if let name = listing.name { entries[listing.id]?.name = name }
            if let action = listing.action { entries[listing.id]?.action = action }
        }
        entries = entries.filter { !isForgotten($0.value) }
    }

    private func isForgotten(_ entry: Entry) -> Bool {
        guard !entry.isListed, !entry.history.hasRecentRuns else { return false }
        guard let goneSince = entry.goneSince, let watermark = plan.watermark else { return true }
        return watermark.since(goneSince) >= Self.memory
    }

    /// What a fold has changed.
    package struct Folded: Sendable, Equatable {
        var newRuns = 0
        /// New runs whose result is not a known word.
        package var unknownResults = 0
    }

    /// Counts the runs that were not counted before.
    package mutating func fold(_ reports: [Report]) -> Folded {
        var folded = Folded()
        for report in reports where !isCounted(report) {
            let result = vocabulary.admit(report.result)
            let run = Run(
                id: report.runID, start: report.start, completion: report.completion, result: result.word,
                itemsArchived: report.itemsArchived,
                verifies: Self.scope(of: report.action, listedAs: entries[report.id]?.action),
                isApproximate: report.isApproximate ? true : nil)
            entries[report.id, default: Entry()].count(run, report)
            plan.wasFolded(run)
            folded.newRuns += 1
            if !result.isKnown { folded.unknownResults += 1 }
        }
        return folded
    }

    /// Checked before anything is changed: a run that was counted must not use up the space for new words.
    private func isCounted(_ report: Report) -> Bool {
        // According to the documentation only finished runs are reported; any other is counted once it has finished.
        if report.result?.lowercased() == "running" { return true }
        if let horizon = plan.horizon, let instant = report.completion ?? report.start, instant < horizon {
            return true
        }
        return entries[report.id]?.history.remembers(report.runID) ?? false
    }

    mutating func learnWords() {
        vocabulary.learn(ResultVocabulary.runs)
    }

    /// Drops the ids that no later reading can return.
    mutating func settle(before horizon: Timestamp, success: SuccessRule) {
        for id in entries.keys { entries[id]?.history.settle(before: horizon, success: success) }
    }

    /// A result's action may contain only the command's name; then the job's own command line contains the store.
    private static func scope(of action: JobAction?, listedAs line: String?) -> String? {
        let listed = line.map(JobAction.init)
        let action = action ?? listed
        let scope = action?.verification ?? (action?.name == listed?.name ? listed?.verification : nil)
        switch scope {
        case .allStores: return "*"
        case .store(let id): return id
        case nil: return nil
        }
    }
}

extension OutcomeLedger {
    /// A finished run from a reply.
    package struct Report: Sendable {
        /// The id of the job or profile.
        var id: String
        var name: String?
        var action: JobAction?
        var runID: String
        var start: Timestamp?
        var completion: Timestamp?
        var itemsArchived: Int64?
        /// Whether the times are off by an unknown time zone.
        var isApproximate = false
        /// The result as received.
        var result: String?
    }
}

extension OutcomeLedger.Report {
    /// - Parameter zone: The zone of the reply's times.
    package init(_ result: JobResult, in zone: ServerTimeZone) {
        self.init(
            id: result.jobID, action: result.action, runID: result.id, result: result.result,
            times: (result.startTime, result.completeTime), in: zone)
    }

    /// - Parameter zone: The zone of the reply's times.
    package init(_ result: WorkerResult, in zone: ServerTimeZone) {
        self.init(
            id: result.profileID, name: result.profileName, runID: result.id, itemsArchived: result.itemsArchived,
            result: result.result, times: (result.startTime, result.completeTime), in: zone)
    }

    private init(
        id: String, name: String? = nil, action: JobAction? = nil, runID: String?, itemsArchived: Int64? = nil,
        result: String?, times: (start: ServerDateTime?, completion: ServerDateTime?), in zone: ServerTimeZone
    ) {
        var isApproximate = false
        func instant(_ time: ServerDateTime?) -> Timestamp? {
            guard let time else { return nil }
            if let instant = time.timestamp(in: zone) { return instant }
            isApproximate = true
            return Timestamp(secondsSince1970: time.civilSeconds)
        }
        let (start, completion) = (instant(times.start), instant(times.completion))
        self.init(
            id: id, name: name, action: action, runID: runID ?? "start/\(times.start?.civilSeconds ?? 0)", start: start,
            completion: completion, itemsArchived: itemsArchived, isApproximate: isApproximate, result: result)
    }
}

extension OutcomeLedger {
    /// The jobs or profiles that the server lists, in a stable order.
    package var listed: [(id: String, entry: Entry)] {
        ordered.filter(\.entry.isListed)
    }

    /// The listed entries and those that are kept without a listing, in a stable order.
    package var ordered: [(id: String, entry: Entry)] {
        entries.sorted { $0.key.isOrderedBefore($1.key) }.map { ($0.key, $0.value) }
    }
}

extension String {
    /// Ids are usually numbers, so shorter ones come first.
    func isOrderedBefore(_ other: String) -> Bool {
        (utf8.count, self) < (other.utf8.count, other)
    }
}
