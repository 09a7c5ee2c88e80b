import MailStoreSimulator
import Testing

@Suite("The stores of instances", .timeLimit(.minutes(4)))
struct VerificationOfInstancesTests {
    @Test("are verified by the exporter, one instance on a host at a time, and counted for each")
    func campaign() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let simulator = try Simulator(
            Scene.simulatorOptions { options in
                options.edition = .serviceProvider
                options.hasOddInstances = false
                (options.instances, options.stores, options.jobs, options.profiles) = (4, 1, 1, 1)
                (options.speed, options.isAlive, options.history) = (1, false, 0)
                options.messagesVerifiedPerSecond = 800
            })
        defer { simulator.stop() }
        let ids = simulator.installation().instances.map(\.instanceID)
        for (index, id) in ids.enumerated() {
            try simulator.apply(.move(host: "SPE-HOST0\(1 + index % 2)"), toInstance: id)
            simulator.change(instance: id) { world in
                world.stores = [SimulatedStore(id: 11, name: "A", requestedState: "current", messages: 2400)]
            }
        }
        // It runs at no time.
        try simulator.apply(.stop, toInstance: ids[3])
        let exporter = try await Exporter(
            configuration: Scene.configuration(for: simulator, in: folder) { configuration in
                configuration.targets[0].more = ["verification:", "  schedule: \"* * * * *\"", "  time_zone: UTC"]
            })
        var running: Set<Set<String>> = []
        var newest: Page?
        try await eventually("all are verified", tries: triesOfTwoMinutes) {
            let page = try await exporter.page()
            newest = page
            let now = page.samples.filter { $0.key.name == "mailstore_verification_running" && $0.value == 1 }
            running.insert(Set(now.compactMap { $0.key.labels["instance_id"] }))
            return ids.prefix(3).allSatisfy { id in
                page.value(
                    "mailstore_verification_runs_total",
                    ["instance_id": id, "source": "exporter", "result": "succeeded"])
                    == 1
            }
        }
        let page = try #require(newest)
        // The first and the third are on one host.
        #expect(running.allSatisfy { !$0.isSuperset(of: [ids[0], ids[2]]) })
        #expect(running.contains { $0.contains(ids[1]) && $0.count == 2 })
        #expect(page.lastResult("verification", ["instance_id": ids[0], "store_id": "11"]) == "succeeded")
        #expect(page.value("mailstore_verification_messages_verified", ["instance_id": ids[2]]) == 2400)
        let started = simulator.requestLog().filter { $0.function == "VerifyStore" }.map {
            $0.arguments["instanceID"] ?? ""
        }
        #expect(Set(started) == Set(ids.prefix(3)))
        #expect(exporter.log.contains("the instance does not run: its stores are not verified"))
        #expect(try await exporter.stop() == .exit(0))
    }
}
