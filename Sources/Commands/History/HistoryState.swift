import Configuration
import Ledger

/// The exporter's state, looked at without touching it.
///
/// The exporter counts the runs of its lookback when it first starts. Only its state tells from where on, so a past that
/// was made without it would overlap what Prometheus scrapes, and every run of the lookback would be counted twice.
struct HistoryState {
    let directory: String

    /// What the exporter has counted of a target; `nil` where it collects nothing that has a past.
    ///
    /// - Throws: ``CommandError`` where it should have counted and has not, or its state cannot be read.
    func ledger(of target: TargetConfiguration) throws(CommandError) -> TargetLedger? {
        guard target.collectors.contains(.jobs) || target.collectors.contains(.profiles) else { return nil }
        let ledger: TargetLedger?
        do throws(LedgerFileError) {
            ledger = try LedgerFile(directory: directory, target: target.name).look()
        } catch {
            throw CommandError(.failure, "\(target.name): \(error)")
        }
        guard let ledger, ledger.jobs.plan.beginning != nil || ledger.profiles.plan.beginning != nil else {
            let found = ledger == nil ? "there is no state of it" : "it has counted nothing yet, says its state"
            throw CommandError(
                .failure,
                """
                \(target.name): \(found) in \(directory). The exporter counts the runs of its lookback when it \
                first starts, and Prometheus would count them twice: start the exporter before, wait until it has read \
                them, and name its --state.directory; --without-state prints a past that is to stand alone
                """)
        }
        return ledger
    }

    /// Sees that a kind of runs that is read has been counted too: the exporter reads one after the other.
    static func check(_ book: OutcomeBook?, _ kind: String, of target: String) throws(CommandError) {
        guard let book, book.plan.beginning == nil else { return }
        throw CommandError(
            .failure,
            """
            \(target): the exporter has not counted the runs of its \(kind) yet, says its state: try again in a minute; \
            if it stays so, mailstore_exporter check says why
            """)
    }
}
