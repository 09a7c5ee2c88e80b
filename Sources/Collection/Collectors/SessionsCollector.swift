import Configuration
import Exposition
import Ledger
import MailStoreAPI

/// The number of open logon sessions; their fields are undocumented, so the sessions are only counted.
struct SessionsCollector: Collector {
    static let name = CollectorName.sessions
    static let functions = [InformationalFunction.getActiveSessions]

    private static let sessions = FamilyDescriptor(
        "mailstore_active_sessions", .gauge, help: "Open logon sessions.", labels: ["target"], group: name.rawValue)
    static let families = [sessions]

    func collect(_ context: CollectionContext) async throws(APIError) -> Values {
        Values(count: try await context.call(.getActiveSessions, as: JSONElementCount.self).count)
    }

    struct Values: CollectedValues {
        let count: Int

        func write(to samples: inout SampleWriter, ledger: TargetLedger) {
            samples.add(SessionsCollector.sessions, [], Int64(count))
        }
    }
}
