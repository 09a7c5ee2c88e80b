import Testing

@testable import MailStoreSimulator

@Suite("Archives of instances")
struct InstanceArchivesTests {
    @Test("each instance has an archive of its own, which depends on the seed and its id alone")
    func determinism() throws {
        let benches = [(12, 7), (12, 7), (300, 7), (12, 8)].map { instances, seed in
            Bench.installation(instances: instances, odd: false, history: 3) { $0.seed = UInt64(seed) }
        }
        #expect(benches[0].core.installation == benches[1].core.installation)
        let first = try benches.map { try $0.world(of: "kunde0001") }
        #expect(first[0] == first[1] && first[0] == first[2])
        #expect(first[0].profileRuns != first[3].profileRuns)
        let second = try benches[0].world(of: "kunde0002")
        #expect(second.profileRuns != first[0].profileRuns && second.stores != first[0].stores)
        let processes = try benches.map { try $0.instance("kunde0001").processUniqueID }
        #expect(processes[0] == processes[2] && processes[0] != processes[3])
    }

    @Test("an archive that nobody asked for catches up, with all that happened to its instance meanwhile")
    func laziness() throws {
        let lazy = Bench.installation(history: 1)
        let eager = Bench.installation(history: 1)
        let ids = lazy.core.installation.instances.map(\.instanceID)
        for hour in 1...60 {
            for bench in [lazy, eager] {
                bench.real += 3600.5
                bench.core.advance(to: bench.real)
                for id in ids where bench === eager { _ = try bench.world(of: id) }
                switch hour {
                case 10: try bench.core.apply(.stop, to: "kunde0001")
                case 12: try bench.core.apply(.freeze, to: "kunde0002")
                case 20, 30:
                    bench.core.installation.hosts[3].isActive = hour == 30
                    bench.core.settleInstances()
                case 40: try bench.core.apply(.start, to: "kunde0001")
                case 44: try bench.core.apply(.safeMode(true), to: "kunde0008")
                default: break
                }
            }
        }
        for id in ids {
            let worlds = try [lazy.world(of: id), eager.world(of: id)]
            #expect(worlds[0].profileRuns == worlds[1].profileRuns, "\(id)")
            #expect(worlds[0].jobRuns == worlds[1].jobRuns && worlds[0].stores == worlds[1].stores, "\(id)")
            #expect(worlds[0].activity == worlds[1].activity, "\(id)")
        }
    }

    @Test("the options set the numbers of stores, jobs and profiles in both editions")
    func sizes() throws {
        let change: (inout SimulatorOptions) -> Void = {
            $0.stores = 20
            $0.jobs = 10
            $0.profiles = 9
        }
        let provider = Bench.installation(change)
        for world in [Bench(history: 0, change).core.world, try provider.world(of: "kunde0001")] {
            #expect(world.stores.map(\.id) == Array(1...20))
            #expect(world.jobs.map(\.id) == Array(1...10))
            #expect(world.profiles.map(\.id) == Array(1...9))
            #expect(world.stores.filter { $0.requestedState == "current" }.count == 1)
            for names in [world.stores.map(\.name), world.jobs.map(\.name), world.profiles.map(\.name)] {
                #expect(Set(names).count == names.count)
            }
        }
        #expect(try provider.world(of: "kunde0011").stores.isEmpty)
    }

    @Test("an archive with few stores can archive, one without any cannot", arguments: [0, 1, 2])
    func fewStores(count: Int) {
        let bench = Bench { $0.stores = count }
        #expect(bench.core.world.stores.count == count)
        #expect((bench.core.world.currentStore != nil) == (count > 0))
    }

    @Test("no job of an instance runs a function that its edition lacks")
    func jobs() throws {
        let bench = Bench.installation { $0.jobs = 30 }
        let commands = try Set(bench.world(of: "kunde0001").jobs.map(\.command))
        #expect(commands.isDisjoint(with: FunctionTable.serverOnly))
        #expect(commands.count > 3)
    }

    @Test("a thousand instances start without their runs, which come with the first call on each")
    func thousand() throws {
        let bench = Bench.installation(instances: 1000, history: 30) {
            $0.stores = 20
            $0.jobs = 10
            $0.profiles = 10
        }
        #expect(bench.invoke("GetInstances", ["instanceFilter": "*"]).result.elements.count == 1000)
        #expect(bench.invoke("GetServiceStatus").error == nil)
        let archives = { bench.core.installation.instances.map(\.world) }
        #expect(archives().allSatisfy { $0.profileRuns.isEmpty && $0.now < Bench.begin })
        #expect(bench.invoke("GetStores", on: "kunde0500").result.elements.count == 20)
        #expect(bench.invoke("GetJobs", on: "kunde0500").result.elements.count == 10)
        #expect(archives().filter { !$0.profileRuns.isEmpty }.count == 1)
        #expect(try bench.world(of: "kunde0500").profileRuns.count > 300)
    }

    @Test("all of a thousand instances answer")
    func everyone() {
        let bench = Bench.installation(instances: 1000, odd: false) {
            $0.stores = 20
            $0.jobs = 10
            $0.profiles = 10
        }
        bench.real += 60
        let ids = bench.core.installation.instances.map(\.instanceID)
        let counts = ids.map { bench.invoke("GetStores", on: $0).result.elements.count }
        #expect(counts == Array(repeating: 20, count: 1000))
    }

    @Test("the database of one instance is restored or set up anew")
    func database() throws {
        let bench = Bench.installation(odd: false, history: 1)
        let page = { (change: String) in
            ControlPagesTests.send(
                bench, "POST", "/simulator/database", ["change": change, "instance": "kunde0001"])?.status
        }
        let start = try bench.world(of: "kunde0001")
        let other = try bench.world(of: "kunde0002")
        bench.core.withWorld(of: "kunde0001", at: bench.real) { $0.remove(store: 1) }
        #expect(page("backup") == 200)
        #expect(page("new") == 200)
        let new = try bench.world(of: "kunde0001")
        #expect(new.profileRuns.isEmpty && new.stores.map(\.name) == start.stores.map(\.name).reversed())
        #expect(page("restore") == 200)
        #expect(try bench.world(of: "kunde0001").stores.map(\.id) == [2, 3, 4])
        #expect(try bench.world(of: "kunde0001").profileRuns == start.profileRuns)
        #expect(try bench.world(of: "kunde0002") == other)
        let untouched = ControlPagesTests.send(
            bench, "POST", "/simulator/database", ["change": "restore", "instance": "kunde0002"])
        #expect(untouched?.status == 200)
        #expect(try bench.world(of: "kunde0002").profileRuns == other.profileRuns)
        #expect(ControlPagesTests.send(bench, "POST", "/simulator/database", ["change": "new"])?.status == 400)
    }
}
