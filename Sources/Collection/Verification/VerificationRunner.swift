import Configuration
import Ledger
import Logging
import MailStoreAPI
import OperatingSystem

/// Runs the verifications of one target on a schedule, one process at a time, and watches each until it ends.
///
/// A process is in the state file before it is first polled, so that a restarted exporter continues to watch it. Runs
/// missed while the exporter was down are skipped, because a verification puts load on the server and must run only at
/// the configured time. A metric shows that it is overdue.
actor VerificationRunner {
    /// The longest single sleep, because the wall clock may be changed in the meantime.
    private static let longestSleep = Duration.seconds(60)
    /// The first pause before a failed call is repeated; it doubles up to a quarter of an hour.
    static let firstPause = Duration.seconds(30)
    private static let longestPause = Duration.seconds(900)
    /// How often the page is updated while a verification runs.
    private static let publicationInterval = Duration.seconds(1)

    let settings: VerificationSettings
    let target: TargetDependencies
    /// Limits the verifications of instances; `nil` for a server, which has one at a time.
    private let hosts: HostTurns?
    /// Updates the page.
    private var publish: @Sendable () async -> Void = {}
    private var lastPublication: Duration?
    /// When requests to start a verification began to fail before they were sent.
    var firstFailedStart: Duration?

    init(_ settings: VerificationSettings, of target: TargetDependencies, hosts: HostTurns? = nil) {
        self.settings = settings
        self.target = target
        self.hosts = hosts
    }

    /// Resumes an unfinished verification, then verifies on the schedule until the task is cancelled.
    ///
    /// - Parameter publish: Updates the target's page.
    func run(publish: @escaping @Sendable () async -> Void) async {
        self.publish = publish
        await dropStaleQueue()
        await workOffQueue()
        while !Task.isCancelled {
            guard let next = await planNext() else { return }
            while target.clock.now() < next {
                let wait = min(next.since(target.clock.now()), Self.longestSleep)
                do { try await target.clock.sleep(max(wait, .milliseconds(10))) } catch { return }
            }
            await fillQueue(dueAt: next)
            await workOffQueue()
        }
    }

    /// Drops the rest of a campaign that began long ago or is no longer configured.
    private func dropStaleQueue() async {
        let queue = await target.ledger.ledger.ownVerifications
        let isOld = queue.lastStart.map { target.clock.now() > $0 + settings.stopAfter.duration } ?? false
        let kept =
            isOld ? [] : queue.pending.filter { settings.together || $0.count == 1 }.filter(settings.stores.allows)
        guard kept != queue.pending else { return }
        await target.ledger.update { $0.ownVerifications.pending = kept }
        target.logger.warning(
            "pending verifications are dropped: the stores are verified at the next scheduled time",
            metadata: ["stores": "\(queue.pending.filter { !kept.contains($0) }.joined().joined(separator: ","))"])
    }

    private func planNext() async -> Timestamp? {
        let now = target.clock.now()
        let last = await target.ledger.ledger.ownVerifications.lastStart
        let next = settings.schedule.next(after: now, in: settings.effectiveTimeZone, lastStart: last ?? now)
        await target.ledger.update { ledger in
            // Intervals count from the last start; before the first start, from the time of the first plan.
            if last == nil { ledger.ownVerifications.lastStart = now }
            ledger.ownVerifications.nextStart = next
        }
        await target.ledger.saveNow()
        await publish()
        if let next { target.logger.info("next verification is planned", metadata: ["time": "\(next)"]) }
        return next
    }

    /// Adds the stores to verify to the queue.
    ///
    /// - Parameter instant: When the campaign was due: intervals count from then, so that they do not drift.
    private func fillQueue(dueAt instant: Timestamp) async {
        let following = settings.schedule.next(
            after: target.clock.now(), in: settings.effectiveTimeZone, lastStart: instant)
        await target.ledger.update { ledger in
            ledger.ownVerifications.lastStart = instant
            ledger.ownVerifications.nextStart = following
        }
        guard let stores = await selectStores() else { return }
        guard !stores.isEmpty else {
            target.logger.warning(
                target.instance == nil
                    ? "there is no store to verify: check verification.stores in the configuration"
                    : "the instance lists no store to verify: it may be frozen; else check verification.stores")
            return
        }
        let groups = settings.together ? [stores] : stores.map { [$0] }
        await target.ledger.update { $0.ownVerifications.pending = groups }
        await target.ledger.saveNow()
        target.logger.notice("verification begins", metadata: ["stores": "\(stores.joined(separator: ","))"])
    }

    /// Verifies the stores in the queue, after the process that is already running.
    private func workOffQueue() async {
        while !Task.isCancelled {
            let queue = await target.ledger.ledger.ownVerifications
            if let current = queue.current, current.token.isEmpty {
                // The program ended between sending the request and reading the reply.
                await record(current, as: .lost(.start))
            } else if let current = queue.current {
                target.logger.notice(
                    "watching a verification again", metadata: ["stores": "\(current.stores.joined(separator: ","))"])
                await withTurn(waits: false) { await watch(current, nil) }
            } else if let stores = queue.pending.first {
                await withTurn(waits: true) { await start(stores) }
            } else {
                return
            }
        }
    }

    /// Runs `body` when it is its turn on the instance's host.
    ///
    /// - Parameter waits: False for what runs on the server already.
    private func withTurn(waits: Bool, _ body: () async -> Void) async {
        guard let hosts else { return await body() }
        // Cancellation alone ends the wait, and then nothing is to be done.
        try? await hosts.withTurn(on: target.listed?.host ?? "", waits: waits) { await body() }
    }

    /// The stores to verify, from the server's current list; `nil` if that cannot be read.
    private func selectStores() async -> [String]? {
        if target.instance != nil, target.listed?.isStopped != false {
            target.logger.warning(
                "the instance does not run: its stores are not verified until the next scheduled time")
            return nil
        }
        let listed: [Store]? = await retrying("the stores cannot be listed") { (api, deadline) throws(APIError) in
            try await api.invoke(.getStores, as: [Store].self, by: deadline)
        }
        guard let listed else { return nil }
        for id in settings.stores.missing(from: listed) {
            target.logger.error(
                "a store that is to be verified does not exist: correct verification.stores",
                metadata: ["store": "\(id)", "stores": "\(listed.map(\.id).joined(separator: ","))"])
        }
        // Outcomes are counted only for stores in the ledger, and the target's stores collector may be disabled.
        let now = target.server.now
        let limit = target.rules.limits.unlistedEntries
        let kept = SeriesBudget.keep(listed, .store, limit: target.limits.seriesPerTarget, id: \.id)
        let (renewals, forgotten) = await target.ledger.update {
            ($0.verifications.list(kept, at: now), $0.verifications.forgetUnlisted(beyond: limit))
        }
        target.outcomeLog.listed(renewals, forgotten: forgotten, of: .getStores)
        return settings.stores.select(from: listed)
    }

    /// Calls the server and retries after growing pauses, for at most an hour, to stay close to the scheduled time.
    ///
    /// - Returns: `nil` if no call succeeded.
    func retrying<Value: Sendable>(
        _ problem: String, _ ask: (APIClient, Deadline) async throws(APIError) -> Value
    ) async -> Value? {
        let end = target.clock.uptime() + longestDelay
        var pause = Self.firstPause
        while !Task.isCancelled {
            do throws(APIError) {
                return try await ask(target.verificationAPI, Deadline(after: .seconds(60), clock: target.clock))
            } catch {
                target.logger.warning(
                    "the verification is delayed",
                    metadata: [
                        "problem": "\(problem)", "reason": "\(error.reason.rawValue)", "error": "\(error.description)",
                    ])
            }
            guard target.clock.uptime() + pause < end else {
                target.logger.error(
                    "the verification is skipped until its next scheduled time", metadata: ["problem": "\(problem)"])
                return nil
            }
            do { try await target.clock.sleep(pause) } catch { return nil }
            pause = min(pause * 2, Self.longestPause)
        }
        return nil
    }

    /// How long calls that start a verification are repeated.
    var longestDelay: Duration { min(settings.stopAfter.duration, .seconds(3600)) }

    /// Updates the page, at most once a second unless `atOnce`.
    func publishProgress(atOnce: Bool = false) async {
        let now = target.clock.uptime()
        if !atOnce, let lastPublication, now - lastPublication < Self.publicationInterval { return }
        lastPublication = now
        await publish()
    }
}

extension VerificationSettings.StoreSelection {
    /// The ids of the stores to verify, in order; disabled stores cannot be verified.
    func select(from listed: [Store]) -> [String] {
        let enabled = listed.filter { $0.requestedState?.lowercased() != "disabled" }
        return switch self {
        case .all: enabled.map(\.id)
        case .current: enabled.filter { $0.requestedState?.lowercased() == "current" }.map(\.id)
        case .ids(let ids): ids.filter { id in enabled.contains { $0.id == id } }
        }
    }

    /// Whether the selection may include a group of stores, whatever the server lists.
    func allows(_ group: [String]) -> Bool {
        guard case .ids(let ids) = self else { return true }
        return group.allSatisfy(ids.contains)
    }

    /// The selected ids that the server does not list.
    func missing(from listed: [Store]) -> [String] {
        guard case .ids(let ids) = self else { return [] }
        return ids.filter { id in !listed.contains { $0.id == id } }
    }
}
