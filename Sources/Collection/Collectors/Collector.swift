package import Configuration
package import Exposition
package import Ledger
package import MailStoreAPI

/// Asks a server one kind of question and turns the answers into samples.
///
/// A collector is one file: the functions it calls, what it keeps of their results, the families it declares and how it
/// writes them. A new one also needs a line in ``Collectors/all`` and a ``CollectorName``.
package protocol Collector: Sendable {
    /// What the collector keeps of its last success.
    associatedtype Values: CollectedValues

    static var name: CollectorName { get }
    /// Without all of these the server does not support the collector, which is not a failure.
    static var functions: [InformationalFunction] { get }
    /// The families that only this collector writes.
    static var families: [FamilyDescriptor] { get }

    /// Calls the server; the error is the reason why the collector failed this time.
    ///
    /// Partial results are kept: what was counted before a failure stays counted.
    func collect(_ context: CollectionContext) async throws(APIError) -> Values

    /// Writes the counters that the ledger keeps. They never vanish: they are written whether or not the last collection
    /// succeeded, and whether or not the target is still configured to run the collector.
    static func writeCounters(_ ledger: TargetLedger, to samples: inout SampleWriter)
}

extension Collector {
    package static func writeCounters(_ ledger: TargetLedger, to samples: inout SampleWriter) {}
}

/// What a collector found, until it is stale.
package protocol CollectedValues: Sendable {
    /// - Parameter ledger: The outcomes as counted up to now.
    func write(to samples: inout SampleWriter, ledger: TargetLedger)
}

/// What a collector works with during one run.
package struct CollectionContext: Sendable {
    package let target: TargetDependencies
    package let deadline: Deadline

    package init(_ target: TargetDependencies, deadline: Deadline) {
        self.target = target
        self.deadline = deadline
    }

    /// Calls a function before the deadline.
    func call<Value: JSONDecodable>(
        _ function: InformationalFunction, _ arguments: [FormField] = [], as type: Value.Type
    ) async throws(APIError) -> Value {
        try await target.api.invoke(function, arguments, as: type, by: deadline)
    }
}

/// The list of collectors: the one place that names them all.
package enum Collectors {
    package static let all: [any Collector] = [
        ServerCollector(), LicenseCollector(), UsersCollector(), SessionsCollector(), StoresCollector(),
        JobsCollector(), ProfilesCollector(),
    ]

    /// Writes everything that the ledger has counted.
    package static func writeCounters(_ ledger: TargetLedger, to samples: inout SampleWriter) {
        for collector in all { type(of: collector).writeCounters(ledger, to: &samples) }
        VerificationOutcomes.writeCounters(ledger, to: &samples)
    }
}

/// Which functions a server offers.
package enum Capabilities: Sendable {
    /// get-metadata has not answered: every function is tried.
    case unknown
    case offered(Set<String>)

    package init(_ metadata: [FunctionMetadata]) {
        self = .offered(Set(metadata.map(\.name)))
    }

    /// Whether the server offers all of the functions; `nil` while that is unknown.
    package func offers(_ functions: [InformationalFunction]) -> Bool? {
        switch self {
        case .unknown: nil
        case .offered(let names): functions.allSatisfy { names.contains($0.rawValue) }
        }
    }
}
