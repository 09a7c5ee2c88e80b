import Configuration
import Ledger
package import MailStoreAPI
import OperatingSystem

/// The instances of one target and what is known of them, from one run of their collector to the next.
package struct InstanceTable: Sendable {
    /// How many empty lists in a row are needed until the instances are believed to be gone.
    static let emptyListsNeeded = 3

    package struct Entry: Sendable {
        package fileprivate(set) var instance: Instance
        package fileprivate(set) var facts = InstanceFacts()
        /// Whether the instance is never asked, because there is no room for its series.
        package fileprivate(set) var isBeyondLimit = false
    }

    private var entries: [String: Entry] = [:]
    private var emptyLists = 0
    /// How many instances the server lists.
    private(set) var listedCount = 0
    /// The patterns that no instance matches.
    private(set) var unmatched: [InstancePattern] = []
    /// The functions that need service provider access, as far as instances without it have shown.
    private(set) var needAccess: Set<InformationalFunction> = []

    package init() {}

    /// The instances in the order of their ids.
    var sorted: [Entry] {
        entries.values.sorted { $0.instance.id.isOrderedBefore($1.instance.id) }
    }

    /// Takes over the list of the server; returns how many empty lists were read in a row if this one is not believed.
    ///
    /// An instance keeps what is known of it under its id, also if it is renamed or moves to another host.
    ///
    /// - Parameter limit: How many instances have room for their series.
    mutating func list(_ rows: [Instance], _ selection: InstanceSelection, limit: Int) -> Int? {
        if rows.isEmpty, listedCount > 0 {
            emptyLists += 1
            guard emptyLists >= Self.emptyListsNeeded else { return emptyLists }
        }
        emptyLists = 0
        listedCount = rows.count
        unmatched = selection.include.filter { pattern in
            pattern != .all && !rows.contains { pattern.matches($0.id) }
        }
        let chosen = rows.filter { selection.chooses($0.id) }
        var listed: [String: Entry] = [:]
        for instance in chosen where listed[instance.id] == nil {
            var entry = entries[instance.id] ?? Entry(instance: instance)
            entry.instance = instance
            entry.isBeyondLimit = false
            if instance.isStopped { entry.facts.stop() }
            listed[instance.id] = entry
        }
        entries = listed
        for entry in sorted.dropFirst(limit) { entries[entry.instance.id]?.isBeyondLimit = true }
        return nil
    }

    /// The instances to ask, those first that were asked longest ago, and last those that did not answer.
    var queue: [Instance] {
        sorted.filter { !$0.instance.isStopped && !$0.isBeyondLimit }
            .sorted { left, right in
                let (isLeftLast, isRightLast) = (left.facts.isUp == false, right.facts.isUp == false)
                guard isLeftLast == isRightLast else { return isRightLast }
                return (left.facts.lastTry ?? .zero) < (right.facts.lastTry ?? .zero)
            }.map(\.instance)
    }

    mutating func take(_ reading: InstanceFacts.Reading, of instance: Instance, at now: Timestamp, uptime: Duration) {
        needAccess.formUnion(reading.refused)
        entries[instance.id]?.facts.take(reading, of: instance, at: now, uptime: uptime)
    }

    mutating func expire(at uptime: Duration, maximumAge: Duration) {
        for id in entries.keys { entries[id]?.facts.expire(at: uptime, maximumAge: maximumAge) }
    }
}
