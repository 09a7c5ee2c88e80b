package import Collection
package import Configuration
package import MailStoreAPI
package import OperatingSystem
import PlainText

extension Status {
    /// One configured target.
    package struct Target: Sendable, Encodable {
        package enum State: String, Sendable, Encodable {
            case up
            case down
            /// It has not been tried yet.
            case unknown
        }

        package var name: String
        package var url: String?
        package var state: State
        /// Why it is down, where that is known.
        package var error: Failure?
        package var version: String?
        package var serverName: String?
        package var certificate: Certificate?
        /// The server's clock against this machine's, positive where the server is ahead.
        var clockSkewSeconds: Double?
        /// How often its state could not be saved since the start.
        package var stateSaveFailures: Int
        package var collectors: [Collector]
        package var jobs: Things
        package var profiles: Things
        /// The stores, and how their verifications went.
        package var stores: Things
        /// The verifications that the exporter itself runs; absent where it runs none.
        package var verification: Verification?
        /// The newest calls, the newest first; not in the JSON.
        package var calls: [CallLog.Entry]

        private enum CodingKeys: String, CodingKey {
            case name, url, state, error, version, serverName, certificate, clockSkewSeconds, stateSaveFailures
            case collectors, jobs, profiles, stores, verification
        }

        /// A target that has not said anything yet.
        package init(name: String) {
            self.name = name
            state = .unknown
            stateSaveFailures = 0
            collectors = []
            (jobs, profiles, stores) = (Things(), Things(), Things())
            calls = []
        }

        package init(_ report: TargetReport, stateSaveFailures: Int, at now: Timestamp, _ extent: Extent) {
            name = report.configuration.name
            url = report.configuration.url.description
            state =
                switch report.isUp {
                case true?: .up
                case false?: .down
                case nil: .unknown
                }
            let server = report.collectors.first { $0.name == .server }?.state
            error = state == .down ? server?.lastError.map { Failure($0) } : nil
            let info = report.values(of: ServerCollector.self)?.info
            version = info?.version.map(Self.named)
            serverName = report.hidesNames ? nil : info?.machineName.map(Self.named)
            certificate = report.certificate.map { Certificate($0, report.configuration.trust, at: now) }
            clockSkewSeconds = report.clockSkew
            self.stateSaveFailures = stateSaveFailures
            collectors = report.collectors.map { Collector($0.name, interval: $0.interval, $0.state) }
            jobs = Things(jobsOf: report, at: now, extent)
            profiles = Things(profilesOf: report, at: now, extent)
            stores = Things(storesOf: report, at: now, extent)
            verification = Verification(report)
            calls = extent.calls ? report.calls.newestFirst : []
        }

        /// A text that a server has chosen, made fit to be shown.
        package static func named(_ text: String) -> String {
            PrintableText.clean(String(text.unicodeScalars.prefix(200)))
        }
    }

    /// What the server's certificate says.
    package struct Certificate: Sendable, Encodable {
        package var notAfter: Moment
        package var notBefore: Moment
        /// Whether a CA or a pin vouched for it.
        package var verified: Bool
        /// `pin`, `ca_file`, `system` or `nothing`: what the configuration asks for.
        var verifiedBy: String
        var health: Health
        package var subject: String
        package var issuer: String
        package var publicKeyPin: String

        /// How long before its end a certificate is worth a warning, as the alert of the kit has it.
        package static let warning = Duration.seconds(21 * 86_400)

        package init(_ facts: CertificateFacts, _ trust: TLSTrust, at now: Timestamp) {
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
        }
    }

    /// One collector of a target.
    package struct Collector: Sendable, Encodable {
        package enum State: String, Sendable, Encodable {
            case working
            case failing
            /// The server does not offer what it needs.
            case unsupported
            /// It has not been tried yet.
            case unknown
        }

        package var name: String
        package var state: State
        /// Whether the server offers what it needs; absent until that is known.
        package var supported: Bool?
        package var lastSuccess: Moment?
        /// How long the last try took.
        var durationSeconds: Double?
        var intervalSeconds: Double
        /// Why the last try failed.
        package var error: Failure?

        package init(_ name: CollectorName, interval: Duration, _ state: CollectorState) {
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
            error = state.lastError.map { Failure($0) }
        }
    }

    /// The verifications that the exporter itself runs on a target.
    package struct Verification: Sendable, Encodable {
        struct Running: Sendable, Encodable {
            /// The ids of the stores.
            var stores: [String]
            var start: Moment
            /// Above 0, up to 1; absent while the server does not say.
            var progress: Double?
            var messagesVerified: Int64?
            /// Lines of its log that look like damage.
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
