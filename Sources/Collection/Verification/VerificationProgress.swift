import Configuration
import Exposition
import Ledger

/// The families of the verifications that the exporter itself runs.
enum VerificationProgress {
    private static func family(_ name: String, unit: String? = nil, help: String) -> FamilyDescriptor {
        FamilyDescriptor(
            "mailstore_verification_" + name, .gauge, unit: unit, help: help,
            labels: ["target", "instance_id", "store_id", "store_name"], group: "verification")
    }

    private static let running = family(
        "running", help: "Whether the exporter is verifying the store now (1) or not (0).")
    private static let progress = family(
        "progress_ratio", unit: "ratio", help: "How far the verification is, from 0 to 1; absent while unknown.")
    private static let messages = family(
        "messages_verified", help: "Messages that the running or the last verification has looked at, by its log.")
    private static let errorLines = family(
        "log_error_lines", help: "Lines that look like damage in the log of the running or the last verification.")
    private static let nextRun = family(
        "next_run_timestamp_seconds", unit: "seconds",
        help: "When the next verification is planned, in seconds since 1970.")
    static let families = [running, progress, messages, errorLines, nextRun]

    /// - Parameter settings: The configuration of the verifications; `nil` where the exporter runs none.
    static func write(_ ledger: TargetLedger, _ settings: VerificationSettings?, to samples: inout SampleWriter) {
        guard let settings else { return }
        let queue = ledger.ownVerifications
        for (id, store) in ledger.verifications.listed where settings.stores.mayInclude(id, store) {
            let labels = samples.thing("store", id: id, name: store.name)
            let current = queue.current.flatMap { $0.stores.contains(id) ? $0 : nil }
            samples.add(running, labels, current != nil)
            samples.add(progress, labels, current?.progress)
            let log = current?.log ?? store.lastLog
            samples.add(messages, labels, log?.messagesVerified)
            samples.add(errorLines, labels, log.map { Int64($0.errorLines) })
            samples.add(nextRun, labels, queue.nextStart?.secondsSince1970)
        }
    }
}

extension VerificationSettings.StoreSelection {
    /// Whether the plan is for a store, as far as the ledger knows it.
    func mayInclude(_ id: String, _ store: VerificationBook.StoreRecord) -> Bool {
        switch self {
        case .all: true
        case .current: store.isCurrent
        case .ids(let ids): ids.contains(id)
        }
    }
}
