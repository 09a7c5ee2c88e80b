import Collection
import Configuration
import MailStoreAPI
import OperatingSystem
import PlainText

/// The data of the status pages, computed from the newest reports at one moment; as JSON, `data` of `/api/v1/status`.
///
/// The property names of this type and of the types in it are the keys of the JSON and must not change. Times are texts
/// as in RFC 3339, durations are in seconds, sizes in bytes. Unknown values are left out.
///
/// ```
/// {"status": "success", "data": {
///   "exporter": {"version", "revision", "swiftVersion"},
///   "configuration": {"lastReloadSuccessful", "lastReload", "shard",
///                     "targetFiles": {"valid", "invalid", "problems": [{"place", "mistakes": [TEXT]}]}},
///   "time",
///   "targets": [{
///     "name", "url", "state": "up" | "down" | "unknown", "error": {"reason", "message"},
///     "edition": "server" | "spe", "version", "serverName",
///     "notes",
///     "certificate": {"notAfter", "notBefore", "verified", "verifiedBy", "health", "subject", "issuer",
///                     "publicKeyPin", "sha1", "sha256"},
///     "clockSkewSeconds", "stateSaveFailures", "seriesLimited",
///     "collectors": [{"name", "state": "working" | "failing" | "unsupported" | "unknown", "supported",
///                     "lastSuccess", "durationSeconds", "intervalSeconds", "warnings": [TEXT],
///                     "error": {"reason", "message"}}],
///     "jobs", "profiles", "stores": {
///       "total", "failing", "late", "unknown",
///       "items": [{"id", "name", "action", "enabled", "automatic", "state", "messages", "sizeBytes", "needs",
///                  "health": "good" | "warning" | "bad" | "unknown", "isLate", "lastResult",
///                  "lastResultHealth", "lastStart", "lastCompletion", "lastDurationSeconds", "lastSuccess",
///                  "consecutiveFailures", "expectedIntervalSeconds", "lastItemsArchived", "suspiciousLogLines",
///                  "recentRuns": [{"result", "health", "time", "durationSeconds"}]}]},
///     "service": {"messageCounts": {SEVERITY: NUMBER}, "messages": [{"severity", "text", "health"}],
///                 "hosts": [{"name", "role", "active", "instances", "runningInstances", "memoryBytes"}]},
///     "instances": {"total", "listed", "failing", "warning",
///       "items": [{"id", "name", "alias", "host", "startMode", "status", "health", "reasons": [TEXT],
///                  "providerAccess", "canArchive", "messages", "sizeBytes", "privateMemoryBytes",
///                  "lastCollection", "failingItems", "lateItems"}]},
///     "verification": {"schedule", "next", "running": {"stores", "start", "progress", "messagesVerified",
///                      "suspiciousLogLines"}}
///   }]
/// }}
/// ```
///
/// `jobs`, `profiles` and `stores` have the same form; the runs of a store are its verifications. `recentRuns` has the
/// last 30 at most, the oldest first, and is present for the first 500 items of a kind. At most 10,000 items of a kind
/// are listed. `service` and `instances` are those of a Service Provider Edition, and absent otherwise; at most 200
/// messages, 200 hosts and 10,000 instances are listed.
struct Status: Sendable, Encodable {
    /// The build of the exporter.
    struct Exporter: Sendable, Encodable {
        var version: String
        var revision: String
        var swiftVersion: String
    }

    var exporter: Exporter
    var configuration: Configuration
    var time: Moment
    var targets: [Target]
    /// Where the metrics are; not in the JSON.
    var telemetryPath = WebSettings.usualTelemetryPath

    private enum CodingKeys: String, CodingKey {
        case exporter, configuration, time, targets
    }

    /// The health of a part, as far as it is known.
    enum Health: String, Sendable, Encodable, CaseIterable {
        case good
        case warning
        case bad
        case unknown
    }

    /// The reason of a failure; the message names the remedy.
    struct Failure: Sendable, Encodable {
        var reason: String
        var message: String
        /// Whether the login is refused, for whatever function; not in the JSON.
        var concernsLogin = false

        private enum CodingKeys: String, CodingKey {
            case reason, message
        }

        init(_ error: APIError) {
            reason = error.reason.rawValue
            message = TerminalText.clean(error.description)
            concernsLogin = [.unauthorized, .forbidden].contains(error.reason) && !error.concernsFunctionAlone
        }

        /// Whether it is the same failure, perhaps in other words.
        func isSame(as other: Failure?) -> Bool {
            message == other?.message || (concernsLogin && reason == other?.reason)
        }

        init(_ failure: CallLog.Failure) {
            reason = failure.reason.rawValue
            message = TerminalText.clean(failure.description)
        }

