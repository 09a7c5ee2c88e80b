package import Configuration
package import Exposition
package import Ledger
package import MailStoreAPI

/// The archive stores: their size, state and errors.
package struct StoresCollector: Collector {
    package static let name = CollectorName.stores
    package static let functions = [InformationalFunction.getStores]
    package static let needsProviderAccess = false
    static let states = ["current", "normal", "writeProtected", "disabled"]

    private static let labels = ["target", "instance_id", "store_id", "store_name"]
    private static let count = FamilyDescriptor(
        "mailstore_stores", .gauge, help: "Archive stores that the server lists.", labels: ["target", "instance_id"],
        group: name.rawValue)
    private static let messages = family(
        "mailstore_store_messages", help: "Messages in the store, from the server's cached statistics.")
    private static let size = family(
        "mailstore_store_size_bytes", unit: "bytes", help: "Size of the store, from the server's cached statistics.")
    private static let state = FamilyDescriptor(
        "mailstore_store_state", .stateset, help: "The requested state of the store.", labels: labels,
        stateLabel: "state", group: name.rawValue)
    private static let error = family(
        "mailstore_store_error", help: "Whether the store reports an error (1) or not (0).")
    private static let needsUpgrade = family(
        "mailstore_store_needs_upgrade", help: "Whether the store needs an upgrade (1) or not (0).")
    private static let needsRebuild = family(
        "mailstore_store_search_indexes_need_rebuild",
        help: "Whether search indexes of the store need a rebuild (1) or not (0).")
    package static let families = [count, messages, size, state, error, needsUpgrade, needsRebuild]

    /// How many gauges each store can have.
    static let gaugeCount = families.count { $0 != count && $0 != state }

    private static func family(_ name: String, unit: String? = nil, help: String) -> FamilyDescriptor {
        FamilyDescriptor(name, .gauge, unit: unit, help: help, labels: labels, group: Self.name.rawValue)
    }

    package func collect(_ context: CollectionContext) async throws(APIError) -> Values {
        var stores = try await context.call(.getStores, [FormField("includeSize", true)], as: [Store].self)
        let target = context.target
        // An instance that is frozen lists no store: its stores are unknown then, not gone.
        if target.instance != nil, stores.isEmpty { return Values(stores: [], count: 0, areUnknown: true) }
        let count = stores.count
        stores = SeriesBudget.keep(stores, .store, limit: target.limits.seriesPerTarget, id: \.id)
        var vocabulary = ResultVocabulary(known: Self.states)
        for index in stores.indices {
            guard let state = stores[index].requestedState else { continue }
            let admitted = vocabulary.admit(state)
            stores[index].requestedState = admitted.word
            if !admitted.isKnown { target.statistics.countUnknownValues(of: .storeState) }
        }
        let listed = stores
        let now = target.server.now
        let limit = target.rules.limits.unlistedEntries
        let (renewals, forgotten) = await target.ledger.update {
            ($0.verifications.list(listed, at: now), $0.verifications.forgetUnlisted(beyond: limit))
        }
        target.outcomeLog.listed(renewals, forgotten: forgotten, of: .getStores)
        // Count the verifications that were read before their stores were known.
        target.outcomeLog.settled(await target.ledger.settle(at: target.server.present))
        // A list that was cut does not show how many stores there are.
        return Values(stores: stores, count: count < target.limits.rowsPerReply ? count : nil)
    }

    package struct Values: CollectedValues {
        package let stores: [Store]
        /// How many the server lists; `nil` if that is unknown.
        let count: Int?
        private let areUnknown: Bool

        init(stores: [Store], count: Int?, areUnknown: Bool = false) {
            (self.stores, self.count, self.areUnknown) = (stores, count, areUnknown)
        }

        package var warnings: [String] {
            areUnknown ? ["GetStores lists no store, as an instance that is frozen does: its stores are not known"] : []
        }

        package func write(to samples: inout SampleWriter, ledger: TargetLedger) {
            samples.add(StoresCollector.count, [], count.map { Int64($0) })
            for store in stores where samples.shows(.store, store.id) {
                let labels = samples.item("store", id: store.id, name: store.name)
                samples.add(StoresCollector.messages, labels, store.statisticsCount)
                samples.add(StoresCollector.size, labels, store.statisticsSize)
                samples.addStates(StoresCollector.state, labels, StoresCollector.states, current: store.requestedState)
                samples.add(StoresCollector.error, labels, store.hasError)
                samples.add(StoresCollector.needsUpgrade, labels, store.needsUpgrade)
                samples.add(StoresCollector.needsRebuild, labels, store.searchIndexesNeedRebuild)
            }
        }
    }
}
