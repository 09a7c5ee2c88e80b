import Foundation
import Testing

@Suite("A web configuration that is replaced while the exporter runs", WithWebScenery())
struct WebReplacementTests {
    /// How the exporter comes to know of a replacement.
    enum Occasion: CaseIterable {
        /// By itself.
        case change
        case signal
    }

    /// The exporter on a web configuration of its own, with copies of the certificates that it may break.
    private struct Stage {
        let folder: TemporaryFolder
        let exporter: Exporter
        let occasion: Occasion
        let scenery: WebScenery

        /// Replaces a file at once, as careful programs do.
        func put(_ text: String, _ name: String) throws {
            try folder.write(text, to: name + ".new")
            guard rename(folder[name + ".new"], folder[name]) == 0 else { throw TestFailure("\(name) stays") }
        }

        func tellOfChange() {
            if occasion == .signal { exporter.program.signal(SIGHUP) }
        }

        func verdict(_ scheme: String, _ arguments: [String]) async throws -> String {
            try await WebVerdict.ask(
                "\(scheme)://\(exporter.addresses[0])/metrics", WebClient("anybody", arguments, gets: ""), in: scenery)
        }

        /// Waits until the metric tells how the last reading went.
        func reload(succeeded: Bool, _ scheme: String, _ arguments: [String]) async throws {
            let url = "\(scheme)://\(exporter.addresses[0])/metrics"
            try await eventually("the metric is \(succeeded ? 1 : 0)") {
                let reply = try await CurlReply.get(url, ["--insecure"] + arguments)
                guard reply.status == 200 else { return false }
                let page = try Page(reply.text)
                return page.value("mailstore_exporter_config_last_reload_successful", [:]) == (succeeded ? 1 : 0)
            }
        }
    }

    private func staged(_ file: String, _ occasion: Occasion, _ body: (Stage) async throws -> Void) async throws {
        let scenery = try WithWebScenery.scenery
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            for name in ["pem", "key"] { try folder.write(scenery.folder.read("server.\(name)"), to: "server.\(name)") }
            let web = try folder.write(file, to: "web.yml")
            let password = try folder.write("unused\n", to: "password")
            let text = ConfigurationText(
                targets: [.init(url: "https://127.0.0.1:1", passwordFile: password)], stateDirectory: folder["state"])
            let configuration = try folder.write(text.yaml, to: "config.yml")
            let exporter = try await Exporter(["--config.file", configuration, "--web.config.file", web])
            try await body(Stage(folder: folder, exporter: exporter, occasion: occasion, scenery: scenery))
            if occasion == .signal {
                // It might have seen the change by itself.
                try await eventually("the signal had an effect") { exporter.log.contains("configuration not reloaded") }
            }
            #expect(try await exporter.stop() == .exit(0))
        }
    }

    @Test(
        "shows a new certificate to new connections, and the last good one where the new one is broken",
        arguments: Occasion.allCases)
    func certificate(_ occasion: Occasion) async throws {
        let file = "tls_server_config: {cert_file: server.pem, key_file: server.key}\n"
        try await staged(file, occasion) { stage in
            func isTrusted(by authority: String) async throws -> Bool {
                let path = stage.scenery.folder["\(authority).pem"]
                return try await stage.verdict("https", ["--no-insecure", "--cacert", path]) == "200"
            }
            #expect(try await isTrusted(by: "ca"))
            #expect(try await !isTrusted(by: "other-ca"))

            // For a moment the key is not that of the certificate, which is then not taken.
            try stage.put(stage.scenery.folder.read("second.key"), "server.key")
            stage.tellOfChange()
            try await stage.reload(succeeded: false, "https", [])
            #expect(try await isTrusted(by: "ca"))
            try stage.put(stage.scenery.folder.read("second.pem"), "server.pem")
            stage.tellOfChange()
            try await stage.reload(succeeded: true, "https", [])
            #expect(try await isTrusted(by: "other-ca"))
            #expect(try await !isTrusted(by: "ca"))

            try stage.put("broken", "server.pem")
            stage.tellOfChange()
            try await stage.reload(succeeded: false, "https", [])
            #expect(stage.exporter.log.contains("server.pem") || stage.exporter.log.contains("cert_file"))
            #expect(try await isTrusted(by: "other-ca"))
        }
    }

    @Test("goes by a new password, and by the last good one where the new file is broken", arguments: Occasion.allCases)
    func password(_ occasion: Occasion) async throws {
        let (old, new) = (WebPassword.ada, WebPassword.later)
        let file = { (password: WebPassword) in "basic_auth_users: {ada: \(password.hash)}\n" }
        try await staged(file(old), occasion) { stage in
            #expect(try await stage.verdict("http", ["--user", old.pair]) == "200")
            #expect(try await stage.verdict("http", ["--user", new.pair]) == WebCase.unauthorized)

            try stage.put("basic_auth_users: {ada: \(new.password)}\n", "web.yml")
            stage.tellOfChange()
            try await stage.reload(succeeded: false, "http", ["--user", old.pair])
            #expect(!stage.exporter.log.contains(new.password))
            #expect(try await stage.verdict("http", ["--user", new.pair]) == WebCase.unauthorized)

            try stage.put(file(new), "web.yml")
            stage.tellOfChange()
            try await stage.reload(succeeded: true, "http", ["--user", new.pair])
            #expect(try await stage.verdict("http", ["--user", old.pair]) == WebCase.unauthorized)

            try FileManager.default.removeItem(atPath: stage.folder["web.yml"])
            stage.tellOfChange()
            try await stage.reload(succeeded: false, "http", ["--user", new.pair])
            #expect(try await stage.verdict("http", []) == WebCase.unauthorized)
        }
    }

    @Test("without TLS where there was TLS is refused, and TLS stays", arguments: Occasion.allCases)
    func encryption(_ occasion: Occasion) async throws {
        let file = "tls_server_config: {cert_file: server.pem, key_file: server.key}\n"
        try await staged(file, occasion) { stage in
            try stage.put("", "web.yml")
            stage.tellOfChange()
            try await stage.reload(succeeded: false, "https", [])
            #expect(try await stage.verdict("http", []) == "400")
            try stage.put(file, "web.yml")
            stage.tellOfChange()
            try await stage.reload(succeeded: true, "https", [])
        }
    }
}
