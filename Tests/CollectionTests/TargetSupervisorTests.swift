import Exposition
import MailStoreAPI
import OperatingSystem
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("The targets that run", .timeLimit(.minutes(1)))
struct TargetSupervisorTests {
    private let time = ManualTime()
    private let server: FakeServer
    private let store: SnapshotStore
    private let supervisor: TargetSupervisor
    /// The names of the targets for which a monitor was made, in their order.
    private let made = Locked<[String]>([])
    /// The names of the targets whose state cannot be used.
    private let broken = Locked<Set<String>>([])

    init() throws {
        let server = FakeServer(time: time)
        self.server = server
        let store = SnapshotStore(
            catalogue: try Catalogue(TargetFamilies.families), targets: [], clock: time.clock)
        self.store = store
        supervisor = TargetSupervisor(store: store) {
            [time, made, broken] settings, configuration throws(StartupError) in
            let name = settings.target.name
            guard !broken.withLock({ $0.contains(name) }) else { throw StartupError("the state is damaged") }
            made.withLock { $0.append(name) }
            let parts = TargetDependencies(
                settings.target, of: configuration, transport: server, state: nil, environment: [:],
                clock: time.clock, logger: RecordingLog().logger)
            return TargetMonitor(parts, update: store.update)
        }
    }

    /// - Parameter file: The names of targets that are in a target file.
    private func configuration(_ names: [String], file: [String] = []) throws -> Configuration {
        var configuration = Configuration(
            targets: try (names + file).map { name in
                TargetConfiguration(
                    name: name, url: try ServerURL(parsing: "https://\(name).example:8463"), username: "admin",
                    password: .inline(Secret("correct horse")))
            })
        for name in file { configuration.origins[name] = "\(name).yml" }
        return configuration
    }

    @Test("are those of target files too, and one with damaged state stops no other")
    func damaged() async throws {
        broken.withLock { $0 = ["bad"] }
        let changes = try await supervisor.apply(try configuration(["main"], file: ["bad", "good"]))
        #expect(changes.added == ["main", "good"])
        #expect(changes.failed == ["bad": "the state is damaged"])
        #expect(store.targetNames == ["main", "bad", "good"])
        #expect(store.page(of: "bad") == nil)
        #expect(store.page(of: "good") != nil)
        broken.withLock { $0 = [] }
        let later = await supervisor.applyTargetFiles(of: try configuration(["main"], file: ["bad", "good"]))
        #expect(later == TargetSupervisor.Changes(added: ["bad"], kept: ["main", "good"]))
    }

    @Test("stay as they are if the state of a target in the configuration file is damaged")
    func refused() async throws {
        try await supervisor.apply(try configuration(["main"]))
        broken.withLock { $0 = ["second"] }
        let new = try configuration(["second"], file: ["third"])
        await #expect(throws: StartupError.self) { try await supervisor.apply(new) }
        #expect(store.targetNames == ["main"])
    }

    @Test("are started, restarted and stopped one by one when target files change")
    func single() async throws {
        try await supervisor.apply(try configuration(["main"], file: ["a", "b"]))
        var next = try configuration(["main"], file: ["b", "c"])
        next.targets[1].username = "other"
        let changes = await supervisor.applyTargetFiles(of: next)
        #expect(
            changes == TargetSupervisor.Changes(added: ["c"], restarted: ["b"], removed: ["a"], kept: ["main"]))
        #expect(made.withLock { $0 } == ["main", "a", "b", "c", "b"])
    }

    @Test("are not restarted when they move to another file or a pattern is added")
    func moved() async throws {
        try await supervisor.apply(try configuration(["main"], file: ["a"]))
        var next = try configuration(["main"], file: ["a"])
        next.origins["a"] = "elsewhere.yml"
        next.targetFiles = [
            try TargetFilePattern(parsing: "*.yml", paths: PathResolver(configurationFile: "", environment: [:]))
        ]
        let changes = await supervisor.applyTargetFiles(of: next)
        #expect(changes == TargetSupervisor.Changes(kept: ["main", "a"]))
    }
}
