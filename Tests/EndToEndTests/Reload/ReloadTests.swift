import Foundation
import MailStoreSimulator
import Testing

@Suite("A changed configuration")
struct ReloadTests {
    /// Two servers; the configuration watches the first one only, until a test changes it.
    private struct Stage {
        let folder: TemporaryFolder
        let first: Simulator
        let second: Simulator
        let exporter: Exporter

        func write(_ change: (inout ConfigurationText) -> Void) throws {
            try ReloadTests.write([first], in: folder, change)
        }

        func target(_ simulator: Simulator, _ name: String) -> ConfigurationText.Target {
            ConfigurationText.Target(simulator, name: name, passwordFile: folder["password"])
        }
    }

    @discardableResult
    private static func write(
        _ simulators: [Simulator], in folder: TemporaryFolder, _ change: (inout ConfigurationText) -> Void = { _ in }
    ) throws -> String {
        let passwordFile = try folder.write(Scene.password + "\n", to: "password")
        var text = ConfigurationText(
            targets: simulators.map { .init($0, passwordFile: passwordFile) }, stateDirectory: folder["state"])
        change(&text)
        return try folder.write(text.yaml, to: "config.yml")
    }

    private func staged(_ flags: [String] = [], _ body: (Stage) async throws -> Void) async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let (first, second) = (try Simulator(Scene.simulatorOptions()), try Simulator(Scene.simulatorOptions()))
            defer {
                first.stop()
                second.stop()
            }
            let configuration = try Self.write([first], in: folder)
            let exporter = try await Exporter(["--config.file", configuration] + flags)
            try await exporter.page(until: "the first server is collected") { $0.succeeded() }
            try await body(Stage(folder: folder, first: first, second: second, exporter: exporter))
            let ending = try await exporter.stop()
            #expect(ending == .exit(0))
        }
    }

    private static func calls(in page: Page) -> Double {
        page.value("mailstore_api_requests_total", ["target": "archive", "function": "GetLicenseInformation"]) ?? 0
    }

    @Test("adds a target by SIGHUP, and the one that stays is not collected anew")
    func addition() async throws {
        try await staged { stage in
            let calls = try await stage.exporter.page(until: "a few calls are counted") { Self.calls(in: $0) >= 4 }
            try stage.write { $0.targets.append(stage.target(stage.second, "second")) }
            stage.exporter.program.signal(SIGHUP)
            let page = try await stage.exporter.page(until: "both are collected") {
                $0.succeeded() && $0.succeeded(target: "second")
            }
            #expect(page.value("mailstore_exporter_config_last_reload_successful", [:]) == 1)
            #expect(stage.exporter.log.contains("added=second"))
            #expect(stage.exporter.log.contains("kept=1"))
            // One that began anew would count its calls from 0.
            #expect(Self.calls(in: page) >= Self.calls(in: calls))
        }
    }

    @Test("takes a target away, and what it said is gone from the page")
    func removal() async throws {
        try await staged { stage in
            try stage.write { $0.targets = [stage.target(stage.second, "second")] }
            stage.exporter.program.signal(SIGHUP)
            try await stage.exporter.page(until: "the second alone is collected") {
                $0.succeeded(target: "second") && $0.value("mailstore_up", ["target": "archive"]) == nil
            }
        }
    }

    @Test("changes a target that goes on counting where it was")
    func restart() async throws {
        try await staged { stage in
            let before = try await stage.exporter.page()
            try stage.write { $0.collection["timeout"] = "3s" }
            stage.exporter.program.signal(SIGHUP)
            try await eventually("the configuration is reloaded") {
                stage.exporter.log.contains("restarted=archive")
            }
            let after = try await stage.exporter.page(until: "it is collected again") { $0.succeeded() }
            let counters = before.samples.filter { $0.key.name == "mailstore_job_runs_total" }
            #expect(counters.values.contains { $0 > 0 })
            let countersAfter = after.samples.filter { $0.key.name == "mailstore_job_runs_total" }
            #expect(countersAfter == counters)
        }
    }

    @Test(
        "with a mistake changes nothing, and says so",
        arguments: [
            ("targets: [", "line"), ("no_such_key: 1\n", "no_such_key"),
            ("state_directory: /elsewhere\n", "restart"),
        ])
    func mistake(text: String, told: String) async throws {
        try await staged(["--web.enable-lifecycle"]) { stage in
            let good = stage.folder.read("config.yml")
            let bad =
                text.hasPrefix("state_directory")
                ? good.replacing(/state_directory: .*\n/, with: text) : good + text
            _ = try stage.folder.write(bad, to: "config.yml")
            let reply = try await stage.exporter.get("/-/reload", ["--request", "POST"])
            #expect(reply.status == 500)
            #expect(reply.text.contains(told), "\(reply.text)")
            let page = try await stage.exporter.page(until: "the metric tells of the mistake") {
                $0.value("mailstore_exporter_config_last_reload_successful", [:]) == 0
            }
            #expect(page.succeeded())
            _ = try stage.folder.write(good, to: "config.yml")
            let second = try await stage.exporter.get("/-/reload", ["--request", "POST"])
            #expect(second.status == 200)
            try await stage.exporter.page(until: "the metric tells of success") {
                $0.value("mailstore_exporter_config_last_reload_successful", [:]) == 1
            }
        }
    }

    @Test("is not read for anybody who asks over HTTP unless that is enabled, and only for POST")
    func lifecycle() async throws {
        try await staged { stage in
            let post = try await stage.exporter.get("/-/reload", ["--request", "POST"])
            let get = try await stage.exporter.get("/-/reload")
            #expect(post.status == 403)
            #expect(get.status == 405)
        }
    }

    @Test("goes on counting if the state database is no file any more")
    func unusableState() async throws {
        try await staged(["--web.enable-lifecycle"]) { stage in
            let file = stage.folder["state/state.db"]
            let before = try await stage.exporter.page().values("mailstore_profile_runs_total").reduce(0, +)
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.createDirectory(atPath: file + "/x", withIntermediateDirectories: true)
            try stage.write {
                $0.collection["timeout"] = "3s"
                $0.targets.append(stage.target(stage.second, "second"))
            }
            let reply = try await stage.exporter.get("/-/reload", ["--request", "POST"])
            #expect(reply.status == 200, "\(reply.text)")
            let page = try await stage.exporter.page(until: "both are on the page") {
                $0.succeeded(target: "second") && $0.succeeded(target: "archive")
            }
            #expect(page.values("mailstore_profile_runs_total").reduce(0, +) >= before)
            #expect(stage.exporter.log.contains("the state database was replaced while the exporter runs"))
            let files = stage.folder.files()
            #expect(files.contains { $0.hasPrefix("state/state.db.replaced-") })
            #expect(files.contains("state/state.db"))
        }
    }
}
