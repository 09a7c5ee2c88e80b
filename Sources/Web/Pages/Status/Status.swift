import Collection
import Configuration
import MailStoreAPI
import OperatingSystem
import PlainText

/// What the pages for people say, worked out from the newest reports at one moment; as JSON, `data` of `/api/v1/status`.
///
/// The names of its properties, and of those of the types in it, are the keys of the JSON, and stay. Times are texts as
/// RFC 3339 writes them, spans are numbers of seconds, sizes bytes. What is not known is left out.
///
/// ```
/// {"status": "success", "data": {
///   "exporter": {"version", "revision", "swiftVersion"},
///   "configuration": {"lastReloadSuccessful", "lastReload"},
///   "time",
///   "targets": [{
///     "name", "url", "state": "up" | "down" | "unknown", "error": {"reason", "message"},
///     "version", "serverName",
///     "certificate": {"notAfter", "notBefore", "verified", "verifiedBy", "health", "subject", "issuer",
///                     "publicKeyPin"},
///     "clockSkewSeconds", "stateSaveFailures",
///     "collectors": [{"name", "state": "working" | "failing" | "unsupported" | "unknown", "supported",
///                     "lastSuccess", "durationSeconds", "intervalSeconds", "error": {"reason", "message"}}],
///     "jobs", "profiles", "stores": {
///       "total", "failing", "late", "unknown",
///       "items": [{"id", "name", "action", "enabled", "automatic", "state", "messages", "sizeBytes", "needs",
///                  "health": "good" | "warning" | "bad" | "unknown", "isLate", "lastResult",
///                  "lastResultHealth", "lastStart", "lastCompletion", "lastDurationSeconds", "lastSuccess", "consecutiveFailures",
///                  "expectedIntervalSeconds", "lastItemsArchived", "suspiciousLogLines",
///                  "recentRuns": [{"result", "health", "time", "durationSeconds"}]}]},
///     "verification": {"schedule", "next", "running": {"stores", "start", "progress", "messagesVerified",
///                      "suspiciousLogLines"}}
///   }]
/// }}
/// ```
///
/// `jobs`, `profiles` and `stores` look alike; the runs of a store are its verifications. `recentRuns` come oldest first,
/// thirty at most, and are told of the first 500 things of a kind; 10,000 things of a kind are told at most.
package struct Status: Sendable, Encodable {
    /// Which build of the exporter this is.
    struct Exporter: Sendable, Encodable {
        var version: String
        var revision: String
        var swiftVersion: String
    }

    /// How the last reading of the configuration went.
    struct Configuration: Sendable, Encodable {
        var lastReloadSuccessful: Bool
        var lastReload: Moment
    }

    var exporter: Exporter
    var configuration: Configuration
    var time: Moment
    var targets: [Target]

    /// How good a thing is, as far as anybody knows.
    package enum Health: String, Sendable, Encodable, CaseIterable {
        case good
        case warning
        case bad
        case unknown
    }

    /// Why something failed; the message names the remedy.
    package struct Failure: Sendable, Encodable {
        var reason: String
        var message: String

        init(_ error: APIError) {
            reason = error.reason.rawValue
            message = PrintableText.clean(error.description)
        }

        init(_ failure: CallLog.Failure) {
            reason = failure.reason.rawValue
            message = PrintableText.clean(failure.description)
        }
    }

    /// An instant, in JSON as RFC 3339 writes it.
    package struct Moment: Sendable, Encodable {
        var time: Timestamp

        init(_ time: Timestamp) {
            self.time = time
        }

        init?(_ time: Timestamp?) {
            guard let time else { return nil }
            self.time = time
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(time.description)
        }
    }

    /// How much is told of each kind of thing.
    package struct Extent: Sendable {
        /// How many things at most.
        var things: Int
        /// Of how many of them the runs.
        var strips: Int
        /// Whether those that need somebody come first; otherwise all come as the server lists them.
        var worstFirst: Bool
        /// Whether the calls are told.
        var calls = false

        static let json = Extent(things: 10_000, strips: 500, worstFirst: false)
        static let target = Extent(things: 10_000, strips: 500, worstFirst: true, calls: true)
    }
}
