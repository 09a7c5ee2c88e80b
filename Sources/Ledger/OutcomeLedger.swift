import MailStoreAPI
package import OperatingSystem

/// The outcomes of all jobs, or of all profiles, of one target, each run counted once.
package struct OutcomeLedger: Sendable, Hashable, Codable {
    /// One job or profile.
    package struct Entry: Sendable, Hashable, Codable {
        package var name: String?
        /// The command line of a job.
        package var action: String?
        /// What it is, beside its name; `nil` if the server does not say.
        var kind: String?
        /// How often a run is expected, in seconds; `nil` if none is.
        package var expectedInterval: Double?
        /// Whether the server's last list contained it; an entry that is not listed is kept for a while but not shown.
        package var isListed = false
        /// Whether a list has ever contained it.
        var wasListed: Bool?
        /// The watermark of the readings when the server stopped listing it.
        fileprivate(set) var goneSince: Timestamp?
        /// When a list first contained others but not it.
        fileprivate(set) var missingSince: Timestamp?
        /// What had this id before: runs that name it are not counted here.
        fileprivate(set) var former: Former?
        /// Runs up to this instant may have been counted by an entry that was forgotten: they are not counted here.
        fileprivate(set) var countedUntil: Timestamp?
        package var history = OutcomeHistory()

        struct Former: Sendable, Hashable, Codable {
            var name: String?
            var action: String?
        }

        /// Takes over what a new run says about an entry that was never listed.
        fileprivate mutating func learn(from report: Report) {
            guard !isListed, wasListed != true else { return }
            name = report.name ?? name
            // A run may contain only the command's name: the command line in the list of jobs is more precise.
            if let ran = report.action, ran.name != action.map({ JobAction($0).name }) { action = ran.commandLine }
        }

        /// Whether a run is one of the thing that had this id before.
        fileprivate func isFormer(_ report: Report) -> Bool {
            guard let former else { return false }
            if let name = report.name, name == former.name, name != self.name { return true }
            guard let command = report.action?.name, let action else { return false }
            return command == former.action.map { JobAction($0).name } && command != JobAction(action).name
        }
    }

    /// A job or profile in the server's list.
    package struct Listing: Sendable {
        var id: String
        var name: String?
        var action: String?
        var kind: String?
        var expectedInterval: Double?

        /// - Parameter kind: What it is, beside its name; that of a job is the name of its command.
        package init(
            id: String, name: String? = nil, action: String? = nil, kind: String? = nil,
            expectedInterval: Double? = nil
        ) {
            self.id = id
            self.name = name
            self.action = action
            self.kind = kind ?? action.map { JobAction($0).name.lowercased() }
            self.expectedInterval = expectedInterval
        }
    }

    package private(set) var entries: [String: Entry] = [:]
    package private(set) var vocabulary = ResultVocabulary(known: ResultVocabulary.runs)
    package var plan = ReadingPlan()
    /// The ids of settled runs; absent from files of older versions.
    private var settledIDs: SettledIDs?
    /// When the newest run of a forgotten entry ended, until readings no longer return that run.
    private var forgottenUntil: Timestamp?

    package init() {}

    /// Everything but the entries, as it is saved.
    struct Header: Hashable {
        var plan = ReadingPlan()
        /// The result words that the server has invented.
        var words: [String] = []
        var settledIDs: SettledIDs?
        var forgottenUntil: Timestamp?
    }

    var header: Header {
        Header(plan: plan, words: vocabulary.invented, settledIDs: settledIDs, forgottenUntil: forgottenUntil)
    }

    /// A ledger as it was saved.
    init(_ header: Header, entries: [String: Entry]) {
        self.entries = entries
        plan = header.plan
        vocabulary = ResultVocabulary(known: ResultVocabulary.runs, invented: header.words)
        settledIDs = header.settledIDs
        forgottenUntil = header.forgottenUntil
    }

    /// What a fold has changed.
    package struct Folded: Sendable, Equatable {
        var newRuns = 0
        /// New runs whose result is not a known word.
        package var unknownResults = 0
        /// New runs with an id that another run had before.
        package var reusedIDs = 0
        /// Times of new runs that mean "none" or lie in the future.
        package var implausibleTimes = 0
        /// Runs that may be new or old, because the server's clock was set back and they have no id that is a number.
        package var undecidedRuns = 0
        /// Runs of jobs or profiles that the server does not list, and that are not counted because of ``Limits``.
        package var unlistedRuns = 0
    }

    /// Counts the runs that were not counted before.
    ///
    /// Rows without an id are told apart by everything that they contain. If rows of one reply are equal, as many runs
    /// are counted: all of them have the same times, so every reply that contains one of them contains all.
    ///
    /// - Parameters:
    ///   - window: The window of the reply.
    ///   - limits: Runs of unlisted jobs or profiles beyond them are not counted. If the server lists these jobs or
    ///     profiles while readings still return the runs, the runs are counted then.
    package mutating func fold(
        _ reports: [Report], in window: TimeWindow? = nil, at present: PresentTime = .unlimited,
        limits: Limits = .standard
    ) -> Folded {
        var folded = Folded()
        let newEntry = newEntry
        var space = limits
        // By place here and below: to read an optional entry out of the dictionary would copy it.
        for place in entries.values.indices where !entries.values[place].isListed {
            space.unlistedEntries -= 1
            space.unlistedRuns -= entries.values[place].history.rememberedCount
        }
        var occurrences: [String: Int] = [:]
        let isBehind = plan.horizon.map(present.isBehind) ?? false
        let highestID = isBehind ? entries.values.compactMap(\.history.highestID).max() : nil
        for report in reports where report.isFinished {
            // Checked before anything is changed: a run that was counted must not use up the space for new words.
            var vocabulary = vocabulary
            let result = vocabulary.admit(report.result)
            let place = entries.index(forKey: report.id)
            var run = report.run(result: result.word, listedAs: place.flatMap { entries.values[$0].action })
            let futureTimes = run.disbelieve(after: present.latestBelieved)
            // By one of the clocks it is in the future: it may be the newest run, but nobody is shown when it ran.
            if let recorded = run.recorded, recorded > present.latestShown { run.isApproximate = true }
            if !report.hasID {
                let row = report.id + "/" + run.id
                occurrences[row, default: 0] += 1
                if let number = occurrences[row], number > 1 { run.id += "/\(number)" }
                if let place, entries.values[place].history.remembersOlderForm(of: report, as: run) { continue }
            }
            if let place, entries.values[place].isFormer(report) { continue }
            switch standing(of: run, hasID: report.hasID, in: window, isBehind: isBehind, highestID: highestID) {
            case .past: continue
            case .undecided:
                folded.undecidedRuns += 1
                continue
            case .countable(let place): run.place = place
            }
            let countedUntil = if let place { entries.values[place].countedUntil } else { forgottenUntil }
            if let countedUntil, run.place == nil, let recorded = run.recorded, recorded <= countedUntil { continue }
            if !(place.map { entries.values[$0].isListed || entries.values[$0].history.remembers(run) } ?? false) {
                guard space.unlistedRuns > 0, place != nil || space.unlistedEntries > 0 else {
                    folded.unlistedRuns += 1
                    continue
                }
                space.unlistedRuns -= 1
                space.unlistedEntries -= place == nil ? 1 : 0
            }
            let isReused = place.map { entries.values[$0].history.knowsID(of: run) } ?? false
            let folding = entries[report.id, default: newEntry].history.fold(run, horizon: plan.horizon)
            switch folding {
            case .known: continue
            case .completed, .changed: break
            case .new:
                entries[report.id]?.learn(from: report)
                folded.newRuns += 1
                folded.reusedIDs += isReused ? 1 : 0
                folded.implausibleTimes += report.noneTimes + futureTimes
            }
            self.vocabulary = vocabulary
            plan.wasFolded(run)
            if !result.isKnown, folding != .completed { folded.unknownResults += 1 }
        }
        return folded
    }

    /// What the times of a run say about whether it counts.
    private enum Standing {
        /// It counts unless it is known by its id; its place in the order is given if its times do not show it.
        case countable(place: Timestamp?)
        /// It was counted long ago, or ended before counting began.
        case past
        case undecided
    }

    /// - Parameters:
    ///   - isBehind: Whether a clock shows a time before the horizon.
    ///   - highestID: The highest number among the known ids, if a clock does.
    private func standing(
        of run: Run, hasID: Bool, in window: TimeWindow?, isBehind: Bool, highestID: Int64?
    ) -> Standing {
        guard let horizon = plan.horizon, run.isDoubted != true, let recorded = run.recorded, recorded < horizon else {
            return plan.precedesCounting(run, in: window) ? .past : .countable(place: nil)
        }
        let number = hasID ? Int64(run.id) : nil
        if isBehind {
            guard let number else { return .undecided }
            guard let highestID, number > highestID else { return .past }
            return .countable(place: max(plan.newestRun ?? horizon, horizon))
        }
        // A run without an end may have ended just now, whenever it began: its id shows whether it was counted.
        guard run.completion == nil, let number, let settledIDs, !settledIDs.contains(number),
            let beginning = plan.beginning, recorded >= beginning
        else { return .past }
        return .countable(place: horizon)
    }

    private var newEntry: Entry { Entry(countedUntil: forgottenUntil) }

    /// Ceases to believe times after those of the present, which were believed while the server's clock was ahead.
    ///
    /// - Returns: How many times are not believed any more.
    mutating func disbelieve(after present: PresentTime) -> Int {
        let latest = present.latestBelieved
        plan.disbelieve(after: latest)
        let doubtful = entries.filter { $0.value.history.hasTimes(after: latest) }.keys
        return doubtful.reduce(0) { $0 + (entries[$1]?.history.disbelieve(after: latest) ?? 0) }
    }

    mutating func learnWords() {
        vocabulary.learn(ResultVocabulary.runs)
    }

    /// Drops the ids that no later reading can return.
    mutating func settle(before horizon: Timestamp, success: SuccessRule) {
        // Which ids older versions have dropped is unknown, but not the highest of them.
        var settled = settledIDs ?? SettledIDs(upTo: entries.values.compactMap(\.history.highestSettled).max() ?? 0)
        let old = entries.filter { $0.value.history.hasRuns(before: horizon) }.keys
        settled.insert(old.flatMap { entries[$0]?.history.settle(before: horizon, success: success) ?? [] })
        settledIDs = settled
        for (id, entry) in entries {
            if let until = entry.countedUntil, until < horizon { entries[id]?.countedUntil = nil }
        }
        if let until = forgottenUntil, until < horizon { forgottenUntil = nil }
    }
}

