import Configuration
import Exposition
import Ledger
import MailStoreAPI

/// How many logon sessions are open: their fields are unpublished, so they are only counted.
struct SessionsCollector: Collector {
    static let name = CollectorName.sessions
    static let functions = [InformationalFunction.getActiveSessions]

    private static let sessions = FamilyDescriptor(
        "mailstore_active_sessions", .gauge, help: "Logon sessions that are open.", labels: ["target"],
        group: name.rawValue)
    static let families = [sessions]

    func collect(_ context: CollectionContext) async throws(APIError) -> any CollectedFacts {
        Facts(
            sessions: try await context.api.invoke(
                .getActiveSessions, as: JSONElementCount.self, by: context.deadline))
    }

    private struct Facts: CollectedFacts {
        let sessions: JSONElementCount

        func write(to samples: inout SampleWriter, ledger: TargetLedger) {
            samples.add(SessionsCollector.sessions, [], Int64(sessions.count))
        }
    }
}
