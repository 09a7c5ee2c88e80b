package import Configuration
package import Ledger
package import MailStoreAPI
package import OperatingSystem

/// The instances of one target and what is known of them, from one run of their collectors to the next.
package struct InstanceTable: Sendable {
    /// How many empty lists in a row are needed until the instances are believed to be gone.
    static let emptyListsNeeded = 3

    package struct Entry: Sendable {
        package fileprivate(set) var instance: Instance
        /// Its status as a label; `nil` if the server does not say.
        fileprivate(set) var status: String?
        package fileprivate(set) var facts = InstanceFacts()
        /// Whether the instance is never asked, because there is no room for its series.
        package fileprivate(set) var isBeyondLimit = false
        /// What collects its archive; `nil` until its state is read.
        fileprivate(set) var archive: TargetDependencies?
        /// Why its state cannot be read, so that its archive is not collected; `nil` if it can.
        fileprivate(set) var stateFailure: String?
        /// The collectors of its archive.
        package fileprivate(set) var states: [CollectorName: CollectorState] = [:]
        /// The newest outcomes that may be published; `nil` until its state is read.
        package fileprivate(set) var outcomes: LedgerStore.Snapshot?
        /// Changes whenever something else does.
        fileprivate(set) var revision: UInt64 = 0

        /// Whether everything that was asked of it worked the last time; `nil` if nothing is asked.
        package var isUp: Bool? {
            facts.isUp.map { $0 && stateFailure == nil && states.values.allSatisfy { $0.succeeded != false } }
        }

        /// When all that it allows was last collected.
        package var lastCollection: Timestamp? {
            ([facts.lastCollection] + states.values.filter { $0.succeeded != nil }.map(\.lastSuccess))
                .reduce(facts.lastCollection) { earliest, time in
                    guard let earliest, let time else { return nil }
                    return min(earliest, time)
                }
        }

        /// Why not everything was collected, for people; `nil` if everything was.
        package var failure: String? {
            facts.failure ?? stateFailure
                ?? states.sorted { $0.key.rawValue < $1.key.rawValue }.lazy.compactMap(\.value.lastError).first?
                .description
        }
    }

    private var entries: [String: Entry] = [:]
    /// The ids of the instances, in order.
    private var order: [String] = []
    /// Those that the server no longer lists: their outcomes go on if they return.
    private var gone: [String: Entry] = [:]
    private var emptyLists = 0
    private var vocabulary = ResultVocabulary(known: InstancesCollector.states)
    private var revisions: UInt64 = 0
    /// How many instances the server lists.
    private(set) var listedCount = 0
    /// The patterns that no instance matches.
    private(set) var unmatched: [InstancePattern] = []
    /// The functions that need service provider access, as far as instances without it have shown.
    private(set) var needAccess: Set<InformationalFunction> = []

    package init() {}

    /// The instances in the order of their ids.
    package var sorted: [Entry] { order.compactMap { entries[$0] } }

    package subscript(id: String) -> Entry? { entries[id] }

    /// Those that the server listed before; their outcomes may still have to be saved.
    var all: [Entry] { Array(entries.values) + Array(gone.values) }

    /// Takes over the list of the server; returns how many empty lists were read in a row if this one is not believed.
    ///
    /// An instance keeps what is known of it under its id, also if it is renamed or moves to another host.
    ///
    /// - Parameter limit: How many instances have room for their series.
    mutating func list(_ rows: [Instance], _ selection: InstanceSelection, limit: Int) -> Int? {
        if rows.isEmpty, listedCount > 0 || !entries.isEmpty {
            emptyLists += 1
            guard emptyLists >= Self.emptyListsNeeded else { return emptyLists }
        }
        emptyLists = 0
        listedCount = rows.count
        unmatched = selection.include.filter { pattern in
            pattern != .all && !rows.contains { pattern.matches($0.id) }
        }
        let former = entries
        entries = [:]
        for instance in rows where selection.chooses(instance.id) && entries[instance.id] == nil {
            var entry = former[instance.id] ?? gone.removeValue(forKey: instance.id) ?? Entry(instance: instance)
            entry.instance = instance
            entry.status = instance.status.map { vocabulary.admit($0).word }
            if instance.isStopped { entry.stop() }
            entries[instance.id] = entry
        }
        order = entries.keys.sorted { $0.isOrderedBefore($1) }
        for (place, id) in order.enumerated() { change(id) { $0.isBeyondLimit = place >= limit } }
        for (id, entry) in former where entries[id] == nil {
            // What it was goes; what was counted stays.
            var rest = Entry(instance: entry.instance)
            (rest.archive, rest.outcomes) = (entry.archive, entry.outcomes)
            gone[id] = rest
        }
        return nil
    }

    /// Takes over the instances that the saved state has, until the server lists them.
    mutating func restore(_ ids: [String], _ selection: InstanceSelection) {
        guard entries.isEmpty, listedCount == 0 else { return }
        for id in ids where selection.chooses(id) { entries[id] = Entry(instance: Instance(id: id)) }
        order = entries.keys.sorted { $0.isOrderedBefore($1) }
    }

    /// The instances to ask, those first that were asked longest ago, and last those that did not answer.
    var queue: [Entry] {
        sorted.filter { !$0.instance.isStopped && !$0.isBeyondLimit }
            .sorted { left, right in
                let (isLeftLast, isRightLast) = (left.facts.isUp == false, right.facts.isUp == false)
                guard isLeftLast == isRightLast else { return isRightLast }
                return (left.facts.lastTry ?? .zero) < (right.facts.lastTry ?? .zero)
            }
    }

    /// The instances whose archives can be asked, those first that were asked longest ago, and last those that failed.
    ///
    /// One that did not answer at all is left out until it does, so that it does not hold up the others.
    func queue(of collector: CollectorName, needsAccess: Bool) -> [Entry] {
        sorted.filter { entry in
            entry.archive != nil && !entry.instance.isStopped && !entry.isBeyondLimit && entry.facts.answers
                && (!needsAccess || entry.facts.providerAccess != false)
        }
        .sorted { left, right in
            let (first, second) = (left.states[collector], right.states[collector])
            let (isFirstLast, isSecondLast) = (first?.lastError != nil, second?.lastError != nil)
            guard isFirstLast == isSecondLast else { return isSecondLast }
            return (first?.lastRun ?? .zero) < (second?.lastRun ?? .zero)
        }
    }

    /// The instances that have no components yet.
    var withoutArchive: [Instance] {
        sorted.filter { $0.archive == nil && !$0.isBeyondLimit }.map(\.instance)
    }

    /// Keeps one instance of each kind: of each status, with and without access, answering or not.
    mutating func keepOneOfEachKind() {
        var kinds: Set<[String]> = []
        order = sorted.filter { entry in
            let facts = [entry.facts.providerAccess, entry.facts.canArchive, entry.facts.isUp].map {
                "\($0, default: "")"
            }
            return kinds.insert([entry.status ?? ""] + facts).inserted
        }.map(\.instance.id)
        entries = entries.filter { order.contains($0.key) }
    }

    mutating func take(_ reading: InstanceFacts.Reading, of id: String, at now: Timestamp, uptime: Duration) {
        needAccess.formUnion(reading.refused)
        change(id) { entry in
            entry.facts.take(reading, of: entry.instance, at: now, uptime: uptime)
            if entry.facts.providerAccess == false { entry.pause(Collectors.needingAccess) }
        }
    }

    mutating func begin(_ id: String, _ archive: TargetDependencies, _ outcomes: LedgerStore.Snapshot) {
        change(id) { ($0.archive, $0.outcomes, $0.stateFailure) = (archive, outcomes, nil) }
    }

    /// Records why the state of an instance cannot be read; returns whether that is new.
    mutating func cannotBegin(_ id: String, _ reason: String) -> Bool {
        let isNew = entries[id]?.stateFailure == nil
        change(id) { $0.stateFailure = reason }
        return isNew
    }

    /// Takes over the outcomes of an instance, unless they are older than those that are known.
    mutating func take(_ outcomes: LedgerStore.Snapshot, of id: String) {
        if gone[id] != nil { gone[id]?.outcomes = outcomes }
        change(id) { entry in
            if outcomes.revision >= entry.outcomes?.revision ?? 0 { entry.outcomes = outcomes }
        }
    }

    /// Changes the state of a collector of an instance's archive.
    mutating func change(_ collector: CollectorName, of id: String, _ body: (inout CollectorState) -> Void) {
        change(id) { body(&$0.states[collector, default: CollectorState()]) }
    }

    /// Drops what is older than the ages allow.
    mutating func expire(at uptime: Duration, _ settings: CollectionSettings) {
        for id in order {
            guard var entry = entries[id] else { continue }
            if entry.expire(at: uptime, settings) { change(id) { $0 = entry } }
        }
    }

    private mutating func change(_ id: String, _ body: (inout Entry) -> Void) {
        guard var entry = entries.removeValue(forKey: id) else { return }
        body(&entry)
        revisions += 1
        entry.revision = revisions
        entries[id] = entry
    }
}

extension InstanceTable.Entry {
    /// The instance has no process, so nothing is called.
    mutating func stop() {
        facts.stop()
        pause(Array(states.keys))
    }

    /// These collectors are not run for now, which is no failure.
    fileprivate mutating func pause(_ names: [CollectorName]) {
        for name in names { states[name]?.paused() }
    }

    /// Drops what is older than the ages allow; returns whether there was any.
    mutating func expire(at uptime: Duration, _ settings: CollectionSettings) -> Bool {
        var isChanged = facts.expire(at: uptime, maximumAge: settings.maximumAge(for: .instances).duration)
        for name in states.keys
        where states[name]?.expire(
            at: uptime, maximumAge: settings.maximumAge(for: name).duration) == true
        {
            isChanged = true
        }
        return isChanged
    }

    /// When the first of its values is too old.
    func expiry(_ settings: CollectionSettings) -> Duration? {
        let ofStates = states.compactMap { name, state in
            state.expiry(maximumAge: settings.maximumAge(for: name).duration)
        }
        return (ofStates + [facts.expiry(maximumAge: settings.maximumAge(for: .instances).duration)].compactMap(\.self))
            .min()
    }
}
