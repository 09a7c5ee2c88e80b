import TestSupport

@testable import Ledger

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
