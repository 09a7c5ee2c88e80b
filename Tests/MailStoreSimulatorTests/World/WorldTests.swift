import Testing

@testable import MailStoreSimulator

@Suite("The simulated world")
struct WorldTests {
    static func world(seed: UInt64 = 1, alive: Bool = true) -> World {
        World(
            World.Settings(
                seed: seed, begin: Int(Bench.begin), version: "25.3.1.23021", machineName: "MAILSTORE",
                localTimeZone: "W. Europe Standard Time", username: "admin", password: "simulated", isAlive: alive))
    }

    @Test("the same seed gives the same world, another seed another one")
    func determinism() {
        var worlds = [Self.world(seed: 7), Self.world(seed: 7), Self.world(seed: 8)]
        for index in worlds.indices { worlds[index].advance(to: Bench.begin + 5 * 86_400) }
        #expect(worlds[0] == worlds[1])
        #expect(worlds[0].profileRuns != worlds[2].profileRuns)
    }

    @Test("it does not matter in which steps time passes", arguments: [61.5, 3_600, 40_000])
    func steps(step: Double) {
        let end = Bench.begin + 3 * 86_400
        var whole = Self.world()
        whole.advance(to: end)
        var stepwise = Self.world()
        for instant in stride(from: Bench.begin, to: end, by: step) { stepwise.advance(to: instant) }
        stepwise.advance(to: end)
        #expect(stepwise == whole)
    }

    @Test("time never goes back")
    func monotonic() {
        var world = Self.world()
        world.advance(to: Bench.begin + 1000)
        let before = world
        world.advance(to: Bench.begin)
        #expect(world == before)
    }

    @Test("a world that is not alive stays as it began")
    func still() {
        var world = Self.world(alive: false)
        world.advance(to: Bench.begin + 30 * 86_400)
        #expect(world.profileRuns.isEmpty && world.jobRuns.isEmpty && world.sessions.isEmpty)
        #expect(world.stores == Self.world().stores)
    }

    @Test("in a year all results of profile runs occur that real servers were seen to give")
    func outcomes() {
        var world = Self.world()
        world.advance(to: Bench.begin + 365 * 86_400)
        #expect(
            Set(world.profileRuns.map(\.result)) == [
                "succeeded", "completedWithWarnings", "completedWithErrors", "failed", "cancelled", "disconnected",
                "threadAbort",
            ])
        #expect(Set(world.jobRuns.map(\.result)) == ["succeeded", "failed", "cancelled"])
        #expect(world.profileRuns.allSatisfy { $0.startTime < $0.completeTime })
        #expect(world.jobRuns.allSatisfy { $0.startTime < $0.completeTime })
        #expect(world.profileRuns.map(\.id) == Array(1...world.profileRuns.count))
    }

    @Test("what profiles archive is what the current store grows by")
    func growth() throws {
        var world = Self.world()
        let before = try #require(world.currentStore)
        world.advance(to: Bench.begin + 86_400 / 4)
        let after = try #require(world.currentStore)
        let archived = world.profileRuns.filter { $0.profileId != 6 }.reduce(0) { $0 + $1.itemsArchived }
        #expect(archived > 500)
        #expect(after.messages - before.messages == archived)
        #expect(after.bytes > before.bytes)
        #expect(world.stores.first == Self.world().stores.first)
    }

    @Test("more mail arrives on a working day than at night and at the weekend")
    func businessHours() throws {
        let world = Self.world()
        let share = try ["2025-10-14T09:00:00", "2025-10-14T18:00:00", "2025-10-18T09:00:00", "2025-10-14T01:00:00"]
            .map { world.business(at: try #require(CivilTime($0)).seconds) }
        #expect(share == share.sorted(by: >))
        #expect(Set(share).count == share.count)
    }

    @Test("without a current store archiving fails")
    func noCurrentStore() {
        var world = Self.world()
        for index in world.stores.indices { world.stores[index].requestedState = "normal" }
        let before = world.stores.reduce(0) { $0 + $1.messages }
        world.advance(to: Bench.begin + 86_400 / 4)
        let runs = world.profileRuns.filter { $0.profileId <= 4 }
        #expect(!runs.isEmpty)
        #expect(runs.allSatisfy { $0.result == "failed" && $0.itemsArchived == 0 })
        #expect(world.stores.reduce(0) { $0 + $1.messages } == before)
    }

    @Test("no automatic profile starts within its maintenance window")
    func maintenanceWindow() {
        var world = Self.world()
        world.advance(to: Bench.begin + 20 * 86_400)
        let late = world.profileRuns.filter { $0.profileId == 3 }.map { world.localZone.civil(at: $0.startTime) }
        #expect(late.count > 100)
        #expect(late.allSatisfy { $0.hour != 23 && $0.hour != 0 && ($0.hour, $0.minute) >= (1, 30) })
    }

    @Test("the disabled job never runs, the weekly one runs on its day")
    func jobs() {
        var world = Self.world()
        world.advance(to: Bench.begin + 28 * 86_400)
        #expect(!world.jobRuns.contains { $0.jobId == 8 })
        let weekly = world.jobRuns.filter { $0.jobId == 1 }.map { world.localZone.civil(at: $0.startTime) }
        #expect(weekly.count == 4)
        #expect(weekly.allSatisfy { $0.weekday == 0 && $0.hour == 3 && $0.minute == 0 })
    }

    @Test("sessions follow the hours of work")
    func sessions() throws {
        var world = Self.world()
        world.advance(to: Double(try #require(CivilTime("2025-10-15T09:00:00")).seconds))
        #expect(world.sessions.count >= 5)
        world.advance(to: Double(try #require(CivilTime("2025-10-16T01:00:00")).seconds))
        #expect(world.sessions.count <= 1)
    }
}
