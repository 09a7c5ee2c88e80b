package import Collection
package import Configuration
package import Ledger
import Logging
package import MailStoreAPI
package import OperatingSystem

/// One thing that the doctor looks at, for one server.
///
/// A new check is a type of its own and a line in ``TargetChecks/all``.
protocol TargetCheck: Sendable {
    static var name: CheckName { get }
    /// The checks without whose success this one cannot be tried.
    static var needs: [CheckName] { get }

    /// Looks, and leaves in the examination what later checks want to know.
    func run(_ examination: inout Examination) async -> [Finding]
}

/// The steps, by the names that programs see.
package enum CheckName: String, Sendable, CaseIterable {
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
    /// One step a collector: `collector_jobs`.
    case collector
}

/// The list of checks, in the order in which a connection meets what they look at.
enum TargetChecks {
    static let all: [any TargetCheck] = [
        PasswordCheck(), NameCheck(), ConnectionCheck(), CertificateCheck(), APICheck(), LoginCheck(),
        FunctionsCheck(), TimeZoneCheck(), ClockCheck(), StoresCheck(), CollectorsCheck(),
    ]
}

/// What a check found.
package struct Finding: Sendable {
    package var status: CheckStatus
    package var message: String
    package var remedy: String?
    package var details: [CheckDetail] = []
    /// What of the check's subject it is about, where a check has several findings: a collector's name.
    package var part: String?

    package init(
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

/// The examination of one server: what its checks work with, and what they have found out so far.
package struct Examination: Sendable {
    package let parts: TargetParts
    package let network: NetworkProbe
    package let environment: [String: String]
    package let clock: Clock

    /// The addresses that the host's name has.
    package var addresses: [NetworkAddress] = []
    /// What get-metadata answered; `nil` until it was asked.
    package var metadata: Result<[FunctionMetadata], APIError>?

    /// - Parameter transport: Carries the calls to the server.
    package init(
        _ target: TargetConfiguration, of configuration: Configuration, transport: any HTTPTransport,
        network: NetworkProbe, environment: [String: String], clock: Clock
    ) throws(LedgerFileError) {
        // Without a file the ledger stays in memory: a check leaves no trace.
        parts = try TargetParts(
            target, of: configuration, transport: transport, ledgerFile: nil, environment: environment,
            clock: clock, logger: Logger(label: "check") { _ in SwiftLogNoOpLogHandler() })
        self.network = network
        self.environment = environment
        self.clock = clock
    }

    package var target: TargetConfiguration { parts.configuration }
    package var settings: CollectionSettings { parts.settings }
    /// Where the server is, for people: `archive.example.com:8463`.
    package var endpoint: String {
        let host = target.url.host
        return host.contains(":") ? "[\(host)]:\(target.url.port)" : "\(host):\(target.url.port)"
    }

    /// The certificate that the server showed last, accepted or not.
    package var certificate: CertificateFacts? { parts.statistics.counts.certificate }

    /// The functions that the server offers, by name; `nil` where it did not say.
    var offeredFunctions: Set<String>? {
        guard case .success(let functions) = metadata else { return nil }
        return Set(functions.map(\.name))
    }

    /// Whether the server offers the function; believed where it did not say.
    package func offers(_ function: InformationalFunction) -> Bool {
        offeredFunctions?.contains(function.rawValue) ?? true
    }

    /// The time that one call, or one run of a collector, has.
    package func deadline() -> Deadline {
        Deadline(after: settings.timeout.duration, clock: clock)
    }

    /// The environment variable that sends requests through a proxy, where one is set.
    ///
    /// Its value may hold a password and is not shown.
    var proxyVariable: String? {
        ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].first { environment[$0]?.isEmpty == false }
    }

    /// Why names and connections that fail here may not matter; `nil` without a proxy.
    var proxyRemark: String? {
        proxyVariable.map { "The environment variable \($0) names a proxy, which may reach the server all the same." }
    }
}
