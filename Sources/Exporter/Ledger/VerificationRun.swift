import MailStoreAPI

/// A verification that the exporter has started and watches: all that is needed to take it up again after a restart.
struct VerificationRun: Sendable, Hashable, Codable {
    /// The stores that it looks at.
    var stores: [String]
    /// The process on the server.
    var token: String
    /// When it was started, by the server's clock.
    var start: Timestamp
    /// The version up to which its log is in the file.
    var statusVersion: Int64 = 0
    /// Above 0, up to 1; `nil` while the server does not say.
    var progress: Double?
    var log = VerificationLog()
    /// Where the whole log is kept; `nil` where it cannot be.
    var logPath: String?
    /// How much of the file belongs to `statusVersion`, in bytes: what a crash left behind it comes again.
    var logSize: Int64 = 0
    /// When it was asked to stop, since it had run for too long; by the server's clock.
    var stopRequest: Timestamp?

    /// Its name in the ledger, so that it is counted once; some end before they have a token.
    var id: String { "exporter/\(start)/\(token)" }
}

/// What of a campaign is still to be done: kept in the state file.
struct VerificationQueue: Sendable, Hashable, Codable {
    /// The verification that is under way.
    var current: VerificationRun?
    /// The groups of stores that are still to be verified, one process each, in order.
    var pending: [[String]] = []
    /// When the last campaign began: schedules such as `every 7d` count from it.
    var lastStart: Timestamp?
    /// When the next campaign begins.
    var nextStart: Timestamp?
}
