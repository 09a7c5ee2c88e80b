import TestSupport

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

/// A model of what GetJobResults and GetWorkerResults answer.
struct ModelServer: Sendable {
    /// Which time of a run has to lie in the window: nobody has published it.
    enum Selection: Sendable {
        case start
        case completion
    }

    var runs: [LoggedRun]
    var selection: Selection
    var listsNewestFirst: Bool
    /// How many rows a reply can hold before the call fails; `nil` for no limit.
    var rowLimit: Int?
    /// Minutes since 1970 that no window may cover.
    var unreadableMinutes: Set<Int64> = []

    /// The rows of a window at a time that a right clock shows; `nil` where the server cannot answer so wide a window.
    func rows(of window: TimeWindow, at time: Double) -> [LoggedRun]? {
        if unreadableMinutes.contains(where: { window.from <= $0 && $0 < window.to }) { return nil }
        let from = Double(window.from) * 60
        let to = Double(window.to) * 60
        let rows = runs.filter { run in
            run.appearance <= time && selectedTime(of: run).map { from <= $0 && $0 < to } ?? true
        }
        if let rowLimit, rows.count > rowLimit { return nil }
        let ordered = rows.sorted { selectedTime(of: $0) ?? 0 < selectedTime(of: $1) ?? 0 }
        return listsNewestFirst ? ordered.reversed() : ordered
    }

    /// The time that has to lie in a window; the other one where the server does not know it.
    ///
    /// A run without any belongs to every window, and so does one whose time lies in the future: to a server that compares
    /// times with the beginning of a window only, it is in all of them.
    func selectedTime(of run: LoggedRun) -> Double? {
        let times = [(run.startForm, run.start), (run.completionForm, run.completion)]
        let known = (selection == .start ? times : times.reversed()).first { !$0.0.isUnknown }
        return known.flatMap { $0.0 == .right ? $0.1 : nil }
    }

    func selectedMinute(of run: LoggedRun) -> Int64? {
        selectedTime(of: run).map { Int64(($0 / 60).rounded(.down)) }
    }
}

/// One finished run, as the model of a server keeps it in its log.
struct LoggedRun: Sendable, Hashable {
    /// The id of the job or profile.
    var owner: String
    /// Its id: runs of other owners have the same one, and so have runs of its owner that start at another time.
    var number: Int
    var hasID = true
    /// By the server's clock, in seconds since 1970.
    var start: Double
    /// By the server's clock, in seconds since 1970.
    var completion: Double
    /// From when on the server tells of the run, by a clock that is never wrong.
    var appearance: Double
    var result: Word
    var items: Int64?
    /// What the server writes for the start.
    var startForm = TimeForm.right
    /// What the server writes for the completion.
    var completionForm = TimeForm.right

    /// What a server writes for a time of a run.
    enum TimeForm: Sendable, Hashable {
        case right
        /// Nothing.
        case absent
        /// A date that means none.
        case none
        /// A time that is this many seconds ahead: for as long as the scenario lasts, it lies in the future.
        case ahead(Double)

        var isUnknown: Bool { self == .absent || self == .none }
    }

    var writtenStart: Double? { Self.written(start, startForm) }
    var writtenCompletion: Double? { Self.written(completion, completionForm) }
    /// The times that can be believed.
    var believedStart: Double? { startForm == .right ? start : nil }
    var believedCompletion: Double? { completionForm == .right ? completion : nil }
    /// Where it stands in the order of runs; `nil` if nobody can know.
    var instant: Double? { believedCompletion ?? believedStart }
    /// A row with neither an end nor a result does not say that its run has finished.
    var isFinished: Bool { writtenCompletion != nil || result.raw?.isEmpty == false }

    private static func written(_ time: Double, _ form: TimeForm) -> Double? {
        switch form {
        case .right: time
        case .absent, .none: nil
        case .ahead(let seconds): time + seconds
        }
    }

    /// A result as the server spells it, and the word that has to be counted for it.
    struct Word: Sendable, Hashable {
        var raw: String?
        var counted: String
    }

    static let words = [
        Word(raw: "succeeded", counted: "succeeded"), Word(raw: "succeeded", counted: "succeeded"),
        Word(raw: "SUCCEEDED", counted: "succeeded"), Word(raw: "failed", counted: "failed"),
        Word(raw: "completedWithWarnings", counted: "completedWithWarnings"),
        Word(raw: "CompletedWithErrors", counted: "completedWithErrors"), Word(raw: "canceled", counted: "cancelled"),
        Word(raw: "Cancelled", counted: "cancelled"), Word(raw: "disconnected", counted: "disconnected"),
        Word(raw: "threadabort", counted: "threadAbort"), Word(raw: "Partly done", counted: "partlyDone"),
        Word(raw: "skipped", counted: "skipped"), Word(raw: "", counted: "unknown"),
        Word(raw: nil, counted: "unknown"),
    ]

    /// The run as a reply tells of it.
    func report(action: String?) -> OutcomeLedger.Report {
        OutcomeLedger.Report(
            id: owner, action: action.map(JobAction.init), runID: hasID ? String(number) : "row/\(row)", hasID: hasID,
            start: writtenStart.map(Timestamp.init), completion: writtenCompletion.map(Timestamp.init),
            itemsArchived: items, noneTimes: [startForm, completionForm].count { $0 == .none }, result: result.raw)
    }

    /// All that the row of the run contains besides the id: rows in which it is equal cannot be told apart.
    var row: String { "\(writtenStart ?? -1) \(writtenCompletion ?? -1) \(result.raw ?? "") \(items ?? -1)" }
}
