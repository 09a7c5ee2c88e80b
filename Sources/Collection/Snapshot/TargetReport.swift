package import Configuration
package import Ledger
package import MailStoreAPI

/// What is known of one target at one moment, for the pages that people read.
///
/// It is immutable and costs next to nothing to make, since it shares its parts with the collection: what the pages say is
/// worked out when somebody asks for one.
package struct TargetReport: Sendable {
    package var configuration: TargetConfiguration
    /// Whether human names stay off the pages (`privacy.hide_names`).
    package var hidesNames: Bool
    package var success: SuccessRule
    /// Whether the last collection reached the API and was let in; `nil` before the first.
    package var isUp: Bool?
    package var collectors: [(name: CollectorName, interval: Duration, state: CollectorState)]
    /// The certificate that the server last showed.
    package var certificate: CertificateFacts?
    /// The server's clock against this machine's, in seconds, positive where the server is ahead.
    package var clockSkew: Double?
    package var ledger: TargetLedger
    package var calls: CallLog
}
