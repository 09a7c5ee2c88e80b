package import Configuration
package import Exposition
package import Ledger
package import MailStoreAPI
import OperatingSystem
import PlainText

/// The instances of a Service Provider Edition: their state, their size and what their processes use.
package struct InstancesCollector: Collector {
    package static let name = CollectorName.instances
    package static let functions = [InformationalFunction.getInstances]
    package static let furtherFunctions = [
        InformationalFunction.getArchiveAdminEnabled, .canRunArchiveProfiles, .getInstanceStatistics,
        .getInstanceProcessLiveStatistics,
    ]
    package static let families = InstanceFamilies.all
    /// `running` is the only word that is published (`docs/api.md`, "Service Provider Edition").
    static let states = ["running", "stopped", "frozen"]

    package func collect(_ context: CollectionContext) async throws(APIError) -> Values {
        let target = context.target
        let rows = try await context.call(.getInstances, [FormField("instanceFilter", "*")], as: [Instance].self)
        let selection = target.configuration.instances
        let limit = target.limits.seriesPerTarget / ItemKind.instance.mostSeries(TargetLedger())
        let doubts = target.instances.withLock { $0.list(rows, selection, limit: limit) }
        if let doubts { throw Self.emptyList(doubts) }
        let outcome = try await InstanceRound(context: context).run(target.instances.withLock { $0.queue })
        let (uptime, maximumAge) = (target.clock.uptime(), target.settings.maximumAge(for: Self.name).duration)
        let table = target.instances.withLock { table in
            table.expire(at: uptime, maximumAge: maximumAge)
            return table
        }
        var vocabulary = ResultVocabulary(known: Self.states)
        let unknown = table.sorted.count { $0.instance.status.map { !vocabulary.admit($0).isKnown } ?? false }
        target.statistics.countUnknownValues(of: .instanceStatus, unknown)
        return Values(table, outcome)
    }

    /// The failure for an empty list where there were instances: for a moment, a server may list none.
    private static func emptyList(_ number: Int) -> APIError {
        APIError(
            .badReply, function: InformationalFunction.getInstances.rawValue,
            description: """
                GetInstances lists no instance, but did before; the instances are kept until \
                \(InstanceTable.emptyListsNeeded) lists in a row are empty (this is number \(number)): check the management \
                server if this is not right
                """)
    }

    package struct Values: CollectedValues {
        /// In the order of their ids.
        package let entries: [InstanceTable.Entry]
        /// How many instances the server lists, chosen or not.
        package let listedCount: Int
        package let unmatched: [InstancePattern]
        package let failure: APIError?
        package let warnings: [String]

        init(_ table: InstanceTable, _ outcome: InstanceRound.Outcome) {
            entries = table.sorted
            listedCount = table.listedCount
            unmatched = table.unmatched
            failure = outcome.failure
            warnings = outcome.warnings
        }

        package func write(to samples: inout SampleWriter, ledger: TargetLedger) {
            var vocabulary = ResultVocabulary(known: InstancesCollector.states)
            for entry in entries where samples.shows(.instance, entry.instance.id) {
                InstanceFamilies.write(entry, &vocabulary, to: &samples)
            }
        }
    }
}

extension InstanceRound.Outcome {
    /// Why the run did not succeed, although what it has read counts; `nil` if it did.
    fileprivate var failure: APIError? {
        let function = InformationalFunction.getInstances.rawValue
        if left > 0 {
            return APIError(
                .timeout, function: function,
                description: """
                    the time was over before all instances were asked: \(left) were not; the next run begins with them. \
                    Raise collection.max_concurrent_calls, or collection.intervals.instances
                    """)
        }
        guard failed == asked, var first = firstFailure else { return nil }
        first.description = "no instance answers (\(asked) asked); the first failure: \(first.description)"
        return first
    }

    fileprivate var warnings: [String] {
        guard let firstFailure, failed < asked else { return [] }
        return [
            "instances of which data is missing: \(failed) of \(asked); the first failure: \(firstFailure.description)"
        ]
    }
}