/// What comes, goes and comes again.
extension OutcomeLedger {
    /// How long an entry that is no longer listed is kept, so that one empty list does not reset counters.
    static let memory = Duration.seconds(30 * 86_400)
    /// How long an entry has to be missing from lists that contain others to be gone: what has its id afterwards is
    /// another thing, even if it has the same name.
    static let absence = Duration.seconds(86_400)

    /// An id that belongs to another job or profile than before.
    package struct Renewal: Sendable, Equatable {
        package var id: String
        package var formerName: String?
        package var name: String?
    }

    /// Records the listed jobs or profiles; drops entries that have long had neither a listing nor a run.
    ///
    /// A rename alone keeps the history. Another thing begins with an empty one: a name *and* a kind that differ, a name
    /// that differs after an absence, or an absence of ``absence``.
    ///
    /// - Parameter now: The present; the watermark, if it is not given.
    /// - Returns: Those that begin with an empty history because their id belonged to another one before.
    @discardableResult
    package mutating func list(_ listings: [Listing], at now: Timestamp? = nil) -> [Renewal] {
        let now = now ?? plan.watermark
        let listed = Set(listings.map(\.id))
        for (id, entry) in entries where !listed.contains(id) {
            var gone = entry
            gone.isListed = false
            gone.goneSince = entry.goneSince ?? plan.watermark
            // An empty list may be that of a server which is not ready.
            if !listed.isEmpty { gone.missingSince = entry.missingSince ?? now }
            replace(id, with: gone)
        }
        var renewals: [Renewal] = []
        var seen: Set<String> = []
        // Of entries with the same id, the first one counts, as on the page.
        for listing in listings where seen.insert(listing.id).inserted {
            var entry = entries[listing.id] ?? newEntry
            if Self.isAnother(listing, than: entry, at: now) {
                renewals.append(Renewal(id: listing.id, formerName: entry.name, name: listing.name))
                entry.former = Entry.Former(name: entry.name, action: entry.action)
                entry.history.startAfresh()
                entry.action = nil
                entry.kind = nil
            }
            entry.isListed = true
            entry.wasListed = true
            entry.goneSince = nil
            entry.missingSince = nil
            entry.expectedInterval = listing.expectedInterval
            entry.name = listing.name ?? entry.name
            entry.action = listing.action ?? entry.action
            entry.kind = listing.kind ?? entry.kind
            replace(listing.id, with: entry)
        }
        for (id, entry) in entries where isForgotten(entry) { entries[id] = nil }
        return renewals
    }

