import Testing

@testable import MailStoreSimulator

@Suite("Changes that a test makes to the world")
struct WorldChangesTests {
    @Test("a profile that is added runs, one that is removed runs no more")
    func profiles() {
        var world = WorldTests.world()
        world.add(SimulatedProfile(id: 9, name: "Neu", pause: 600))
        world.remove(profile: 1)
        world.advance(to: Bench.begin + 7_200)
        #expect(world.profileRuns.filter { $0.profileId == 9 }.count >= 8)
        #expect(!world.profileRuns.contains { $0.profileId == 1 })
        #expect(world.profiles.map(\.id) == [2, 3, 4, 5, 6, 9])
    }

    @Test("a profile that is replaced in the middle of a run still runs again")
    func replacedWhileRunning() throws {
        var world = WorldTests.world()
        world.beginProfile(1, at: Int(Bench.begin))
        var profile = try #require(world.profiles.first)
        profile.name = "Umbenannt"
        world.add(profile)
        world.advance(to: Bench.begin + 7_200)
        #expect(world.profileRuns.contains { $0.profileName == "Umbenannt" })
    }

    @Test("a job that is added runs by its schedule")
    func jobs() {
        var world = WorldTests.world()
        world.add(SimulatedJob(id: 9, name: "Neu", action: "SendStatusReport --x=1", schedule: .every(minutes: 30)))
        world.advance(to: Bench.begin + 7_300)
        #expect(world.jobRuns.filter { $0.jobId == 9 }.map(\.action).first == "SendStatusReport")
    }

    @Test("runs get growing ids in the order they are added, whenever they ended")
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

    @Test("stores come, go and are renamed")
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
