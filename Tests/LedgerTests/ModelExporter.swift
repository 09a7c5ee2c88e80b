import Foundation
import Logging
import TestSupport

@testable import Ledger
@testable import MailStoreAPI
@testable import OperatingSystem

/// Reads a scenario's log as the exporter does, and is killed now and then.
///
/// It walks through a reading as `ResultReader` does, over the real plan, store and database.
struct ModelExporter {
    /// The process died: what was not saved is lost.
    private struct Killed: Error {}

    private let scenario: Scenario
    private let folder: String
    private var database: StateDatabase
    private let rules: OutcomeRules
    private let outcomes: WritableKeyPath<TargetLedger, OutcomeLedger> & Sendable
    private let localTime: ManualTime
    private var store: LedgerStore
    private var random: SeededRandom
    /// By a right clock.
    private var time: Double
    /// Whether the world is kind: no failures, no kills.
    private var isCalm = true
    /// Whether the server listed nothing the last time: it does not do so twice in a row, or it would be believed.
    private var hasForgotten = false

    static let stores = [Store(id: "1"), Store(id: "2")]
    /// What the jobs do, by their ids.
    static let actions = [
        "1": "VerifyStores --includeIndexes=false", "2": "VerifyStore --id=2 --includeIndexes=true",
        "3": "CreateBackup --path=E:\\", "40": "ProcessRetentionPolicies",
    ]

    /// How often it was killed.
    private(set) var kills = 0