    /// Changes an entry, unless it is the same: what has not changed is neither copied nor compared with what is saved.
    private mutating func replace(_ id: String, with entry: Entry) {
        if entries[id] != entry { entries[id] = entry }
    }

    /// Forgets entries that are not listed, if there are too many: first those that were never listed, then those that
    /// have been missing longest.
    ///
    /// The counters of a forgotten entry are lost. If the server lists it again, it begins at 0, as something new does.
    /// Its runs of before are not counted a second time, although readings still return them: no entry that begins later
    /// counts runs up to the newest one that was forgotten. Entries that were never listed have no counters that anyone
    /// has seen, so their runs may be counted once they are listed. Entries that are missing only from empty lists are
    /// kept, because such a list may be that of a server which is not ready.
    ///
    /// - Returns: How many entries were forgotten.
    package mutating func forgetUnlisted(beyond limit: Int = Limits.standard.unlistedEntries) -> Int {
        let unlisted = entries.filter { !$0.value.isListed }
        guard unlisted.count > limit else { return 0 }
        var candidates: [(order: Double, id: String)] = []
        for (id, entry) in unlisted {
            if entry.wasListed != true {
                candidates.append((-.infinity, id))
            } else if let since = entry.missingSince {
                candidates.append((since.secondsSince1970, id))
            }
        }
        candidates.sort { $0.order != $1.order ? $0.order < $1.order : $1.id.isOrderedBefore($0.id) }
        let forgotten = candidates.prefix(unlisted.count - limit)
        for (_, id) in forgotten {
            let entry = entries.removeValue(forKey: id)
            guard let entry, entry.wasListed == true, let newest = entry.history.newestKnownRun else { continue }
            forgottenUntil = max(forgottenUntil ?? newest, newest)
            // Those of runs without an end, which may be returned long after they began.
            settledIDs?.insert(entry.history.recentRuns.compactMap { Int64($0.id) })
        }
        return forgotten.count
    }

