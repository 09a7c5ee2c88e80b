package import Configuration
package import Exposition
package import Ledger
package import MailStoreAPI

/// Asks a server one kind of question and turns the answers into samples.
///
/// Collectors are alike, one a file: which functions one needs, what it fetches, and which families it fills, declared in
/// the same file. A new one is added to ``CollectorName`` and to ``Collectors/all``, and nowhere else.
package protocol Collector: Sendable {
    static var name: CollectorName { get }
    /// Without all of these the server does not support the collector, which is no failure.
    static var functions: [InformationalFunction] { get }
    /// The families that this collector alone fills.
    static var families: [FamilyDescriptor] { get }

    /// Fetches the facts; what throws is the reason for which the collector failed this time.
    ///
    /// Partial results are results: what was learned before a failure stays where it was put.
    func collect(_ context: CollectionContext) async throws(APIError) -> any CollectedFacts
}

/// What a collector has found out: it writes itself as samples.
package protocol CollectedFacts: Sendable {
    /// - Parameter ledger: the outcomes as they stand now.
    func write(to samples: inout SampleWriter, ledger: TargetLedger)
}

/// What a collector works with during one run.
package struct CollectionContext: Sendable {
    package let api: APIClient
    package let deadline: Deadline
    package let ledger: LedgerStore
    package let statistics: TargetStatistics
    package let server: ServerClock
    package let settings: OutcomeContext

    package init(
        api: APIClient, deadline: Deadline, ledger: LedgerStore, statistics: TargetStatistics, server: ServerClock,
        settings: OutcomeContext
    ) {
        self.api = api
        self.deadline = deadline
        self.ledger = ledger
        self.statistics = statistics
        self.server = server
        self.settings = settings
    }
}

/// What the configuration says of the outcomes of one target.
package struct OutcomeContext: Sendable {
    package var rules: OutcomeRules
    var expectations: Expectations
}

/// The list of collectors: the one place that names them all.
package enum Collectors {
    package static let all: [any Collector] = [
        ServerCollector(), LicenseCollector(), UsersCollector(), SessionsCollector(), StoresCollector(),
        JobsCollector(), ProfilesCollector(),
    ]
}
