package import Configuration
package import Exposition
package import Ledger
package import MailStoreAPI

/// The page of one target: its samples for Prometheus, and what the status pages show.
package struct TargetPage: Sendable {
    package let target: String
    package let blocks: [FamilyBlock]
    /// Whether the target has been tried at least once.
    let wasTried: Bool
    /// How often its state could not be saved since the start.
    package let stateSaveFailures: Int
    /// Series that were left out since the previous page, because they occurred twice.
    package let newDuplicates: Int
    package var report: TargetReport?
}

/// The state of one target at one moment.
///
/// It is immutable and cheap to create, since it shares its parts with the collection. The status pages are computed
/// from it on request.
package struct TargetReport: Sendable {
    package var configuration: TargetConfiguration
    /// Whether human names stay off the pages (`privacy.hide_names`).
    package var hidesNames: Bool
    package var success: SuccessRule
    /// Whether the last collection reached the API and logged in; `nil` before the first.
    package var isUp: Bool?
    /// What does not fit between the configuration and the server.
    package var notes: [String] = []
    package var collectors: [(name: CollectorName, interval: Duration, state: CollectorState)]
    var counts = TargetStatistics.Counts()
    /// The server's clock minus this machine's, in seconds.
    package var clockSkew: Double?
    package var ledger: TargetLedger
    package var calls: CallLog

    /// The certificate that the server last showed.
    package var certificate: CertificateInfo? { counts.certificate }

    /// The last values of a collector; `nil` if there are none or they are stale.
    package func values<C: Collector>(of collector: C.Type) -> C.Values? {
        collectors.first { $0.name == C.name }?.state.values as? C.Values
    }
}
