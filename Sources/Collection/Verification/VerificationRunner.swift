import Configuration
import Ledger
import Logging
package import MailStoreAPI
import OperatingSystem

/// Runs the verifications of one target by its schedule, one process at a time, and watches each to its end.
///
/// What is under way is in the state file before it is first asked about, so that a restarted exporter goes on watching
/// the same process. A campaign that fell into a time when the exporter was down is not made up for: a verification is
/// heavy, and its hour was chosen; that it is overdue is a metric.
package actor VerificationRunner {
    /// The longest sleep in one go: the wall clock may be set meanwhile.
    private static let longestSleep = Duration.seconds(60)

    let settings: VerificationSettings
    let parts: VerificationParts
    /// When the page was last told of progress.
    var lastPublication: Duration?

    init(_ settings: VerificationSettings, parts: VerificationParts) {
        self.settings = settings
        self.parts = parts
    }

    /// Takes up what was under way, then verifies by the schedule until the task is cancelled.
    func run() async {
        await dropStaleQueue()
        await workOffQueue()
        while !Task.isCancelled {
            guard let next = await planNext() else { return }
            while parts.clock.now() < next {
                let wait = min(next.since(parts.clock.now()), Self.longestSleep)
                do { try await parts.clock.sleep(max(wait, .milliseconds(10))) } catch { return }
            }
            await fillQueue(dueAt: next)
            await workOffQueue()
        }
    }

    /// Drops what was left of a campaign that began long ago, or that the configuration no longer asks for.
    private func dropStaleQueue() async {
        let queue = await parts.ledger.ledger.ownVerifications
        let isOld = queue.lastStart.map { parts.clock.now() > $0 + settings.stopAfter.duration } ?? false
        let kept =
            isOld ? [] : queue.pending.filter { settings.together || $0.count == 1 }.filter(settings.stores.allows)
        guard kept != queue.pending else { return }
        await parts.ledger.update { $0.ownVerifications.pending = kept }
        parts.logger.warning(
            "verifications that were still to be done are left out until their next time",
            metadata: ["stores": "\(queue.pending.filter { !kept.contains($0) }.joined().joined(separator: ","))"])
    }

    private func planNext() async -> Timestamp? {
        let now = parts.clock.now()
        let last = await parts.ledger.ledger.ownVerifications.lastStart
        let next = settings.schedule.next(after: now, in: settings.effectiveTimeZone, lastStart: last ?? now)
        await parts.ledger.update { ledger in
            // Schedules that count from the last start count from the first plan until there is one.
            if last == nil { ledger.ownVerifications.lastStart = now }
            ledger.ownVerifications.nextStart = next
        }
        await parts.ledger.saveNow()
        parts.publish()
        if let next { parts.logger.info("next verification is planned", metadata: ["time": "\(next)"]) }
        return next
    }

    /// Puts the stores that are to be verified in the queue.
    ///
    /// - Parameter instant: When the campaign was due: intervals count from there, so that they do not drift.
    private func fillQueue(dueAt instant: Timestamp) async {
        let following = settings.schedule.next(
            after: parts.clock.now(), in: settings.effectiveTimeZone, lastStart: instant)
        await parts.ledger.update { ledger in
            ledger.ownVerifications.lastStart = instant
            ledger.ownVerifications.nextStart = following
        }
        guard let stores = await selectStores() else { return }
        guard !stores.isEmpty else {
            parts.logger.warning("there is no store to verify: see verification.stores in the configuration")
            return
        }
        let groups = settings.together ? [stores] : stores.map { [$0] }
        await parts.ledger.update { $0.ownVerifications.pending = groups }
        await parts.ledger.saveNow()
        parts.logger.notice("verification begins", metadata: ["stores": "\(stores.joined(separator: ","))"])
    }

    /// Verifies what is in the queue, the process that is under way first.
    private func workOffQueue() async {
        while !Task.isCancelled {
            let queue = await parts.ledger.ledger.ownVerifications
            if let current = queue.current, current.token.isEmpty {
                // The program ended between sending the request and reading the reply.
                await record(current, as: .lost(.start))
            } else if let current = queue.current {
                parts.logger.notice(
                    "a verification is watched again", metadata: ["stores": "\(current.stores.joined(separator: ","))"])
                await watch(current, nil)
            } else if let stores = queue.pending.first {
                await start(stores)
            } else {
                return
            }
        }
    }

    /// The stores that the configuration means, as the server lists them now; `nil` where it cannot be asked.
    private func selectStores() async -> [String]? {
        let listed: [Store]? = await retrying("the stores cannot be listed") { (api, deadline) throws(APIError) in
            try await api.invoke(.getStores, as: [Store].self, by: deadline)
        }
        guard let listed else { return nil }
        for id in settings.stores.missing(from: listed) {
            parts.logger.error(
                "a store that is to be verified does not exist: correct verification.stores",
                metadata: ["store": "\(id)", "stores": "\(listed.map(\.id).joined(separator: ","))"])
        }
        // Outcomes are counted for stores that the ledger knows, also where nothing else collects them.
        await parts.ledger.update { [server = parts.server] in $0.verifications.list(listed, at: server.now) }
        return settings.stores.select(from: listed)
    }
}

extension VerificationSettings.StoreSelection {
    /// The ids of the stores that are to be verified, in order; what is disabled cannot be.
    func select(from listed: [Store]) -> [String] {
        let enabled = listed.filter { $0.requestedState?.lowercased() != "disabled" }
        return switch self {
        case .all: enabled.map(\.id)
        case .current: enabled.filter { $0.requestedState?.lowercased() == "current" }.map(\.id)
        case .ids(let ids): ids.filter { id in enabled.contains { $0.id == id } }
        }
    }

    /// Whether a group of stores may be meant, without looking at what the server lists.
    package func allows(_ group: [String]) -> Bool {
        guard case .ids(let ids) = self else { return true }
        return group.allSatisfy(ids.contains)
    }

    /// The ids that are meant and not there.
    package func missing(from listed: [Store]) -> [String] {
        guard case .ids(let ids) = self else { return [] }
        return ids.filter { id in !listed.contains { $0.id == id } }
    }
}

/// What a runner works with.
struct VerificationParts: Sendable {
    /// A client of its own: its long polls must not take the collectors' places.
    let api: APIClient
    let ledger: LedgerStore
    let archive: VerificationLogArchive
    let server: ServerClock
    let statistics: TargetStatistics
    let clock: Clock
    let logger: Logger
    /// Called when there is something new for the page.
    let publish: @Sendable () -> Void
}
