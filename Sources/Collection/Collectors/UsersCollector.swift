import Configuration
import Exposition
import Ledger
import MailStoreAPI

/// The number of users, by the status of their multi-factor authentication.
struct UsersCollector: Collector {
    static let name = CollectorName.users
    static let functions = [InformationalFunction.getUsers]

    private static let users = FamilyDescriptor(
        "mailstore_users", .gauge, help: "Users, by the status of their multi-factor authentication.",
        labels: ["target", "instance_id", "mfa_status"], group: name.rawValue)
    static let families = [users]

    func collect(_ context: CollectionContext) async throws(APIError) -> Values {
        let users = try await context.call(.getUsers, as: [User].self)
        // Only "Disabled" is documented, so no status counts as unknown; the vocabulary only limits their number.
        var vocabulary = ResultVocabulary(known: [])
        var counts: [String: Int64] = [:]
        for user in users { counts[vocabulary.admit(user.mfaStatus).word, default: 0] += 1 }
        return Values(counts: counts)
    }

    struct Values: CollectedValues {
        let counts: [String: Int64]

        func write(to samples: inout SampleWriter, ledger: TargetLedger) {
            for (status, count) in counts.sorted(by: { $0.key < $1.key }) {
                samples.add(UsersCollector.users, [("mfa_status", status)], count)
            }
        }
    }
}
