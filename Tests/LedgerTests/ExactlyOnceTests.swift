import TestSupport
import Testing

@testable import Ledger

@Suite("Every finished run is counted exactly once")
struct ExactlyOnceTests {
    @Test(
        "whatever the log, the server, the clocks and the kills, the ledger equals a plain count of the log",
        arguments: 0..<400)
    func equalsPlainCount(seed: Int) async throws {
        let scenario = Scenario(seed: seed)
        let folder = try MemoryFolder()
        var exporter = ModelExporter(scenario, folder: folder.path)
        let ledger = try await exporter.run()

        let success = SuccessRule(includesCompletedWithErrors: scenario.errorsAreSuccess)
        let book = scenario.areProfiles ? ledger.profiles : ledger.jobs
        let countable = Dictionary(grouping: scenario.countable, by: \.owner)
        for owner in RunMaker.owners {
            let expected = PlainCount(of: countable[owner] ?? [], errorsAreSuccess: scenario.errorsAreSuccess)
            let counted = PlainCount(book.entries[owner]?.history, success: success)
            #expect(counted == expected, "seed \(seed), owner \(owner)")
        }
        guard !scenario.areProfiles else { return }
        for (store, owners) in ["1": ["1"], "2": ["1", "2"]] {
            let runs = owners.flatMap { countable[$0] ?? [] }
            let expected = PlainCount(of: runs, errorsAreSuccess: scenario.errorsAreSuccess).withoutTies
            let counted = PlainCount(ledger.verifications.stores[store]?.history, success: success).withoutTies
            #expect(counted == expected, "seed \(seed), store \(store)")
        }
    }

    @Test("the scenarios are worth reading: some have runs that must not be counted, some have gaps and jumps")
    func scenariosVary() {
        let scenarios = (0..<400).map(Scenario.init)
        #expect(scenarios.contains { $0.countable.count < $0.server.runs.count })
        #expect(scenarios.contains { $0.countable.count > 100 })
        #expect(scenarios.contains { $0.server.rowLimit != nil && !$0.server.unreadableMinutes.isEmpty })
        #expect(scenarios.contains { $0.clock.jumps.count == 2 })
        #expect(scenarios.contains { $0.server.runs.contains { $0.completion < $0.start } })
    }
}