    private static func isAnother(_ listing: Listing, than entry: Entry, at now: Timestamp?) -> Bool {
        if let missingSince = entry.missingSince, let now, now.since(missingSince) >= absence { return true }
        let kind = entry.kind ?? entry.action.map { JobAction($0).name.lowercased() }
        let hasOtherKind = kind != nil && listing.kind != nil && kind != listing.kind
        // The name of a job is not in its runs.
        if entry.name == nil { return hasOtherKind && entry.wasListed != true && !entry.isListed }
        guard let name = listing.name, name != entry.name else { return false }
        return hasOtherKind || !entry.isListed
    }

    private func isForgotten(_ entry: Entry) -> Bool {
        guard !entry.isListed, !entry.history.hasRecentRuns else { return false }
        guard let goneSince = entry.goneSince, let watermark = plan.watermark else { return true }
        return watermark.since(goneSince) >= Self.memory
    }

    /// How many runs have been counted.
    package var countedRuns: Int { entries.values.reduce(0) { $1.history.totals.values.reduce($0, &+) } }

    /// Whether no number in it is impossible, as only a damaged file contains it.
    var isPlausible: Bool { entries.values.allSatisfy(\.history.isPlausible) }
}

extension OutcomeLedger {
    /// The jobs or profiles that the server lists, in a stable order.
    package var listed: [(id: String, entry: Entry)] {
        ordered.filter(\.entry.isListed)
    }

    /// How many jobs or profiles the server lists.
    package var listedCount: Int { entries.values.indices.count { entries.values[$0].isListed } }

    /// The listed entries and those that are kept without a listing, in a stable order.
    package var ordered: [(id: String, entry: Entry)] {
        entries.sorted { $0.key.isOrderedBefore($1.key) }.map { ($0.key, $0.value) }
    }
}

extension String {
    /// Ids are usually numbers, so shorter ones come first.
    package func isOrderedBefore(_ other: String) -> Bool {
        (utf8.count, self) < (other.utf8.count, other)
    }
}
