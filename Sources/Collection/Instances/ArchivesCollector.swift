import Configuration
import Exposition
package import Ledger
package import MailStoreAPI
import OperatingSystem

/// A collector that asks each instance of a Service Provider Edition what a collector of MailStore Server asks its server.
package protocol ArchivesCollecting: Collector {}

/// Runs a collector on the archive of each instance.
///
/// An instance that is stopped, does not answer, or lacks service provider access that the collector needs is not asked;
/// ``InstancesCollector`` finds that out.
struct ArchivesCollector<Archive: Collector>: ArchivesCollecting {
    static var name: CollectorName { Archive.name }
    static var functions: [InformationalFunction] { Archive.functions }
    static var furtherFunctions: [InformationalFunction] { Archive.furtherFunctions }
    static var families: [FamilyDescriptor] { [] }

    let archive: Archive

    func collect(_ context: CollectionContext) async throws(APIError) -> ArchiveValues {
        let target = context.target
        let queue = target.instances.withLock { $0.queue(of: Self.name, needsAccess: Archive.needsProviderAccess) }
        let round = InstanceRound(context: context, collector: Self.name)
        let archive = archive
        let outcome = try await round.run(queue) { entry, deadline in
            await Self.run(archive, on: entry, context, by: deadline)
        }
        let (uptime, settings) = (target.clock.uptime(), target.settings)
        target.instances.withLock { $0.expire(at: uptime, settings) }
        return ArchiveValues(failure: outcome.failure(of: Self.name, Self.functions[0]), warnings: outcome.warnings)
    }

    private static func run(
        _ archive: Archive, on entry: InstanceTable.Entry, _ context: CollectionContext, by deadline: Deadline
    ) async -> APIError? {
        guard let target = entry.archive else { return nil }
        let (id, start) = (entry.instance.id, target.clock.uptime())
        let result: Result<Archive.Values, APIError>
        do throws(APIError) {
            result = .success(try await archive.collect(context.on(target, by: deadline)))
        } catch {
            // What was not asked because the end of the program came is no failure.
            if Task.isCancelled { return nil }
            result = .failure(error)
        }
        let (outcomes, now, uptime) = (await target.ledger.snapshot, target.clock.now(), target.clock.uptime())
        return target.instances.withLock { table in
            table.take(outcomes, of: id)
            var failure: APIError?
            table.change(name, of: id) { state in
                switch result {
                case .success(let values): state.collected(values, at: now, uptime: uptime)
                case .failure(let error): state.failed(error)
                }
                state.ended(at: uptime, after: uptime - start)
                failure = state.lastError
            }
            return failure
        }
    }
}

/// What a round has found out; the values of each instance are in the ``InstanceTable``.
package struct ArchiveValues: CollectedValues {
    package let failure: APIError?
    package let warnings: [String]

    package func write(to samples: inout SampleWriter, ledger: TargetLedger) {}
}

extension TargetDependencies {
    /// Whether anything is collected of the archives of instances.
    var collectsArchives: Bool {
        configuration.verification != nil
            || Collectors.all(of: .serviceProvider, for: configuration).contains { $0 is any ArchivesCollecting }
    }

    /// Shows the counters of the instances that the saved state has, while the server does not list them.
    func restoreInstances() async {
        guard let state, instances.withLock({ $0.sorted.isEmpty }) else { return }
        let name = configuration.name
        let keys = await stateFiles.result(within: LedgerStore.patience) { (try? state.keys()) ?? [] }
        let ids = (keys ?? []).filter { $0.target == name && !$0.instance.isEmpty }.map(\.instance)
        instances.withLock { $0.restore(ids, configuration.instances) }
        await beginArchives()
    }

    /// Reads the state of new instances, so that their archives can be collected.
    func beginArchives() async {
        var failures: [(id: String, isNew: Bool, error: StateError)] = []
        for instance in instances.withLock({ $0.withoutArchive }) where !Task.isCancelled {
            do throws(StateError) {
                let archive = try await on(instance)
                let outcomes = await archive.ledger.snapshot
                instances.withLock { $0.begin(instance.id, archive, outcomes) }
            } catch {
                let isNew = instances.withLock { $0.cannotBegin(instance.id, "\(error)") }
                failures.append((instance.id, isNew, error))
            }
        }
        guard let first = failures.first, failures.contains(where: \.isNew) else { return }
        logger.error(
            "the state of instances cannot be read: their archives are not collected",
            metadata: ["instances": "\(failures.count)", "first": "\(first.id)", "error": "\(first.error)"])
    }
}
