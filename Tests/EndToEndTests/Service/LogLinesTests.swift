import Foundation
import MailStoreSimulator
import Testing

@Suite("What the log says")
struct LogLinesTests {
    @Test("version, configuration, targets and TLS at the start, and the server's version at its first success")
    func start() async throws {
        try await Scene.with {
            $0.history = 0
        } _: { scene in
            try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            let line = try #require(scene.exporter.log.split(separator: "\n").first { $0.contains("msg=listening") })
            for field in ["config_file=\(scene.folder["config.yml"])", "targets=1", "tls=false", "version="] {
                #expect(line.contains(field), "\(line)")
            }
            let up = scene.exporter.log.split(separator: "\n").filter { $0.contains("target is up") }
            #expect(up.count == 1 && up[0].contains("target=archive") && up[0].contains("version=25."), "\(up)")
        }
    }

    @Test("one line with the remedy when a login is refused, and one when it works again")
    func refusedLogin() async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(Scene.simulatorOptions { $0.history = 0 })
            defer { simulator.stop() }
            let configuration = try Scene.configuration(for: simulator, in: folder)
            try folder.write("wrong", to: "password")
            let exporter = try await Exporter(configuration: configuration)
            try await exporter.page(until: "all collectors have failed") { page in
                Page.collectors.allSatisfy {
                    page.value("mailstore_collector_success", ["target": "archive", "collector": $0]) == 0
                }
            }
            let page = try await exporter.get("/").text
            #expect(page.contains("check the user name and the password") && !page.contains("not called"))
            try folder.write(Scene.password, to: "password")
            try await exporter.page(until: "everything is collected") { $0.succeeded() }
            let lines = exporter.log.split(separator: "\n").filter {
                $0.contains("level=warn") || $0.contains("level=error") || $0.contains("target is up")
            }
            #expect(lines.count == 2, "\(lines)")
            #expect(lines[0].contains("target is down") && lines[0].contains("check the user name and the password"))
            #expect(lines[1].contains("target is up again") && lines[1].contains("version=25."))
            #expect(try await exporter.stop() == .exit(0))
        }
    }
}
