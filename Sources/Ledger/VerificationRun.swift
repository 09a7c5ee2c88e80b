package import OperatingSystem

/// A verification that the exporter has started and watches: all that is needed to take it up again after a restart.
package struct VerificationRun: Sendable, Hashable, Codable {
    /// The stores that it looks at.
    package var stores: [String]
    /// The process on the server.
    package var token: String
    /// When it was started, by the server's clock.
    package var start: Timestamp
    /// The version up to which its log is in the file.
    package var statusVersion: Int64 = 0
    /// Above 0, up to 1; `nil` while the server does not say.
    package var progress: Double?
    package var log = VerificationLog()
    /// Where the whole log is kept; `nil` where it cannot be.
    package var logPath: String?
    /// How much of the file belongs to `statusVersion`, in bytes: what a crash left behind it comes again.
    package var logSize: Int64 = 0
    /// When it was asked to stop, since it had run for too long; by the server's clock.
    package var stopRequest: Timestamp?

    package init(
        stores: [String], token: String, start: Timestamp, statusVersion: Int64 = 0, progress: Double? = nil,
        log: VerificationLog = VerificationLog(), logPath: String? = nil, logSize: Int64 = 0,
        stopRequest: Timestamp? = nil
    ) {
        self.stores = stores
        self.token = token
        self.start = start
        self.statusVersion = statusVersion
        self.progress = progress
        self.log = log
        self.logPath = logPath
        self.logSize = logSize
        self.stopRequest = stopRequest
    }

    /// Its name in the ledger, so that it is counted once; some end before they have a token.
    package var id: String { "exporter/\(start)/\(token)" }
}

/// What of a campaign is still to be done: kept in the state file.
package struct VerificationQueue: Sendable, Hashable, Codable {
    /// The verification that is under way.
    package var current: VerificationRun?
    /// The groups of stores that are still to be verified, one process each, in order.
    package var pending: [[String]] = []
    /// When the last campaign began: schedules such as `every 7d` count from it.
    package var lastStart: Timestamp?
    /// When the next campaign begins.
    package var nextStart: Timestamp?

    package init(
        current: VerificationRun? = nil, pending: [[String]] = [], lastStart: Timestamp? = nil,
        nextStart: Timestamp? = nil
    ) {
        self.current = current
        self.pending = pending
        self.lastStart = lastStart
        self.nextStart = nextStart
    }
}
