import Configuration
import Exposition
import Ledger
import MailStoreAPI

/// How much of the licence is used.
struct LicenseCollector: Collector {
    static let name = CollectorName.license
    static let functions = [InformationalFunction.getLicenseInformation]

    private static let namedUsers = FamilyDescriptor(
        "mailstore_license_named_users", .gauge, help: "Named users that count against the licence.",
        labels: ["target"], group: name.rawValue)
    private static let maxNamedUsers = FamilyDescriptor(
        "mailstore_license_max_named_users", .gauge, help: "Named users that the licence allows.",
        labels: ["target"], group: name.rawValue)
    static let families = [namedUsers, maxNamedUsers]

    func collect(_ context: CollectionContext) async throws(APIError) -> Values {
        Values(license: try await context.call(.getLicenseInformation, as: LicenseInformation.self))
    }

    struct Values: CollectedValues {
        let license: LicenseInformation

        func write(to samples: inout SampleWriter, ledger: TargetLedger) {
            samples.add(LicenseCollector.namedUsers, [], license.namedUsers)
            samples.add(LicenseCollector.maxNamedUsers, [], license.maxNamedUsers)
        }
    }
}
