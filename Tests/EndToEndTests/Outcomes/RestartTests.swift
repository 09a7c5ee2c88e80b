import Glibc
import MailStoreSimulator
import Testing

@Suite("Outcomes")
struct RestartTests {
    private static let results = ["succeeded", "completedWithErrors", "failed", "cancelled", "threadAbort"]

    /// Adds a run that ended within the last half hour of the server's time.
    private static func addRun(to world: inout World, _ random: inout SeededRandom) {
        let end = Int(world.now) - Int.random(in: 0..<1800, using: &random)
        let start = end - Int.random(in: 1..<3000, using: &random)
        let result = results.randomElement(using: &random) ?? ""
        if Bool.random(using: &random) {
            world.add(
                runOf: Int.random(in: 1...6, using: &random), startTime: start, completeTime: end, result: result,
                itemsArchived: Int.random(in: 0...50, using: &random))
        } else {
            world.add(
                runOfJob: Int.random(in: 1...8, using: &random), startTime: start, completeTime: end, result: result)
        }
    }

    @Test(
        "are counted exactly once, however often the exporter is killed at whatever moment",
        arguments: [UInt64.random(in: 0...UInt64.max)])
    func kills(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(
                Scene.simulatorOptions { options in
                    options.isAlive = false
                    options.speed = 1
                    // Windows have to be halved now and then, so that a kill can come between two halves.
                    options.quirks.workerResultsLimit = 60
                })
            defer { simulator.stop() }
            let configuration = try Scene.configuration(for: simulator, in: folder)
            var published: [String: Int] = [:]
            for round in 0..<10 {
                let exporter = try await Exporter(configuration: configuration)
                // On the very first page there is whatever was on any page before.
                let first = try await exporter.page()
                for (key, count) in published {
                    #expect(OutcomeCounts.on(first)[key, default: 0] >= count, "\(key) fell in round \(round)")
                }
                let end = ContinuousClock.now + .milliseconds(Int.random(in: 0..<2000, using: &random))
                while ContinuousClock.now < end {
                    let count = Int.random(in: 0...4, using: &random)
                    simulator.change { world in
                        for _ in 0..<count { Self.addRun(to: &world, &random) }
                    }
                    published = OutcomeCounts.on(try await exporter.page())
                    let held = OutcomeCounts.of(simulator.state())
                    for (key, count) in published { #expect(count <= held[key, default: 0], "\(key) twice") }
                }
                // Anywhere within a beat of the collection.
                try await Task.sleep(for: .milliseconds(Int.random(in: 0..<250, using: &random)))
                exporter.program.signal(SIGKILL)
                #expect(try await exporter.program.waitForEnd() == .signal(SIGKILL))
            }
            let world = simulator.state()
            try #require(world.jobRuns.count > 20)
            try #require(world.profileRuns.count > 20)
            let exporter = try await Exporter(configuration: configuration)
            let last = try await exporter.page(until: "all runs are counted") {
                OutcomeCounts.on($0) == OutcomeCounts.of(world)
            }
            #expect(OutcomeCounts.items(on: last) == OutcomeCounts.items(of: world))
            #expect(try await exporter.stop() == .exit(0))
        }
    }

    @Test("of runs that ended while the exporter was down are counted once when it is back", arguments: [2, 20])
    func downtime(days: Int) async throws {
        try await Scene.with { options in
            options.history = 3
        } _: { scene in
            try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            #expect(try await scene.exporter.stop() == .exit(0))
            let before = OutcomeCounts.of(scene.simulator.state())
            scene.simulator.advanceClock(by: Double(days) * 86_400)
            let world = scene.simulator.state()
            try #require(OutcomeCounts.of(world).values.reduce(0, +) > before.values.reduce(0, +) + 50)

            let second = try await Exporter(configuration: scene.folder["config.yml"])
            // Reading may be under way: no total falls behind what it was, and none runs ahead of the server.
            let first = OutcomeCounts.on(try await second.page())
            #expect(before.allSatisfy { first[$0.key, default: 0] >= $0.value })
            #expect(first.allSatisfy { $0.value <= OutcomeCounts.of(world)[$0.key, default: 0] })
            try await second.page(until: "the runs of the downtime are counted") {
                OutcomeCounts.on($0) == OutcomeCounts.of(world)
            }
            #expect(try await second.stop() == .exit(0))
            let third = try await Exporter(configuration: scene.folder["config.yml"])
            #expect(OutcomeCounts.on(try await third.page()) == OutcomeCounts.of(world))
            try await third.page(until: "everything is collected again") { $0.succeeded() }
            #expect(OutcomeCounts.on(try await third.page()) == OutcomeCounts.of(world))
            #expect(OutcomeCounts.items(on: try await third.page()) == OutcomeCounts.items(of: world))
            #expect(try await third.stop() == .exit(0))
        }
    }

    @Test("of a window that the server cannot answer whole are read in parts")
    func wideWindow() async throws {
        try await Scene.with { options in
            options.history = 30
            options.quirks.workerResultsLimit = 100
        } configure: { configuration in
            configuration.collection["lookback"] = "40d"
            configuration.collection["timeout"] = "30s"
        } _: { scene in
            let page = try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            #expect(OutcomeCounts.on(page) == OutcomeCounts.of(scene.simulator.state()))
            #expect(
                scene.simulator.requestLog().count { $0.function == "GetWorkerResults" } > 20,
                "the window was halved several times")
            #expect(
                page.value("mailstore_api_results_unreadable_windows_total", ["function": "GetWorkerResults"]) == 0)
        }
    }

    @Test("are counted by a server's own time where it does not know UTC", arguments: [true, false])
    func localTime(isConfigured: Bool) async throws {
        try await Scene.with { options in
            options.history = 3
            options.quirks.knowsUTC = false
        } configure: { configuration in
            if isConfigured { configuration.targets[0].more = ["server_time_zone: Europe/Berlin"] }
        } _: { scene in
            let world = scene.simulator.state()
            let page = try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            #expect(OutcomeCounts.on(page) == OutcomeCounts.of(world))
            let last = world.profileRuns.filter { $0.profileId == 1 }.map(\.completeTime).max().map(Double.init)
            let shown = page.value(
                "mailstore_profile_last_completion_timestamp_seconds", ["profile_id": "1"])
            // Without the zone nobody knows the instant, and none is shown.
            #expect(shown == (isConfigured ? last : nil))
        }
    }
}

/// Random numbers that a seed determines (SplitMix64).
private struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
