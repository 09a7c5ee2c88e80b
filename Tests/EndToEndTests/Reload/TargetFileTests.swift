import Foundation
import MailStoreSimulator
import Testing

@Suite("Target files of the running program", .timeLimit(.minutes(5)))
struct TargetFileTests {
    /// An exporter that watches one server by its configuration file, and a directory for target files.
    private struct Stage {
        let folder: TemporaryFolder
        let simulator: Simulator
        let exporter: Exporter

        func write(_ names: String..., to file: String, url: String? = nil) throws {
            try folder.write(text(names, url: url), to: "targets.d/\(file)")
        }

        func text(_ names: [String], url: String? = nil) -> String {
            TargetFileTests.text(names, simulator, url: url)
        }

        func invalidFiles(_ page: Page) -> Double? {
            page.value("mailstore_exporter_target_files", ["state": "invalid"])
        }
    }

    /// The text of a target file, with a relative path to the password.
    private static func text(_ names: [String], _ simulator: Simulator, url: String? = nil) -> String {
        let targets = names.map { ConfigurationText.Target(simulator, name: $0, passwordFile: "../password") }
        let lines = targets.flatMap { target in
            [
                "  - name: \(target.name)", "    url: \(url ?? target.url)", "    username: \(target.username)",
                "    password_file: \(target.passwordFile)", "    tls: { \(target.tls.joined(separator: ", ")) }",
            ]
        }
        return (["targets:"] + lines).joined(separator: "\n") + "\n"
    }

    private static func configuration(_ simulator: Simulator, in folder: TemporaryFolder) throws -> String {
        try FileManager.default.createDirectory(atPath: folder["targets.d"], withIntermediateDirectories: true)
        return try Scene.configuration(for: simulator, in: folder) { $0.more = ["target_files: [targets.d/*.yml]"] }
    }

