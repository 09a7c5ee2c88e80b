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
            let selected = selectedTime(of: run)
            return run.appearance <= time && from <= selected && selected < to
        }
        if let rowLimit, rows.count > rowLimit { return nil }
        let ordered = rows.sorted { selectedTime(of: $0) < selectedTime(of: $1) }
        return listsNewestFirst ? ordered.reversed() : ordered
    }

    func selectedTime(of run: LoggedRun) -> Double {
        switch selection {
        case .start: run.start
        case .completion: run.completion
        }
    }

    func selectedMinute(of run: LoggedRun) -> Int64 {
        Int64((selectedTime(of: run) / 60).rounded(.down))
    }
}

/// One finished run, as the model of a server keeps it in its log.
struct LoggedRun: Sendable, Hashable {
    /// The id of the job or profile.
    var owner: String
    /// Unique for its owner only: other owners have runs of the same number.
    var number: Int
    /// By the server's clock, in seconds since 1970.
    var start: Double
    /// By the server's clock, in seconds since 1970.
    var completion: Double
    /// From when on the server tells of the run, by a clock that is never wrong.
    var appearance: Double
    var result: Word
    var items: Int64?

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
            id: owner, action: action.map(JobAction.init), runID: String(number),
            start: Timestamp(secondsSince1970: start), completion: Timestamp(secondsSince1970: completion),
            itemsArchived: items, result: result.raw)
    }
}