    init(_ scenario: Scenario, folder: String) throws {
        self.scenario = scenario
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder + "/elsewhere", withIntermediateDirectories: true)
        rules = OutcomeRules(
            success: SuccessRule(includesCompletedWithErrors: scenario.errorsAreSuccess), reach: scenario.reach,
            waitsForStores: true)
        outcomes = scenario.areProfiles ? \.profiles : \.jobs
        time = scenario.span.lowerBound
        localTime = ManualTime(now: Timestamp(secondsSince1970: time + scenario.localOffset))
        random = SeededRandom(seed: scenario.seed ^ 0x5eed)
        (database, store) = try Self.start(folder, rules, localTime)
    }

    private static let writer = WorkerThread()

    /// Starts from what was saved last.
    private static func start(
        _ folder: String, _ rules: OutcomeRules, _ time: ManualTime
    ) throws -> (StateDatabase, LedgerStore) {
        let database = try LedgerExample.database(in: folder, at: time, writer: writer)
        let saved = try database.read(LedgerExample.key, now: time.now)
        let store = LedgerStore(
            ledger: saved?.ledger ?? TargetLedger(), saved: saved, of: LedgerExample.key, in: database, rules: rules,
            logger: Logger(label: "model") { _ in SwiftLogNoOpLogHandler() }, clock: time.clock)
        return (database, store)
    }

    /// Lives through the whole scenario.
    ///
    /// - Returns: the ledger at its end.
    mutating func run() async throws -> TargetLedger {
        try await read()
        isCalm = false
        while time < scenario.span.upperBound {
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                await readOrDie()
                pass(random.seconds(20...900))
            }
            if random.happens(0.15) { await restart() }
            pass(random.happens(0.2) ? random.seconds(86_400...30 * 86_400) : random.seconds(60...43_200))
        }
        isCalm = true
        pass(max(0, scenario.end - time))
        for _ in 0..<3 {
            pass(25_000)
            try await read()
        }
        await store.saveNow()
        return await store.ledger
    }

    private mutating func pass(_ seconds: Double) {
        time += seconds
        localTime.advance(by: .seconds(seconds))
    }

    private mutating func readOrDie() async {
        do { try await read() } catch { await restart() }
    }

    private mutating func restart() async {
        do {
            (database, store) = try Self.start(folder, rules, localTime)
            // Merges the log every few pages, instead of every few thousand.
            if random.happens(0.5) { try? database.execute("PRAGMA wal_autocheckpoint = 4") }
        } catch {
            preconditionFailure("\(error)")
        }
    }

    private mutating func read() async throws {
        let error = isCalm ? 0 : Double.random(in: -1...1, using: &random) * scenario.clockError
        let now = Timestamp(secondsSince1970: scenario.clock.shown(at: time) + error)
        let present = PresentTime(earliest: now, latest: now)
        try await list(at: now)
        let outcomes = outcomes
        let reach = scenario.reach
        let (window, isDeep) = await store.ledger[keyPath: outcomes].plan.window(at: now, reach: reach)
        var reading = WindowReading(window)
        while let next = reading.next {
            if !isCalm, random.happens(0.02) {
                // The call has failed.
                return try await change { _ = await $0.settle(at: present) }
            }
            guard let rows = scenario.server.rows(of: next, at: time) else {
                guard let minute = reading.wasTooWide() else { continue }
                try await change { store in await store.update { _ = $0[keyPath: outcomes].plan.isUnreadable(minute) } }
                continue
            }
            reading.wasRead()
            let reports = told(rows)
            try await change { store in
                await store.update {
                    _ = $0[keyPath: outcomes].fold(reports, in: next, at: present)
                    $0[keyPath: outcomes].plan.wasRead(next, at: now)
                }
            }
        }
        try await change { store in
            await store.update { $0[keyPath: outcomes].plan.finished(deep: isDeep, at: now, reach: reach) }
        }
        try await change { _ = await $0.settle(at: present) }
    }

    /// Reports of the rows, some of them twice.
    private mutating func told(_ rows: [LoggedRun]) -> [OutcomeLedger.Report] {
        var rows = rows
        // Two equal rows without an id are two runs.
        if random.happens(0.2) { rows += rows.filter(\.hasID).shuffled(using: &random).prefix(3) }
        // A result names the command alone: which store it means, the job's own line says.
        return rows.map { run in
            run.report(
                action: scenario.areProfiles
                    ? nil : Self.actions[run.owner]?.split(separator: " ").first.map(String.init))
        }
    }

    /// Takes over jobs or profiles and stores; a server sometimes forgets for a moment what it has.
    private mutating func list(at now: Timestamp) async throws {
        let forgets = !isCalm && !hasForgotten && random.happens(0.03)
        if forgets { hasForgotten = true }
        let listings = RunMaker.owners.map { OutcomeLedger.Listing(id: $0, name: "n", action: Self.actions[$0]) }
        let outcomes = outcomes
        try await change { store in
            await store.update {
                $0[keyPath: outcomes].list(forgets ? [] : listings)
                $0.verifications.list(forgets ? [] : Self.stores, at: now)
            }
        }
        hasForgotten = forgets
    }

    /// Changes the ledger, and now and then dies: before it, after it, or when a part of it is written.
    private mutating func change(_ change: (LedgerStore) async -> Void) async throws {
        guard !isCalm, random.happens(0.03) else { return await change(store) }
        kills += 1
        let before = image()
        if random.happens(0.7) { await change(store) }
        var after = image()
        let (oldLog, newLog) = (before["state.db-wal"] ?? Data(), after["state.db-wal"] ?? Data())
        if newLog.starts(with: oldLog), random.happens(0.7) {
            if let old = before["state.db"], let new = after["state.db"], new != old {
                // The log is merged into the database: any of its pages may have been written.
                after["state.db"] = mixed(old, new)
            } else {
                // The kernel may have written any part of what is new in the log.
                after["state.db-wal"] = newLog.prefix(Int.random(in: oldLog.count...newLog.count, using: &random))
            }
        }
        // Closes the files of the one that died, and puts back what it left.
        (database, store) = try Self.start(folder + "/elsewhere", rules, localTime)
        for name in ["state.db", "state.db-wal", "state.db-shm"] {
            try? FileManager.default.removeItem(atPath: folder + "/" + name)
        }
        for (name, bytes) in after { try bytes.write(to: URL(fileURLWithPath: folder + "/" + name)) }
        throw Killed()
    }

    private mutating func mixed(_ old: Data, _ new: Data) -> Data {
        let size = 1024
        var mixed = new
        for start in stride(from: 0, to: old.count, by: size) where random.happens(0.5) {
            let page = start..<min(start + size, old.count, new.count)
            if !page.isEmpty { mixed.replaceSubrange(page, with: old[page]) }
        }
        return mixed
    }

    /// What is on the disk.
    private func image() -> [String: Data] {
        var image: [String: Data] = [:]
        for name in ["state.db", "state.db-wal"] {
            image[name] = FileManager.default.contents(atPath: folder + "/" + name)
        }
        return image
    }
}
