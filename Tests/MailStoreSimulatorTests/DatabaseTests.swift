import Testing

@testable import MailStoreSimulator

@Suite("A database that is restored or set up anew")
struct DatabaseTests {
    @Test("a restored server has forgotten what came after the backup, and gives the ids of lost runs again")
    func restore() throws {
        let bench = Bench(history: 3)
        let backup = bench.core.world
        bench.core.world.rename(store: 1, to: "renamed")
        bench.core.world.remove(profile: 1)
        bench.real += 2 * 86_400
        bench.core.advance(to: bench.real)
        let lost = bench.core.world.jobRuns.dropFirst(backup.jobRuns.count)
        try #require(lost.count > 3 && !backup.jobRuns.isEmpty)

        bench.core.world.restore(backup)
        #expect(bench.core.world.now == bench.real)
        #expect(bench.core.world.jobRuns == backup.jobRuns && bench.core.world.profileRuns == backup.profileRuns)
        #expect(bench.core.world.stores == backup.stores)
        #expect(bench.core.world.profiles.map(\.name) == backup.profiles.map(\.name))
        bench.real += 2 * 86_400
        bench.core.advance(to: bench.real)
        let again = bench.core.world.jobRuns.dropFirst(backup.jobRuns.count)
        #expect(again.prefix(3).map(\.id) == lost.prefix(3).map(\.id))
        #expect(Set(again.map(\.startTime)).isDisjoint(with: lost.map(\.startTime)))
        #expect(again.allSatisfy { $0.startTime >= Int(Bench.begin) + 2 * 86_400 })
        #expect(Set(again.map(\.id)).count == again.count)
        // No event of the time before is left: no two runs of a profile overlap.
        for runs in Dictionary(grouping: bench.core.world.profileRuns, by: \.profileId).values {
            let ordered = runs.sorted { $0.startTime < $1.startTime }
            #expect(zip(ordered, ordered.dropFirst()).allSatisfy { $0.completeTime <= $1.startTime })
        }
    }

    @Test("on a server that is set up anew, every id belongs to another thing, and runs begin at 1")
    func setUpAnew() throws {
        let bench = Bench(history: 3)
        let before = bench.core.world
        bench.core.world.setUpAnew()
        let new = bench.core.world
        #expect(new.jobRuns.isEmpty && new.profileRuns.isEmpty && new.sessions.isEmpty)
        #expect(new.users == before.users && new.now == before.now)
        for (old, new) in [
            (before.stores.map { "\($0.id) \($0.name)" }, new.stores.map { "\($0.id) \($0.name)" }),
            (before.profiles.map { "\($0.id) \($0.name)" }, new.profiles.map { "\($0.id) \($0.name)" }),
            (before.jobs.map { "\($0.id) \($0.name)" }, new.jobs.map { "\($0.id) \($0.name)" }),
        ] {
            #expect(old.count == new.count && Set(old).isDisjoint(with: new))
        }
        #expect(new.jobs.map(\.id) == before.jobs.map(\.id) && new.stores.map(\.id) == before.stores.map(\.id))
        #expect(zip(new.jobs, before.jobs).allSatisfy { $0.command != $1.command })
        #expect(zip(new.stores, before.stores).allSatisfy { $0.folder != $1.folder })
        #expect(new.currentStore != nil && new.stores.allSatisfy { $0.messages == 0 })
        let paths = bench.invoke("GetStores").result.elements.map { $0["databasePath"] }
        #expect(paths.first == #"E:\Archiv\1\Database"#)

        bench.real += 2 * 86_400
        bench.core.advance(to: bench.real)
        #expect(bench.core.world.jobRuns.first?.id == 1 && bench.core.world.profileRuns.first?.id == 1)
        #expect(bench.core.world.profileRuns.allSatisfy { $0.startTime >= Int(Bench.begin) })
    }
}
