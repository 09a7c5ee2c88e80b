package import OperatingSystem

/// A verification that the exporter has started and watches, with all that it needs to resume watching after a restart.
package struct VerificationRun: Sendable, Hashable, Codable {
    /// The ids of the stores that it checks.
    package var stores: [String]
    /// The process on the server; empty until the server has returned one.
    package var token: String
    /// When it was started, on the server's clock.
    package var start: Timestamp
    /// The `statusVersion` up to which its log is in the file.
    package var statusVersion: Int64 = 0
    /// Above 0, up to 1; `nil` while the server does not say.
    package var progress: Double?
    package var log = VerificationLog()
    /// The file with the complete log; `nil` if it cannot be written.
    package var logPath: String?
    /// The size of the log up to `statusVersion`, in bytes: the server sends any text after it again.
    package var logSize: Int64 = 0
    /// When it was asked to stop because it had run for too long, on the server's clock.
    package var stopRequest: Timestamp?

    package init(stores: [String], token: String, start: Timestamp) {
        self.stores = stores
        self.token = token
        self.start = start
    }

    /// Its id in the ledger, so that it is counted once; it includes the start, because a run may have no token.
    var id: String { "exporter/\(start)/\(token)" }
}

/// The exporter's own verifications of one target, as stored in the state file.
package struct VerificationQueue: Sendable, Hashable, Codable {
    /// The verification in progress.
    package var current: VerificationRun?
    /// The groups of stores still to be verified, one process each, in order.
    package var pending: [[String]] = []
    /// When the last campaign began: schedules such as `every 7d` count from it.
    package var lastStart: Timestamp?
    /// When the next campaign begins.
    package var nextStart: Timestamp?

    package init() {}
}
