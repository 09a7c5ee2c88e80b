import Foundation
import MailStoreSimulator
import Testing

@Suite("The archives of instances, with the program itself", .timeLimit(.minutes(5)))
struct InstanceArchiveTests {
    private static func counts(_ page: Page, _ id: String) -> [String: Int] {
        OutcomeCounts.on(page, instance: id)
    }

    private static func options(_ options: inout SimulatorOptions) {
        options.edition = .serviceProvider
        options.hasOddInstances = false
        options.instances = 5
        (options.stores, options.jobs, options.profiles, options.history) = (3, 4, 4, 10)
    }

    /// Whether the page has what the server's lists have, of each instance.
    private static func isEqual(_ page: Page, to simulator: Simulator) -> Bool {
        simulator.installation().instances.allSatisfy { instance in
            guard let world = simulator.state(ofInstance: instance.instanceID) else { return false }
            return counts(page, instance.instanceID) == OutcomeCounts.of(world)
        }
    }

    @Test(
        "all outcomes are counted once, over a restart too, and closing, freezing and stopping one touches that one alone"
    )
    func life() async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(Scene.simulatorOptions(Self.options))
            defer { simulator.stop() }
            let configuration = try Scene.configuration(for: simulator, in: folder)
            let first = try await Exporter(configuration: configuration)
            let page = try await first.page(until: "all outcomes") { Self.isEqual($0, to: simulator) }
            let ids = simulator.installation().instances.map(\.instanceID)
            #expect(ids.count == 5)
            for id in ids {
                let world = try #require(simulator.state(ofInstance: id))
                #expect(page.value("mailstore_stores", ["instance_id": id]) == Double(world.stores.count))
                let messages = page.values("mailstore_store_messages", ["instance_id": id]).reduce(0, +)
                #expect(messages == Double(world.stores.reduce(0) { $0 + $1.statisticsCount }))
            }
            let probe = try await first.get("/probe?target=archive&instance_id=\(ids[1])").text
            #expect(probe.contains("mailstore_job_runs_total{target=\"archive\",instance_id=\"\(ids[1])\""))
            #expect(!probe.contains(ids[2]))
            try await first.program.kill()

            for id in ids {
                simulator.change(instance: id) { world in
                    let end = Int(world.now) - 60
                    for job in world.jobs.prefix(2) {
                        world.add(runOfJob: job.id, startTime: end - 60, completeTime: end, result: "failed")
                    }
                }
            }
            let second = try await Exporter(configuration: configuration)
            let after = try await second.page(until: "the outcomes of the pause") { Self.isEqual($0, to: simulator) }
            #expect(after.lastResult("job", ["instance_id": ids[0], "job_id": "1"]) == "failed")
            try simulator.apply(.close, toInstance: ids[0])
            try simulator.apply(.freeze, toInstance: ids[1])
            try simulator.apply(.stop, toInstance: ids[2])
            let others = Set(ids.dropFirst(3))
            let changed = try await second.page(until: "the changes") {
                $0.labelValues("instance_id", of: "mailstore_instance_up") == others.union([ids[1]])
                    && $0.value("mailstore_stores", ["instance_id": ids[1]]) == 0
            }
            #expect(!changed.labelValues("instance_id", of: "mailstore_job_runs_total").contains(ids[0]))
            #expect(Self.counts(changed, ids[2]) == Self.counts(after, ids[2]))
            for id in others { #expect(Self.counts(changed, id) == Self.counts(after, id)) }
            #expect(changed.values("mailstore_instance_up").allSatisfy { $0 == 1 })
            try simulator.apply(.thaw, toInstance: ids[1])
            _ = try await second.page(until: "the end of the frost") {
                ($0.value("mailstore_stores", ["instance_id": ids[1]]) ?? 0) > 0
            }
            let reply = try await second.get("/targets/archive?instance_id=\(ids[3])")
            #expect(reply.text.contains("Stores and their verifications"))
            try await second.program.kill()
        }
    }
}
