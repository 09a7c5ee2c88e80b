import TestSupport

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

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
    func report(action: String?) -> OutcomeBook.Report {
        OutcomeBook.Report(
            id: owner, name: nil, action: action.map(JobAction.init),
            run: Run(
                id: String(number), start: Timestamp(secondsSince1970: start),
                completion: Timestamp(secondsSince1970: completion), result: "", itemsArchived: items, verifies: nil,
                isApproximate: nil),
            rawResult: result.raw)
    }
}
