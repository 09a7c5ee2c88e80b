package import OperatingSystem

/// A verification that the exporter has started and watches: all that is needed to resume watching after a restart.
package struct VerificationRun: Sendable, Hashable, Codable {
    /// The ids of the stores that it checks.
    package var stores: [String]
    /// The process on the server; empty until the server has returned one.
    package var token: String
    /// When it was started, by the server's clock.
    package var start: Timestamp
    /// The version up to which its log is in the file.
    package var statusVersion: Int64 = 0
    /// Above 0, up to 1; `nil` while the server does not say.
    package var progress: Double?
    package var log = VerificationLog()
    /// Where the whole log is kept; `nil` if it cannot be.
    package var logPath: String?
    /// How much of the file belongs to `statusVersion`, in bytes: what a crash left after it is sent again.
    package var logSize: Int64 = 0
    /// When it was asked to stop, since it had run for too long; by the server's clock.
    package var stopRequest: Timestamp?

    package init(stores: [String], token: String, start: Timestamp) {
        self.stores = stores
        self.token = token
        self.start = start
    }

    /// Its id in the ledger, so that it is counted once; some end before they have a token.
    var id: String { "exporter/\(start)/\(token)" }
}

/// The exporter's own verifications of one target, as the state file keeps them.
package struct VerificationQueue: Sendable, Hashable, Codable {
    /// The verification that is under way.
    package var current: VerificationRun?
    /// The groups of stores that are still to be verified, one process each, in order.
    package var pending: [[String]] = []
    /// When the last campaign began: schedules such as `every 7d` count from it.
    package var lastStart: Timestamp?
    /// When the next campaign begins.
    package var nextStart: Timestamp?

    package init() {}
}
