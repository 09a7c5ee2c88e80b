package import MailStoreAPI
import OperatingSystem
import PlainText

extension OutcomeLedger {
    /// A finished run from a reply.
    package struct Report: Sendable {
        /// The id of the job or profile.
        var id: String
        var name: String?
        var action: JobAction?
        /// The server's id of the run, or one that is made from everything that its row contains.
        var runID: String
        /// Whether the server sent an id.
        var hasID = true
        var start: Timestamp?
        var completion: Timestamp?
        var itemsArchived: Int64?
        /// Whether the times are off by an unknown time zone.
        var isApproximate = false
        /// Whether the times are in the server's own zone.
        var isLocal = false
        /// How many of its times stand for "no date".
        var noneTimes = 0
        /// The result as received.
        var result: String?
    }
}

extension OutcomeLedger.Report {
    /// - Parameter zone: The zone of the reply's times.
    package init(_ result: JobResult, in zone: ServerTimeZone) {
        self.init(
            id: result.jobID, action: result.action, runID: result.id, result: result.result,
            times: (result.startTime, result.completeTime), in: zone, origin: result.action?.commandLine)
    }

    /// - Parameter zone: The zone of the reply's times.
    package init(_ result: WorkerResult, in zone: ServerTimeZone) {
        self.init(
            id: result.profileID, name: result.profileName, runID: result.id, itemsArchived: result.itemsArchived,
            result: result.result, times: (result.startTime, result.completeTime), in: zone,
            origin: result.origin.text)
    }

    /// - Parameter origin: What else tells two rows without an id apart. The name of the profile is no part of it,
    ///   because a rename may change it in old rows too.
    private init(
        id: String, name: String? = nil, action: JobAction? = nil, runID: String?, itemsArchived: Int64? = nil,
        result: String?, times: (start: ServerDateTime?, completion: ServerDateTime?), in zone: ServerTimeZone,
        origin: String?
    ) {
        var isApproximate = false
        var isLocal = false
        var noneTimes = 0
        func instant(_ time: ServerDateTime?) -> Timestamp? {
            guard let time else { return nil }
            if time.meansNone {
                noneTimes += 1
                return nil
            }
            if case .utc = zone {} else { isLocal = true }
            if let instant = time.timestamp(in: zone) { return instant }
            isApproximate = true
            return Timestamp(secondsSince1970: time.civilSeconds)
        }
        let (start, completion) = (instant(times.start), instant(times.completion))
        self.init(
            id: id, name: name, action: action, runID: runID ?? "", hasID: runID != nil, start: start,
            completion: completion, itemsArchived: itemsArchived, isApproximate: isApproximate, isLocal: isLocal,
            noneTimes: noneTimes, result: result)
        guard runID == nil else { return }
        var row = Fingerprint()
        for time in [times.start, times.completion] { row.add(time.map { "\($0.civilSeconds)" }) }
        row.add(result.map { ResultVocabulary.normalized($0).lowercased() })
        row.add(itemsArchived.map { "\($0)" })
        row.add(origin)
        self.runID = "row/" + row.text
    }

    /// Whether the run has finished; any other is counted once it has.
    ///
    /// According to the documentation only finished runs are reported. A row that has neither an end nor a result does
    /// not say that its run has finished.
    var isFinished: Bool {
        guard let result, result.unicodeScalars.contains(where: { !$0.isSpace }) else { return completion != nil }
        return result.lowercased() != "running"
    }

    /// The run that is counted.
    ///
    /// - Parameters:
    ///   - result: The word for its result.
    ///   - line: The command line of its job, from the list of jobs.
    func run(result: String, listedAs line: String?) -> Run {
        Run(
            id: runID, start: start, completion: completion, result: result, itemsArchived: itemsArchived,
            verifies: scope(listedAs: line), isApproximate: isApproximate ? true : nil, isLocal: isLocal ? true : nil)
    }

    /// A result's action may contain only the command's name; then the job's own command line contains the store.
    private func scope(listedAs line: String?) -> String? {
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

extension OutcomeHistory {
    /// Whether a row without an id was counted by an older version, which knew such runs by their start alone.
    func remembersOlderForm(of report: OutcomeLedger.Report, as run: Run) -> Bool {
        // That version used the time as the server wrote it, which is the same in UTC.
        guard let start = report.start, let older = counted(withKey: "start/\(start.secondsSince1970)") else {
            return false
        }
        return older.completion == run.completion && older.result == run.result
            && older.itemsArchived == run.itemsArchived
    }
}