    private func staged(_ flags: [String] = [], _ body: (Stage) async throws -> Void) async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(Scene.simulatorOptions { $0.history = 1 })
            defer { simulator.stop() }
            let configuration = try Self.configuration(simulator, in: folder)
            let exporter = try await Exporter(["--config.file", configuration] + flags)
            try await exporter.page(until: "the first target is collected") { $0.succeeded() }
            try await body(Stage(folder: folder, simulator: simulator, exporter: exporter))
            #expect(try await exporter.stop() == .exit(0))
        }
    }

    private static func calls(in page: Page) -> Double {
        page.value("mailstore_api_requests_total", ["target": "archive", "function": "GetLicenseInformation"]) ?? 0
    }

    @Test("are used when they change, and other targets are not touched")
    func changes() async throws {
        try await staged { stage in
            let before = try await stage.exporter.page(until: "calls are counted") { Self.calls(in: $0) >= 3 }
            try stage.write("acme", to: "acme.yml")
            try stage.write("bolt", to: "bolt.yml")
            try await stage.exporter.page(until: "both are collected") {
                $0.succeeded(target: "acme") && $0.succeeded(target: "bolt")
            }
            #expect(try await stage.exporter.get("/sd").text.contains("\"acme\""))
            // One file gets a mistake, another one goes.
            try stage.folder.write(stage.text(["acme", "new"]).dropLast(30) + "\n  [", to: "targets.d/acme.yml")
            try FileManager.default.removeItem(atPath: stage.folder["targets.d/bolt.yml"])
            let page = try await stage.exporter.page(until: "the one is gone, the other one has a mistake") {
                $0.value("mailstore_up", ["target": "bolt"]) == nil && stage.invalidFiles($0) == 1
            }
            #expect(page.value("mailstore_up", ["target": "acme"]) == 1)
            #expect(page.value("mailstore_exporter_config_last_reload_successful", [:]) == 0)
            #expect(stage.exporter.log.contains("its last valid version stays in force"))
            #expect(stage.exporter.log.contains("targets.d/acme.yml:"))
            let status = try await stage.exporter.get("/")
            #expect(status.text.contains("Some target files cannot be used"))
            #expect(status.text.contains("targets.d/acme.yml:"))
            // Corrected, and with a target of the same name as the first one.
            try stage.write("acme", "new", to: "acme.yml")
            try stage.write("archive", "other", to: "zeta.yml")
            try await stage.exporter.page(until: "the new ones are collected") {
                $0.succeeded(target: "new") && $0.succeeded(target: "other") && stage.invalidFiles($0) == 1
            }
            #expect(stage.exporter.log.contains("is already the name of a target in the configuration file"))
            try stage.write("other", to: "zeta.yml")
            let after = try await stage.exporter.page(until: "all files are valid") {
                stage.invalidFiles($0) == 0 && $0.value("mailstore_exporter_config_last_reload_successful", [:]) == 1
            }
            // One that began anew would count its calls from 0.
            #expect(Self.calls(in: after) > Self.calls(in: before))
            #expect(!stage.exporter.log.contains(/restarted="?[a-z]/))
            let text = try await stage.exporter.get("/config").text
            #expect(text.contains("target_files:\n  - \"\(stage.folder["targets.d/*.yml"])\""))
            #expect(text.contains("#  - name: \"other\""))
        }
    }

    @Test("stay when their directory is gone, and are read by a reload")
    func directory() async throws {
        try await staged(["--web.enable-lifecycle"]) { stage in
            try stage.write("acme", to: "acme.yml")
            let reload = try await stage.exporter.get("/-/reload", ["--request", "POST"])
            #expect(reload.status == 200)
            try await stage.exporter.page(until: "it is collected") { $0.succeeded(target: "acme") }
            try FileManager.default.moveItem(atPath: stage.folder["targets.d"], toPath: stage.folder["elsewhere"])
            let page = try await stage.exporter.page(until: "the directory is missed") {
                $0.value("mailstore_exporter_config_last_reload_successful", [:]) == 0
            }
            #expect(page.value("mailstore_up", ["target": "acme"]) == 1)
            #expect(stage.exporter.log.contains("there is no directory"))
            let second = try await stage.exporter.get("/-/reload", ["--request", "POST"])
            #expect(second.status == 500)
            #expect(second.text.contains("in part") && second.text.contains("there is no directory"), "\(second.text)")
            #expect(try await stage.exporter.page().value("mailstore_up", ["target": "acme"]) == 1)
            try FileManager.default.moveItem(atPath: stage.folder["elsewhere"], toPath: stage.folder["targets.d"])
            try await stage.exporter.page(until: "all is well again") {
                $0.value("mailstore_exporter_config_last_reload_successful", [:]) == 1
            }
        }
    }

    @Test("are checked with the configuration, and by the command check")
    func check() async throws {
        let folder = try TemporaryFolder()
        let simulator = try Simulator(Scene.simulatorOptions { $0.history = 1 })
        defer { simulator.stop() }
        let file = try Self.configuration(simulator, in: folder)
        func run(_ arguments: [String]) async throws -> (RunningProgram.Ending, String) {
            let program = try Exporter.launch(arguments + ["--config.file", file])
            return (try await program.waitForEnd(), program.output + program.errors)
        }
        let empty = try await run(["--config.check"])
        #expect(empty.0 == .exit(0))
        #expect(empty.1.contains("warning: target_files: ") && empty.1.contains("matches no file"), "\(empty.1)")
        try folder.write(Self.text(["acme"], simulator), to: "targets.d/acme.yml")
        let valid = try await run(["--config.check"])
        #expect(valid.0 == .exit(0))
        #expect(valid.1.contains("#  - name: \"acme\"") && !valid.1.contains("warning"), "\(valid.1)")
        let call = try await run(["call", "GetServerInfo", "--target", "acme"])
        #expect(call.0 == .exit(0), "\(call.1)")

        try folder.write("targets:\n  - nam: x\n", to: "targets.d/bad.yml")
        let invalid = try await run(["--config.check"])
        #expect(invalid.0 == .exit(2))
        #expect(invalid.1.contains("targets.d/bad.yml:2: targets[0].nam: unknown key"), "\(invalid.1)")
        let checked = try await run(["check"])
        #expect(checked.0 == .exit(1))
        #expect(checked.1.contains("targets.d/bad.yml:2: targets[0].nam: unknown key"), "\(checked.1)")
        #expect(checked.1.contains("acme"))
        // One target is enough for a command, whatever is wrong with others.
        let other = try await run(["call", "GetServerInfo", "--target", "acme"])
        #expect(other.0 == .exit(0), "\(other.1)")
        let unknown = try await run(["call", "GetServerInfo", "--target", "x"])
        #expect(unknown.0 == .exit(2))
        #expect(unknown.1.contains("targets.d/bad.yml:2:"), "\(unknown.1)")
    }

    @Test("of a program that starts with a mistake and without a password: what is valid is collected")
    func start() async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(Scene.simulatorOptions { $0.history = 1 })
            defer { simulator.stop() }
            _ = try Self.configuration(simulator, in: folder)
            let file = try folder.write(
                "target_files: [targets.d/*.yml]\nstate_directory: state\n"
                    + "collection: { interval: 1s, timeout: 2s, connect_timeout: 1s }\n", to: "only.yml")
            try folder.write(Self.text(["good"], simulator), to: "targets.d/good.yml")
            try folder.write("targets: [", to: "targets.d/bad.yml")
            try folder.write(
                Self.text(["locked"], simulator).replacing("../password", with: "nothing"), to: "targets.d/locked.yml")
            let exporter = try await Exporter(configuration: file)
            let page = try await exporter.page(until: "they were tried") {
                $0.succeeded(["server", "jobs"], target: "good") && $0.value("mailstore_up", ["target": "locked"]) == 0
            }
            #expect(page.value("mailstore_exporter_config_last_reload_successful", [:]) == 0)
            #expect(page.value("mailstore_exporter_target_files", ["state": "valid"]) == 2)
            #expect(exporter.log.contains("its targets are not collected"))
            #expect(exporter.log.contains("targets.d/nothing"))
            try folder.write(Scene.password, to: "targets.d/nothing")
            try folder.write(Self.text(["late"], simulator), to: "targets.d/bad.yml")
            try await exporter.page(until: "all are collected") { page in
                ["good", "late"].allSatisfy { page.succeeded(["server", "jobs"], target: $0) }
                    && page.value("mailstore_exporter_config_last_reload_successful", [:]) == 1
            }
            try await exporter.program.kill()
        }
    }
}
