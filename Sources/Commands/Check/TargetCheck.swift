import Collection
import Configuration
import CurlTransport
import Ledger
import Logging
import MailStoreAPI
import OperatingSystem

/// One thing to check about a server.
///
/// A new check needs its own type and a line in ``TargetChecks/all``.
protocol TargetCheck: Sendable {
    static var name: CheckName { get }
    /// The checks that must not fail for this one to run.
    static var needs: [CheckName] { get }

    /// Whether the check has a meaning for the target.
    static func concerns(_ context: CheckContext) -> Bool

    /// Runs the check, and stores results for later checks in the context.
    func run(_ context: inout CheckContext) async -> [Finding]
}

extension TargetCheck {
    static func concerns(_ context: CheckContext) -> Bool { true }
}

/// The names of the steps in the JSON report.
enum CheckName: String, Sendable {
    case configuration
    case password
    case name
    case tcp
    case tls
    case api
    case login
    case functions
    case timeZone = "time_zone"
    case clock
    case stores
    case environment
    /// One step for each collector: `collector_jobs`.
    case collector
    case expectedIntervals = "expected_intervals"
    case state
}

/// The list of checks, in dependency order.
enum TargetChecks {
    static let all: [any TargetCheck] = [
        PasswordCheck(), NameCheck(), ConnectionCheck(), CertificateCheck(), APICheck(), LoginCheck(),
        FunctionsCheck(), TimeZoneCheck(), ClockCheck(), StoresCheck(), EnvironmentCheck(), CollectorsCheck(),
        ExpectedIntervalsCheck(), StateCheck(),
    ]
}

/// A finding of a check.
struct Finding: Sendable {
    var status: CheckStatus
    var message: String
    var remedy: String?
    var details: [CheckDetail] = []
    /// The subject, if a check has several findings: a collector's name.
    var part: String?

    init(
        _ status: CheckStatus, _ message: String, remedy: String? = nil, details: [CheckDetail] = [],
        part: String? = nil
    ) {
        self.status = status
        self.message = message
        self.remedy = remedy
        self.details = details
        self.part = part
    }
}

/// The shared state of the checks of one server, with their results so far.
struct CheckContext: Sendable {
    let parts: TargetDependencies
    /// What the exporter has counted.
    let state: SavedState
    let network: NetworkProbe
    let environment: [String: String]
    let clock: Clock

    /// The addresses of the host.
    var addresses: [NetworkAddress] = []
    /// The reply to get-metadata; `nil` until it was called.
    var metadata: Result<[FunctionMetadata], APIError>?
    /// The jobs and the profiles that the collectors found; `nil` if they were not collected.
    var jobs: [Job]?
    var profiles: [Profile]?

    /// - Parameter transport: Carries the calls to the server.
    init(
        _ target: TargetConfiguration, of configuration: Configuration, transport: any HTTPTransport,
        state: SavedState, network: NetworkProbe, environment: [String: String], clock: Clock
    ) {
        // Without a file the ledger stays in memory, so that a check changes no state.
        parts = TargetDependencies(
            target, of: configuration, transport: transport, state: nil, environment: environment,
            clock: clock, logger: Logger(label: "check") { _ in SwiftLogNoOpLogHandler() })
        self.state = state
        self.network = network
        self.environment = environment
        self.clock = clock
    }

    var target: TargetConfiguration { parts.configuration }
    var settings: CollectionSettings { parts.settings }

    /// The certificate that the server presented last, accepted or not.
    var certificate: CertificateInfo? { parts.statistics.counts.certificate }

    /// The functions that the server offers.
    var capabilities: Capabilities {
        guard case .success(let functions) = metadata else { return .unknown }
        return Capabilities(functions, needed: collectors.flatMap { type(of: $0).functions })
    }

    /// The edition that the server's functions show; `nil` if they are not known.
    var shownEdition: Edition? {
        if case .success(let functions)? = metadata { Edition(of: functions) } else { nil }
    }

    /// The edition whose collectors run.
    var edition: Edition { target.edition ?? shownEdition ?? .server }

    /// The collectors that run for the target.
    var collectors: [any Collector] { Collectors.all(of: edition, for: target) }

    /// Whether the server offers the function; assumed if it did not list its functions.
    func offers(_ function: InformationalFunction) -> Bool {
        capabilities.offers([function]) ?? true
    }

    /// The deadline of one call, or of one run of a collector.
    func deadline() -> Deadline {
        Deadline(after: settings.timeout.duration, clock: clock)
    }

    /// The proxy through which requests to the server go, if the environment names one.
    var proxy: Proxy? { Proxy(for: target.url.host, environment: environment) }

    /// The environment variables that name the certificate authorities of the target; `nil` if the system's are used.
    var authorityVariables: String? {
        guard target.trust == .verified(caFile: nil, pin: nil) else { return nil }
        let set = ["SSL_CERT_FILE", "SSL_CERT_DIR"].filter { environment[$0]?.isEmpty == false }
        return set.isEmpty ? nil : set.joined(separator: " and ")
    }

    /// A remark that a failure of this step may not matter because of a proxy; `nil` without a proxy.
    var proxyRemark: String? {
        proxy.map { "The environment variable \($0.variable) sets a proxy, which may still reach the server." }
    }
}