        private init(reason: String, message: String) {
            self.reason = reason
            self.message = message
        }

        static let stalled = Failure(
            reason: "stalled",
            message: "the exporter no longer collects this target: restart it if this lasts; the log may say why")
    }

    /// An instant, in JSON as RFC 3339 writes it.
    struct Moment: Sendable, Encodable {
        var time: Timestamp

        init(_ time: Timestamp) {
            self.time = time
        }

        init?(_ time: Timestamp?) {
            guard let time else { return nil }
            self.time = time
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(time.description)
        }
    }

    /// The limits of a page for each kind of item.
    struct Extent: Sendable {
        /// The most items to list.
        var items: Int
        /// The number of items for which the last runs are shown.
        var strips: Int
        /// Whether items with problems come first; otherwise they are in the server's order.
        var worstFirst: Bool
        /// Whether the last calls are shown.
        var calls = false
        /// Which instances are listed.
        var instances = InstanceQuery(size: .max)

        /// Nothing is listed, only counted.
        static let counts = Extent(items: 0, strips: 0, worstFirst: false)
        static let json = Extent(items: 10_000, strips: 500, worstFirst: false)
        static let target = Extent(items: 10_000, strips: 500, worstFirst: true, calls: true)
    }

    /// A page of the list of instances.
    struct InstanceQuery: Sendable, Hashable {
        /// How many instances a page has.
        static let pageSize = 100

        var size = Self.pageSize
        /// Counts from 1.
        var page = 1
        /// A part of an id, a name or a host.
        var search: String?

        var skipped: Int { (page - 1) * (size == .max ? 0 : size) }
    }
}

extension Status {
    /// One configured target.
    struct Target: Sendable, Encodable {
        enum State: String, Sendable, Encodable {
            case up
            case down
            /// It has not been contacted yet.
            case unknown
        }

        var name: String
        var url: String?
        var state: State
        /// Why it is down, if the reason is known.
        var error: Failure?
        /// `server` or `spe`; absent until it is known.
        var edition: String?
        var version: String?
        var serverName: String?
        /// What does not fit between the configuration and the server; absent if nothing is known.
        var notes: [String]?
        var certificate: Certificate?
        /// The server's clock minus this machine's, positive if the server is ahead.
        var clockSkewSeconds: Double?
        /// Failed attempts to save its state since the start.
        var stateSaveFailures: Int
        /// Whether series were left out because of the limits.
        var seriesLimited: Bool
        var collectors: [Collector]
        var jobs: ItemList
        var profiles: ItemList
        /// The stores, with the results of their verifications.
        var stores: ItemList
        /// Absent unless it is a Service Provider Edition.
        var service: Service?
        /// Absent unless it is a Service Provider Edition.
        var instances: InstanceList?
        /// The verifications that the exporter itself runs; absent if it runs none.
        var verification: Verification?
        /// The instance, if this is one of the target; not in the JSON.
        var instance: Instance?
        /// The newest calls, the newest first; not in the JSON.
        var calls: [CallLog.Entry]

        private enum CodingKeys: String, CodingKey {
            case name, url, state, error, edition, version, serverName, notes, certificate, clockSkewSeconds,
                stateSaveFailures
            case seriesLimited, collectors, jobs, profiles, stores, service, instances, verification
        }

        /// A target without a report yet.
        init(name: String) {
            self.name = name
            state = .unknown
            stateSaveFailures = 0
            seriesLimited = false
            collectors = []
            (jobs, profiles, stores) = (ItemList(), ItemList(), ItemList())
            calls = []
        }

        init(_ report: TargetReport, stateSaveFailures: Int, at now: Timestamp, _ extent: Extent) {
            name = report.configuration.name
            url = report.configuration.url.description
            state =
                switch report.isUp {
                case true?: .up
                case false?: .down
                case nil: .unknown
                }
            let heartbeat = report.collectors.first { $0.name == report.heartbeat }?.state
            let failure = report.isStalled ? Failure.stalled : heartbeat?.lastError.map { Failure($0) }
            error = state == .down ? failure : nil
            edition = report.edition?.rawValue
            let server = report.values(of: ServerCollector.self)?.info
            let environment = report.values(of: EnvironmentCollector.self)?.info
            version = (server?.version ?? environment?.version).map(Self.named)
            serverName = report.hidesNames ? nil : (server?.machineName ?? environment?.serverName).map(Self.named)
            notes = report.notes.isEmpty ? nil : report.notes.map { TerminalText.clean($0) }
            certificate = report.certificate.map { Certificate($0, report.configuration.trust, at: now) }
            clockSkewSeconds = report.clockSkew
            self.stateSaveFailures = stateSaveFailures
            seriesLimited = report.isLimited
            collectors = report.collectors.map { Collector($0.name, interval: $0.interval, $0.state) }
            jobs = ItemList(jobsOf: report, at: now, extent)
            profiles = ItemList(profilesOf: report, at: now, extent)
            stores = ItemList(storesOf: report, at: now, extent)
            service = Service(report)
            instances = InstanceList(report, at: now, extent)
            verification = Verification(report)
            calls = extent.calls ? report.calls.newestFirst : []
        }

