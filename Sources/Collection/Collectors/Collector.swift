package import Configuration
package import Exposition
package import Ledger
package import MailStoreAPI

/// Asks a server one kind of question and turns the answers into samples.
///
/// A collector is one file: the functions it calls, what it keeps of their results, the families it declares and how it
/// writes them. A new one also needs a line in ``Collectors/all`` and a ``CollectorName``.
package protocol Collector: Sendable {
    /// The values that the collector keeps from its last success.
    associatedtype Values: CollectedValues

    static var name: CollectorName { get }
    /// The functions that the collector needs; a server that lacks one does not support it, which is not a failure.
    static var functions: [InformationalFunction] { get }
    /// The functions that it calls too if the server offers them.
    static var furtherFunctions: [InformationalFunction] { get }
    /// Whether its functions need service provider access on an instance of a Service Provider Edition.
    static var needsProviderAccess: Bool { get }
    /// The families that only this collector writes.
    static var families: [FamilyDescriptor] { get }

    /// Calls the server; throws the reason for a failed run.
    ///
    /// Partial results are kept: runs counted before a failure stay counted.
    func collect(_ context: CollectionContext) async throws(APIError) -> Values

    /// Writes the counters that the ledger keeps.
    ///
    /// They never disappear: they are written whether or not the last collection succeeded, and whether or not the
    /// collector is still enabled for the target.
    static func writeCounters(_ ledger: TargetLedger, to samples: inout SampleWriter)
}

extension Collector {
    package static var furtherFunctions: [InformationalFunction] { [] }
    package static var needsProviderAccess: Bool { true }

    /// All functions that it calls.
    package static var allFunctions: [InformationalFunction] { functions + furtherFunctions }

    package static func writeCounters(_ ledger: TargetLedger, to samples: inout SampleWriter) {}
}

/// The values of a collector, until they are stale.
package protocol CollectedValues: Sendable {
    /// - Parameter ledger: The outcomes counted so far.
    func write(to samples: inout SampleWriter, ledger: TargetLedger)

    /// Why a part of the values is missing, so that the run did not succeed; `nil` if nothing is.
    var failure: APIError? { get }

    /// What the values lack although the run succeeded, for people.
    var warnings: [String] { get }
}

extension CollectedValues {
    package var failure: APIError? { nil }
    package var warnings: [String] { [] }
}

/// The tools of a collector during one run.
package struct CollectionContext: Sendable {
    package let target: TargetDependencies
    package let deadline: Deadline
    private let capabilities: Capabilities

    package init(_ target: TargetDependencies, deadline: Deadline, capabilities: Capabilities = .unknown) {
        self.target = target
        self.deadline = deadline
        self.capabilities = capabilities
    }

    /// The tools for the archive of an instance.
    func on(_ archive: TargetDependencies, by deadline: Deadline) -> CollectionContext {
        CollectionContext(archive, deadline: deadline, capabilities: capabilities)
    }

    /// Whether the server offers the function; assumed if it has not listed its functions.
    func offers(_ function: InformationalFunction) -> Bool {
        capabilities.offers([function]) ?? true
    }

    /// Calls a function before the deadline.
    func call<Value: JSONDecodable>(
        _ function: InformationalFunction, _ arguments: [FormField] = [], as type: Value.Type
    ) async throws(APIError) -> Value {
        try await target.api.invoke(function, arguments, as: type, by: deadline)
    }
}

/// The list of all collectors, the only one.
package enum Collectors {
    package static let all: [any Collector] = [
        ServerCollector(), LicenseCollector(), UsersCollector(), SessionsCollector(), StoresCollector(),
        JobsCollector(), ProfilesCollector(), EnvironmentCollector(), InstancesCollector(),
    ]

    /// The collectors that run for a target if it is of this edition; the heartbeat always does.
    ///
    /// On a Service Provider Edition, those that MailStore Server has too run on each instance, which needs the list of
    /// instances.
    package static func all(of edition: Edition, for target: TargetConfiguration) -> [any Collector] {
        let chosen = all.filter { target.collectors.contains(type(of: $0).name) }
        var names = Set(chosen.map { type(of: $0).name })
        names.insert(edition.heartbeat)
        if edition == .serviceProvider, !names.isDisjoint(with: archives.map { type(of: $0).name }) {
            names.insert(.instances)
        }
        let running = all.filter { names.contains(type(of: $0).name) && type(of: $0).name.editions.contains(edition) }
        guard edition == .serviceProvider else { return running }
        // The list of instances comes first.
        let isOfServer = { (collector: any Collector) in type(of: collector).name.editions.contains(.server) }
        return running.filter { !isOfServer($0) } + running.filter(isOfServer).map { onInstances($0) }
    }

    private static func onInstances(_ collector: some Collector) -> any Collector {
        ArchivesCollector(archive: collector)
    }

    /// Those that run on a server, and on each instance of a Service Provider Edition.
    static let archives = all.filter { type(of: $0).name.editions == Set(Edition.allCases) }

    /// Those of them that need service provider access.
    static let needingAccess = archives.map { type(of: $0) }.filter { $0.needsProviderAccess }.map { $0.name }

    /// Writes all counters of the ledger.
    package static func writeCounters(_ ledger: TargetLedger, to samples: inout SampleWriter) {
        for collector in all { type(of: collector).writeCounters(ledger, to: &samples) }
        VerificationOutcomes.writeCounters(ledger, to: &samples)
    }
}

extension Edition {
    /// The edition whose functions are in the reply to get-metadata; `nil` if the list does not show it.
    package init?(of metadata: [FunctionMetadata]) {
        let names = Set(metadata.map { $0.name.lowercased() })
        func lists(_ functions: InformationalFunction...) -> Bool {
            functions.contains { names.contains($0.rawValue.lowercased()) }
        }
        if lists(.getServerInfo) {
            self = .server
        } else if lists(.getEnvironmentInfo, .getServiceStatus, .getInstances) {
            self = .serviceProvider
        } else {
            return nil
        }
    }
}

/// Which functions a server offers.
package enum Capabilities: Sendable {
    /// get-metadata has not answered with a usable list, so every function is tried.
    case unknown
    /// The names in lower case: field names are matched without regard to case too.
    case offered(Set<String>)

    /// The functions in the reply to get-metadata.
    ///
    /// A list in which nothing that is needed occurs is not believed: a server without any of the functions is less
    /// likely than a list that is empty, or that something on the way has made up.
    ///
    /// - Parameter needed: The functions of the collectors.
    package init(_ metadata: [FunctionMetadata], needed: some Sequence<InformationalFunction>) {
        let names = Set(metadata.map { $0.name.lowercased() })
        self = needed.contains { names.contains($0.rawValue.lowercased()) } ? .offered(names) : .unknown
    }

    /// Whether the server offers all of the functions; `nil` while that is unknown.
    package func offers(_ functions: [InformationalFunction]) -> Bool? {
        names.map { names in functions.allSatisfy { names.contains($0.rawValue.lowercased()) } }
    }

    /// The names of all functions in lower case; `nil` while they are unknown.
    package var names: Set<String>? {
        if case .offered(let names) = self { names } else { nil }
    }

    /// The failure of a reply to get-metadata that lists nothing of use.
    package static func uselessList(_ metadata: [FunctionMetadata]) -> APIError {
        let count =
            metadata.isEmpty ? "no function" : "functions (\(metadata.count)), but none that the collectors need"
        return APIError(
            .badReply, function: ServiceCall.getMetadata.rawValue,
            description: "get-metadata lists \(count), so all functions are tried: check that the URL is that of "
                + "MailStore's Administration API, and whether a proxy in front of it changes the reply")
    }
}
