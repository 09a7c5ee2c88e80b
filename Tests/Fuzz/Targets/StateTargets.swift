import Foundation
import Glibc
import Logging
import OperatingSystem

@testable import Ledger
@testable import MailStoreAPI

extension FuzzTarget {
    /// The state as a document and in the database, and the counting that goes on with it.
    static let state = [
        FuzzTarget(name: "state") { input in
            guard let ledger = try? LedgerDocument.read(Data(input)).ledger else { return }
            let again = try LedgerDocument.read(try LedgerDocument(ledger).bytes()).ledger
            try promise(again == ledger, "the document is not what is written again")
            let database = try unwrap(Folder.database)
            _ = try database.saveNow(ledger, of: StateKey("fuzz"))
            // A document may hold what no ledger makes, such as `false` where nothing stands otherwise.
            let saved = try unwrap(try database.ledger(of: StateKey("fuzz"))).ledger
            try promise(
                saved.jobs.entries.mapValues(\.history.totals) == ledger.jobs.entries.mapValues(\.history.totals),
                "the totals that were saved differ")
            _ = try database.saveNow(saved, of: StateKey("fuzz"))
            try promise(try database.ledger(of: StateKey("fuzz"))?.ledger == saved, "what was saved is not read")
            try checkCounting(ledger)
        },
        FuzzTarget(name: "verification-log") { input in
            let text = text(input)
            var whole = VerificationLog()
            whole.append(text)
            whole.finish()
            var pieces = VerificationLog()
            for scalar in text.unicodeScalars { pieces.append(String(scalar)) }
            pieces.finish()
            try promise(whole == pieces, "the log is another one in pieces: \(whole), \(pieces)")
            try promise(whole.errorLines <= whole.lineCount && whole.lineCount <= text.utf8.count, "too many lines")
            try promise(whole.messagesVerified.map { $0 >= 0 } ?? true, "messages below 0")
        },
    ]

    /// Counts one more run of each thing of a state, whatever numbers are in it.
    private static func checkCounting(_ before: TargetLedger) throws {
        var ledger = before
        ledger.learnWords()
        let newest = [ledger.jobs.plan.horizon, Timestamp(secondsSince1970: 1_767_225_600)].compactMap(\.self).max()
        // After the horizon, or the new run would count as known.
        let now = try unwrap(newest) + .seconds(86_400)
        let reach = ReadingPlan.Reach(lookback: .seconds(7 * 86_400), overlap: .seconds(3600))
        let success = SuccessRule(includesCompletedWithErrors: true)
        ledger.jobs.list(ledger.jobs.entries.keys.sorted().map { OutcomeLedger.Listing(id: $0) })
        let (window, isDeep) = ledger.jobs.plan.window(at: now, reach: reach)
        try promise(window.from < window.to, "a window without an end")
        let reports = ledger.jobs.entries.keys.sorted().flatMap { id in
            ["succeeded", "failed"].map { (result: String) in
                OutcomeLedger.Report(
                    id: id, runID: "new \(result)", start: now, completion: now, itemsArchived: 1, result: result)
            }
        }
        _ = ledger.jobs.fold(reports)
        ledger.jobs.plan.wasRead(window, at: now)
        ledger.jobs.plan.finished(deep: isDeep, at: now, reach: reach)
        ledger.verifications.list([Store(id: "1"), Store(id: "2")], at: now)
        _ = ledger.verifications.fold(ledger.jobs)
        ledger.jobs.plan.moveHorizon(reach: reach, notAfter: now)
        if let horizon = ledger.jobs.plan.horizon {
            ledger.jobs.settle(before: horizon, success: success)
            ledger.verifications.settle(before: horizon, success: success)
        }
        for (id, entry) in ledger.jobs.ordered {
            _ = entry.history.summary(success: success)
            _ = entry.history.lastRuns
            let count = entry.history.totals.values.reduce(0) { $0.addingReportingOverflow($1).partialValue }
            try promise(count >= 0 || before.jobs.entries[id] != nil, "a total below 0")
        }
        if var run = ledger.ownVerifications.current {
            run.log.append("an error\n")
            _ = ledger.verifications.record(run, result: "succeeded", completion: now)
        }
        _ = try JSONEncoder().encode(ledger)
    }

    /// A folder in memory, so that writing a state waits for no disk.
    private enum Folder {
        static let path: String = {
            var template = Array("/dev/shm/fuzz-XXXXXX".utf8CString)
            return mkdtemp(&template) == nil
                ? NSTemporaryDirectory()
                : String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }()
        static let database = try? StateDatabase(
            in: path, clock: .system, logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
    }
}
