import Configuration
import Ledger
import MailStoreAPI
import OperatingSystem

/// Runs the verifications of a target's instances: each instance on the schedule, so many on a host at a time as
/// configured.
final class InstanceVerifications: Sendable {
    private let settings: VerificationSettings
    private let target: TargetDependencies
    private let hosts: HostTurns
    /// Updates the page of the target.
    private let publish: @Sendable () async -> Void
    private let tasks = Locked<[String: Task<Void, Never>]>([:])

    init(_ settings: VerificationSettings, of target: TargetDependencies, publish: @escaping @Sendable () async -> Void)
    {
        self.settings = settings
        self.target = target
        self.publish = publish
        hosts = HostTurns(limit: settings.atATimeOnHost)
    }

    /// Begins with instances that are new, and ends with those that are gone.
    func follow() {
        let archives = target.instances.withLock { table in
            Dictionary(
                uniqueKeysWithValues: table.sorted.compactMap { entry in entry.archive.map { (entry.instance.id, $0) } }
            )
        }
        tasks.withLock { tasks in
            for (id, archive) in archives where tasks[id] == nil {
                tasks[id] = Task { [settings, hosts, publish] in
                    let runner = VerificationRunner(settings, of: archive, hosts: hosts)
                    await runner.run {
                        let outcomes = await archive.ledger.snapshot
                        archive.instances.withLock { $0.take(outcomes, of: id) }
                        await publish()
                    }
                }
            }
            for id in tasks.keys where archives[id] == nil { tasks.removeValue(forKey: id)?.cancel() }
        }
    }

    /// Ends all; a verification that runs on the server goes on, and is watched again after the next start.
    func stop() async {
        let all = tasks.withLock { tasks in
            defer { tasks = [:] }
            return Array(tasks.values)
        }
        for task in all { task.cancel() }
        for task in all { await task.value }
    }
}

/// Limits how many verifications run on a host at a time.
final class HostTurns: Sendable {
    private let limit: Int
    private let limiters = Locked<[String: CallLimiter]>([:])

    init(limit: Int) {
        self.limit = limit
    }

    /// Runs `body` when it is its turn on the host.
    ///
    /// - Parameter waits: False for what runs there already: it counts, but does not wait.
    /// - Throws: `CancellationError` if the task is cancelled while it waits.
    func withTurn(
        on host: String, waits: Bool, isolation: isolated (any Actor)? = #isolation, _ body: () async -> Void
    ) async throws {
        let limiter = limiters.withLock { limiters in
            if let limiter = limiters[host] { return limiter }
            let limiter = CallLimiter(limit: limit)
            limiters[host] = limiter
            return limiter
        }
        try await limiter.withSlot(waits: waits) { await body() }
    }
}

extension TargetDependencies {
    /// What is known of the instance that these components collect; `nil` if it is gone, or they collect a server.
    var listed: Instance? {
        instance.flatMap { id in instances.withLock { $0[id]?.instance } }
    }
}
