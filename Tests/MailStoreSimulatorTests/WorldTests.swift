import OperatingSystem
import Testing

@testable import MailStoreSimulator

@Suite("The simulated state")
struct WorldTests {
    static func world(seed: UInt64 = 1, alive: Bool = true) -> World {
        var options = SimulatorOptions()
        options.seed = seed
        options.isAlive = alive
        return World(options, begin: Int(Bench.begin))
    }

    @Test("the same seed gives the same state, another seed a different one")
    func determinism() {
        var worlds = [Self.world(seed: 7), Self.world(seed: 7), Self.world(seed: 8)]
        for index in worlds.indices { worlds[index].advance(to: Bench.begin + 5 * 86_400) }
        #expect(worlds[0] == worlds[1])
        #expect(worlds[0].profileRuns != worlds[2].profileRuns)
    }

    @Test("the size of time steps does not matter", arguments: [61.5, 3_600, 40_000])
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

    @Test("without activity, the state does not change")
    func still() {
        var world = Self.world(alive: false)
        world.advance(to: Bench.begin + 30 * 86_400)
        #expect(world.profileRuns.isEmpty && world.jobRuns.isEmpty && world.sessions.isEmpty)
        #expect(world.stores == Self.world().stores)
    }

    @Test("within a year, all known results of profile runs occur")
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

    @Test("the current store grows by what profiles archive")
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
            .map { world.load(at: try #require(CivilDateTime(parsing: $0)).seconds) }
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

    @Test("no automatic profile starts in its maintenance window")
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

    @Test("sessions follow working hours")
    func sessions() throws {
        var world = Self.world()
        world.advance(to: Double(try #require(CivilDateTime(parsing: "2025-10-15T09:00:00")).seconds))
        #expect(world.sessions.count >= 5)
        world.advance(to: Double(try #require(CivilDateTime(parsing: "2025-10-16T01:00:00")).seconds))
        #expect(world.sessions.count <= 1)
    }
}

@Suite("Changes by a test")
struct WorldChangesTests {
    @Test("an added profile runs, a removed one no longer runs")
    func profiles() {
        var world = WorldTests.world()
        world.add(SimulatedProfile(id: 9, name: "Neu", pause: 600))
        world.remove(profile: 1)
        world.advance(to: Bench.begin + 7_200)
        #expect(world.profileRuns.filter { $0.profileId == 9 }.count >= 8)
        #expect(!world.profileRuns.contains { $0.profileId == 1 })
        #expect(world.profiles.map(\.id) == [2, 3, 4, 5, 6, 9])
    }

    @Test("a profile that is replaced during a run still runs again")
    func replacedWhileRunning() throws {
        var world = WorldTests.world()
        world.beginProfile(1, at: Int(Bench.begin))
        var profile = try #require(world.profiles.first)
        profile.name = "Umbenannt"
        world.add(profile)
        world.advance(to: Bench.begin + 7_200)
        #expect(world.profileRuns.contains { $0.profileName == "Umbenannt" })
    }

    @Test("an added job runs on its schedule")
    func jobs() {
        var world = WorldTests.world()
        world.add(SimulatedJob(id: 9, name: "Neu", action: "SendStatusReport --x=1", schedule: .every(minutes: 30)))
        world.advance(to: Bench.begin + 7_300)
        #expect(world.jobRuns.filter { $0.jobId == 9 }.map(\.action).first == "SendStatusReport")
    }

    @Test("runs get increasing ids in the order in which they are added")
    func runs() {
        var world = WorldTests.world(alive: false)
        let first = world.add(runOf: 1, startTime: 200, completeTime: 300, result: "succeeded", itemsArchived: 4)
        let past = world.add(runOf: 1, startTime: 100, completeTime: 150, result: "quiteNewWord")
        #expect(past == first + 1)
        #expect(world.profileRuns.last?.result == "quiteNewWord")
        world.add(runOfJob: 2, startTime: 1, completeTime: 2, result: "failed")
        #expect(world.jobRuns.map(\.id) == [1])
        #expect(world.jobRuns.first?.action == "VerifyStore")
    }

    @Test("stores are added, removed and renamed")
    func stores() {
        var world = WorldTests.world(alive: false)
        world.add(SimulatedStore(id: 7, name: "Neu", messages: 3, bytes: 30))
        world.remove(store: 1)
        let isRenamed = [world.rename(store: 7, to: "Anders"), world.rename(store: 1, to: "Weg")]
        #expect(isRenamed == [true, false])
        #expect(world.stores.map(\.id) == [2, 3, 4, 7])
        #expect(world.stores.last?.name == "Anders")
    }

    @Test("a store that fails every third verification makes every third verification job fail")
    func flakyStore() {
        var world = WorldTests.world()
        world.advance(to: Bench.begin + 6 * 7 * 86_400)
        #expect(
            world.jobRuns.filter { $0.jobId == 1 }.map(\.result) == [
                "succeeded", "succeeded", "failed", "succeeded", "succeeded", "failed",
            ])
    }
}

@Suite("Schedules of jobs")
struct ScheduleTests {
    typealias Schedule = SimulatedJob.Schedule

    @Test(
        "the next run is the first one in the future, in the job's own time zone",
        arguments: [
            (Schedule.every(minutes: 360), "2025-10-14T10:00:00", "2025-10-14T12:00:00"),
            (.every(minutes: 60), "2025-10-14T10:00:00", "2025-10-14T11:00:00"),
            (.daily(hour: 12, minute: 0), "2025-10-14T10:00:00", "2025-10-15T10:00:00"),
            (.daily(hour: 12, minute: 1), "2025-10-14T10:00:00", "2025-10-14T10:01:00"),
            (.daily(hour: 1, minute: 0), "2025-10-25T22:00:00", "2025-10-25T23:00:00"),
            (.daily(hour: 4, minute: 0), "2025-10-25T10:00:00", "2025-10-26T03:00:00"),
            (.weekly(weekday: 0, hour: 3, minute: 0), "2025-10-14T10:00:00", "2025-10-19T01:00:00"),
            (.weekly(weekday: 2, hour: 11, minute: 0), "2025-10-14T10:00:00", "2025-10-21T09:00:00"),
            (.monthly(day: nil, hour: 6, minute: 0), "2025-10-31T05:00:00", "2025-11-30T05:00:00"),
            (.monthly(day: 31, hour: 6, minute: 0), "2025-10-31T05:00:00", "2025-12-31T05:00:00"),
            (.once(date: "2025-10-14T12:00:01"), "2025-10-14T10:00:00", "2025-10-14T10:00:01"),
        ])
    func next(schedule: Schedule, after: String, expected: String) throws {
        let zone = try #require(WindowsTimeZone.named("W. Europe Standard Time"))
        let instant = try #require(CivilDateTime(parsing: after)).seconds
        let due = try #require(schedule.next(after: instant, in: zone))
        #expect(CivilDateTime(seconds: due).text == expected)
    }

    @Test(
        "some schedules have no next run",
        arguments: [
            Schedule.manual, .once(date: "2020-01-01T00:00:00"), .once(date: "tomorrow"), .every(minutes: 0),
            .monthly(day: 32, hour: 0, minute: 0),
        ])
    func never(schedule: Schedule) {
        #expect(schedule.next(after: Int(Bench.begin), in: .utc) == nil)
    }
}