        /// A text from a server, made safe to show.
        static func named(_ text: String) -> String {
            TerminalText.clean(String(text.unicodeScalars.prefix(200)))
        }
    }

    /// The server's certificate.
    struct Certificate: Sendable, Encodable {
        var notAfter: Moment
        var notBefore: Moment
        /// Whether a CA or a pin verified it.
        var verified: Bool
        /// The configured verification: `pin`, `ca_file`, `system` or `nothing`.
        var verifiedBy: String
        var health: Health
        var subject: String
        var issuer: String
        var publicKeyPin: String
        /// The thumbprints, in upper-case hexadecimal digits, as Windows shows the first one; empty if unknown.
        var sha1: String
        var sha256: String

        /// How long before its expiry a certificate causes a warning, as in the alerting rules.
        static let warning = Duration.seconds(21 * 86_400)

        init(_ facts: CertificateInfo, _ trust: TLSTrust, at now: Timestamp) {
            func moment(_ seconds: Int64) -> Moment { Moment(Timestamp(secondsSince1970: Double(seconds))) }
            notAfter = moment(facts.notAfter)
            notBefore = moment(facts.notBefore)
            verified = facts.verified
            verifiedBy =
                switch trust {
                case .unverified: "nothing"
                case .verified(_, .some): "pin"
                case .verified(.some, nil): "ca_file"
                case .verified(nil, nil): "system"
                }
            health =
                if notAfter.time <= now {
                    .bad
                } else if !facts.verified {
                    trust.skipsVerification ? .warning : .bad
                } else {
                    notAfter.time < now + Self.warning ? .warning : .good
                }
            subject = Target.named(facts.subject)
            issuer = Target.named(facts.issuer)
            publicKeyPin = Target.named(facts.publicKeyPin)
            (sha1, sha256) = (Target.named(facts.sha1), Target.named(facts.sha256))
        }
    }

    /// One collector of a target.
    struct Collector: Sendable, Encodable {
        enum State: String, Sendable, Encodable {
            case working
            case failing
            /// The server does not have the functions it needs.
            case unsupported
            /// It has not been tried yet.
            case unknown
        }

        var name: String
        var state: State
        /// Whether the server has the functions it needs; absent until that is known.
        var supported: Bool?
        var lastSuccess: Moment?
        /// How long the last collection took.
        var durationSeconds: Double?
        var intervalSeconds: Double
        /// What the last successful collection had to leave out.
        var warnings: [String]
        /// Why the last collection failed.
        var error: Failure?

        init(_ name: CollectorName, interval: Duration, _ state: CollectorState) {
            self.name = name.rawValue
            self.state =
                switch (state.isSupported, state.succeeded) {
                case (false?, _): .unsupported
                case (_, true?): .working
                case (_, false?): .failing
                case (_, nil): .unknown
                }
            supported = state.isSupported
            lastSuccess = Moment(state.lastSuccess)
            durationSeconds = state.duration?.inSeconds
            intervalSeconds = interval.inSeconds
            warnings = state.warnings.map(TerminalText.clean)
            error = state.lastError.map { Failure($0) }
        }
    }

    /// The verifications that the exporter itself runs on a target.
    struct Verification: Sendable, Encodable {
        struct Running: Sendable, Encodable {
            /// The ids of the stores.
            var stores: [String]
            var start: Moment
            /// Above 0, up to 1; absent while it is unknown.
            var progress: Double?
            var messagesVerified: Int64?
            /// Lines of its log that may report damage.
            var suspiciousLogLines: Int
        }

        var schedule: String
        var next: Moment?
        var running: Running?

        init?(_ report: TargetReport) {
            guard let settings = report.configuration.verification else { return nil }
            schedule = settings.schedule.description
            next = Moment(report.ledger.ownVerifications.nextStart)
            running = report.ledger.ownVerifications.current.map { run in
                Running(
                    stores: run.stores.map(Target.named), start: Moment(run.start), progress: run.progress,
                    messagesVerified: run.log.messagesVerified, suspiciousLogLines: run.log.errorLines)
            }
        }
    }
}
