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
