import Foundation
import MailStoreSimulator
import Testing

@Suite("A secret")
struct SecretTests {
    /// What must be nowhere: the password as it is, as it goes over the wire, and what a server should not have told.
    private static let secrets = [
        Scene.password, Data("admin:\(Scene.password)".utf8).base64EncodedString(),
        String(Scene.password.prefix(9)), Simulator.plantedSecret,
    ]

    @Test("is on no page, in no log line and in no state file, whatever goes wrong")
    func isNowhere() async throws {
        try await Scene.with({ $0.history = 1 }, debug: true) { scene in
            let exporter = scene.exporter
            try await exporter.page(until: "everything is collected") { $0.succeeded() }
            var pages: [String] = []
            let faults: [(Fault, String)] = [
                (.truncate, "bad_reply"), (.badJSON, "bad_reply"), (.wrongType(field: "name"), "bad_reply"),
                (.html, "bad_reply"),
                (.error(exception: "System.Exception", message: "no"), "api_error"),
                (.redirect(to: "https://127.0.0.1:9/"), "http_status"), (.hang, "timeout"),
            ]
            for (fault, reason) in faults {
                // The reply of GetProfiles holds a secret, whatever becomes of it.
                let before = try await exporter.page().errors("GetProfiles", reason)
                scene.simulator.order(fault, for: "GetProfiles")
                try await exporter.page(until: "\(fault) is counted") { $0.errors("GetProfiles", reason) > before }
                pages.append(try await exporter.get("/metrics").text)
                scene.simulator.clearFaults()
                try await exporter.page(until: "it works again") { $0.succeeded() }
            }
            scene.simulator.setPassword("another")
            try await exporter.page(until: "the login is refused") { $0.value("mailstore_up") == 0 }
            for path in ["/", "/metrics", "/-/healthy", "/-/ready", "/nothing"] {
                pages.append(try await exporter.get(path).text)
            }
            #expect(try await exporter.stop() == .exit(0))
            #expect(exporter.log.contains("level=debug"))
            let state = scene.folder.files().filter { $0.hasPrefix("state/") }
            #expect(state.contains("state/archive.ledger.json"))
            let texts = pages + [exporter.log, exporter.program.output] + state.map(scene.folder.read)
            for secret in Self.secrets {
                #expect(texts.count { $0.contains(secret) } == 0, "\(secret) is told")
            }
        }
    }

    @Test("that does not come from a file is not shown either")
    func environment() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let simulator = try Simulator(Scene.simulatorOptions { $0.history = 0 })
        defer { simulator.stop() }
        let exporter = try await Exporter(
            [
                "--mailstore.url", simulator.url, "--mailstore.username", "admin", "--state.directory",
                folder["state"], "--log.level", "debug", "--log.format", "json",
            ], environment: ["MAILSTORE_PASSWORD": Scene.password])
        let page = try await exporter.page(until: "the certificate is refused") {
            $0.errors("GetServerInfo", "tls", target: "127.0.0.1") > 0
        }
        #expect(page.value("mailstore_up") == 0)
        #expect(try await exporter.stop() == .exit(0))
        #expect(!Self.secrets.contains { exporter.log.contains($0) })
        for line in exporter.log.split(separator: "\n") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
    }
}
