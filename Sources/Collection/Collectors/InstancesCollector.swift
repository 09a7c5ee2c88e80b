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
        let rows: [Instance]
        do throws(APIError) {
            rows = try await context.call(.getInstances, [FormField("instanceFilter", "*")], as: [Instance].self)
        } catch {
            if target.collectsArchives { await target.restoreInstances() }
            throw error
        }
        let selection = target.configuration.instances
        let limit = target.limits.seriesPerTarget / ItemKind.instance.mostSeries(TargetLedger())
        let doubts = target.instances.withLock { $0.list(rows, selection, limit: limit) }
        if let doubts { throw Self.emptyList(doubts) }
        if target.collectsArchives { await target.beginArchives() }
        let round = InstanceRound(context: context, collector: Self.name)
        let outcome = try await round.run(target.instances.withLock { $0.queue }) { entry, deadline in
            let reading = await InstanceReading(context: context, instance: entry.instance, deadline: deadline).read()
            let (now, uptime) = (target.clock.now(), target.clock.uptime())
            target.instances.withLock { $0.take(reading, of: entry.instance.id, at: now, uptime: uptime) }
            return reading.failure
        }
        let (uptime, settings) = (target.clock.uptime(), target.settings)
        let table = target.instances.withLock { table in
            table.expire(at: uptime, settings)
            return table
        }
        let unknown = table.sorted.count { $0.status.map { !Self.states.contains($0) } ?? false }
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
            failure = outcome.failure(of: InstancesCollector.name, .getInstances)
            warnings = outcome.warnings
        }

        /// Each instance has a page of its own (``InstancePage``).
        package func write(to samples: inout SampleWriter, ledger: TargetLedger) {}
    }
}
