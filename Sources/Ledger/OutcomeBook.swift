package import MailStoreAPI
package import OperatingSystem

/// The outcomes of all jobs, or of all profiles, of one target.
package struct OutcomeBook: Sendable, Hashable, Codable {
    /// One job or profile.
    package struct Entry: Sendable, Hashable, Codable {
        package var name: String?
        /// The command line of a job.
        package var action: String?
        /// How often a run is expected, in seconds; `nil` where none is.
        package var expectedInterval: Double?
        /// Whether the server listed it the last time; what it does not list is kept for a while, and not shown.
        package var isListed = false
        /// How far readings had come when the server was first met not to list it.
        fileprivate(set) var goneSince: Timestamp?
        package var history = OutcomeHistory()

        /// Counts a new run; what is not listed takes its name from its runs.
        fileprivate mutating func count(_ run: Run, _ report: Report) {
            if !isListed {
                name = report.name ?? name
                // A run may name the command alone: the line that the job was listed with says more.
                if let ran = report.action, ran.name != action.map({ JobAction($0).name }) { action = ran.commandLine }
            }
            history.count(run)
        }
    }

    /// A run as a reply tells of it.
    package struct Report: Sendable {
        /// The id of the job or profile.
        package var id: String
        package var name: String?
        package var action: JobAction?
        /// The run, its result still the word that came.
        package var run: Run
        package var rawResult: String?

        package init(id: String, name: String? = nil, action: JobAction? = nil, run: Run, rawResult: String? = nil) {
            self.id = id
            self.name = name
            self.action = action
            self.run = run
            self.rawResult = rawResult
        }
    }

    package private(set) var entries: [String: Entry] = [:]
    package private(set) var vocabulary = ResultVocabulary(known: ResultVocabulary.runs)
    package var plan = ReadingPlan()

    package init() {}

    /// A job or profile as the server lists it.
    package struct Listing: Sendable {
        package var id: String
        package var name: String?
        package var action: String?
        package var expectedInterval: Double?

        package init(id: String, name: String? = nil, action: String? = nil, expectedInterval: Double? = nil) {
            self.id = id
            self.name = name
            self.action = action
            self.expectedInterval = expectedInterval
        }
    }

    /// How long what is no longer listed is remembered, so that a moment's empty list sets no counter back.
    package static let memory = Duration.seconds(30 * 86_400)

    /// Takes over which jobs or profiles there are; what has long had neither a listing nor a run is dropped.
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

    /// What a fold changed.
    package struct Folded: Sendable, Equatable {
        var newRuns = 0
        /// New runs whose result is no known word.
        package var unknownResults = 0
    }

    /// Counts those of the runs that were not counted before.
    package mutating func fold(_ reports: [Report]) -> Folded {
        var folded = Folded()
        for report in reports where !isCounted(report) {
            let result = vocabulary.admit(report.rawResult)
            var run = report.run
            run.result = result.word
            run.verifies = Self.scope(of: report.action, listedAs: entries[report.id]?.action)
            entries[report.id, default: Entry()].count(run, report)
            plan.wasFolded(run)
            folded.newRuns += 1
            if !result.isKnown { folded.unknownResults += 1 }
        }
        return folded
    }

    /// Asked before anything is changed: a run that was counted must not use up the room for new words.
    private func isCounted(_ report: Report) -> Bool {
        // Only finished runs are told of, by the documents; one that says otherwise is counted when it has finished.
        if report.rawResult?.lowercased() == "running" { return true }
        if let horizon = plan.horizon, let instant = report.run.instant, instant < horizon { return true }
        return entries[report.id]?.history.remembers(report.run.id) ?? false
    }

    package mutating func learnWords() {
        vocabulary.learn(ResultVocabulary.runs)
    }

    /// Forgets the ids that no reading can meet again.
    package mutating func settle(before horizon: Timestamp, success: SuccessRule) {
        for id in entries.keys { entries[id]?.history.settle(before: horizon, success: success) }
    }

    /// A result's action may be the command's name alone; the job's own line then tells which store it means.
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
