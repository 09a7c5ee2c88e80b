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

    /// Looks for secrets as they are and as logs, JSON and HTML would quote them.
    private static func expectNone(of secrets: [String], in texts: [String]) {
        let unquoted = texts.map {
            $0.replacing("&quot;", with: "\"").replacing("&#34;", with: "\"").replacing("\\", with: "")
        }
        for secret in secrets {
            #expect(texts.first { $0.contains(secret) } == nil, "\(secret) is told")
            let bare = secret.replacing("\\", with: "")
            #expect(unquoted.first { $0.contains(bare) } == nil, "\(secret) is told, in quotes")
        }
    }

    /// Every page that there is, and some that there are not.
    private static let paths = [
        "/", "/metrics", "/targets/archive", "/api/v1/status", "/config", "/probe?target=archive", "/sd", "/-/healthy",
        "/-/ready", "/nothing", "/targets/nothing", "/probe?target=nothing", "/probe", "/-/reload",
    ]

    @Test("is on no page, in no log line and in no state file, whatever goes wrong")
    func isNowhere() async throws {
        try await Scene.with({ $0.history = 1 }, debug: true) { scene in
            let exporter = scene.exporter
            try await exporter.page(until: "everything is collected") { $0.succeeded() }
            var pages: [String] = []
            let faults: [(Fault, String)] = [
                (.truncate, "bad_reply"), (.badJSON, "bad_reply"), (.wrongType(field: "id"), "bad_reply"),
                (.html, "bad_reply"),
                (.error(exception: "System.Exception", message: "no"), "api_error"),
                (.redirect(to: "https://127.0.0.1:9/"), "http_status"), (.hang, "timeout"),
            ]
            for (fault, reason) in faults {
                // The reply of GetProfiles holds a secret, whatever becomes of it.
                let before = try await exporter.page().errors("GetProfiles", reason)
                scene.simulator.inject(fault, for: "GetProfiles")
                try await exporter.page(until: "\(fault) is counted") { $0.errors("GetProfiles", reason) > before }
                pages.append(try await exporter.get("/metrics").text)
                scene.simulator.clearFaults()
                try await exporter.page(until: "it works again") { $0.succeeded() }
            }
            scene.simulator.setPassword("another")
            try await exporter.page(until: "the login is refused") { $0.value("mailstore_up") == 0 }
            for path in Self.paths {
                pages.append(try await exporter.get(path).text)
            }
            #expect(try await exporter.stop() == .exit(0))
            #expect(exporter.log.contains("level=debug"))
            let state = scene.folder.files().filter { $0.hasPrefix("state/") }
            #expect(state.contains("state/state.db"))
            let texts = pages + [exporter.log, exporter.program.output] + state.map(scene.folder.read)
            Self.expectNone(of: Self.secrets, in: texts)
        }
    }

    @Test("that the server repeats in its errors is not shown, and the rest of the error is")
    func repeatedByServer() async throws {
        try await Scene.with(
            {
                $0.history = 1
                $0.quirks.repeatsLogin = true
                $0.quirks.knowsUTC = false
            }, debug: true
        ) { scene in
            try await scene.exporter.page(until: "an error is counted") { $0.errors("GetJobResults", "api_error") > 0 }
            var texts: [String] = []
            for path in Self.paths { texts.append(try await scene.exporter.get(path).text) }
            #expect(texts.contains { $0.contains("admin / &lt;secret&gt;") })
            #expect(try await scene.exporter.stop() == .exit(0))
            for arguments in [
                ["check"], ["call", "--include", "--raw", "GetStoreIndexes", "id=99"],
                ["call", "GetStoreIndexes", "id=99"],
            ] {
                let program = try Exporter.launch(arguments + ["--config.file", scene.folder["config.yml"]])
                _ = try await program.waitForEnd()
                texts += [program.output, program.errors]
            }
            Self.expectNone(of: Self.secrets, in: texts + [scene.exporter.log])
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
        Self.expectNone(of: Self.secrets, in: [exporter.log])
        for line in exporter.log.split(separator: "\n") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
    }

    /// What clients send, right and wrong, and what the web configuration holds.
    private struct WebSecrets {
        static let wrongPassword = "wrong-p4ss-\u{e9}"
        static let token = "bearer-t0ken-81f3"
        static let urlPassword = "url-p4ss-5a2c"

        let texts: [String]

        init(_ authority: HostileAuthority) {
            let passwords = [Battlefield.password, Self.wrongPassword]
            texts =
                passwords + [Self.token, Self.urlPassword, Battlefield.hash, String(Battlefield.hash.suffix(31))]
                + passwords.map { Data("scraper:\($0)".utf8).base64EncodedString() }
                + ["server.key", "replacement.key"].flatMap { Self.lines(ofKey: authority.text($0)) }
                + SecretTests.secrets
        }

        /// The lines of a key between those that begin and end it.
        private static func lines(ofKey text: String) -> [String] {
            text.split(separator: "\n").filter { !$0.hasPrefix("-----") }.map { String($0) }
        }
    }

    @Test("of the web side is told to nobody, at the most talkative level", arguments: ["logfmt", "json"])
    func webSide(format: String) async throws {
        try await Battlefield.with(.full, flags: ["--log.level", "debug", "--log.format", format]) { field in
            let authority = try field.requireAuthority()
            let secrets = WebSecrets(authority)
            var pages: [String] = []
            let authorizations = [
                [], ["--user", "scraper:\(WebSecrets.wrongPassword)"],
                ["--user", "nobody:\(WebSecrets.wrongPassword)"],
                ["--header", "Authorization: Bearer \(WebSecrets.token)"],
                ["--header", "Authorization: Basic \(WebSecrets.token)"],
            ]
            for arguments in authorizations {
                for path in Self.paths {
                    let reply = try await field.newcomer(path, arguments)
                    pages.append(reply.headers.map { "\($0.name): \($0.value)\n" }.joined() + reply.text)
                }
            }
            let url = "http://user:\(WebSecrets.urlPassword)@elsewhere/"
            for arguments in [["--request-target", url], ["--header", "Referer: \(url)"], ["--header", "X: \(url)"]] {
                pages.append(try await field.newcomer("/probe?target=\(url)", arguments).text)
            }
            // One mistake after the other beside a secret.
            let good = Battlefield.webConfiguration(authority)
            try field.folder.write(authority.text("replacement.key"), to: "server.key")
            pages.append(try await field.reload().text)
            try field.folder.write(authority.text("server.key"), to: "server.key")
            for bad in Self.brokenWebConfigurations(good, key: authority.text("server.key")) {
                try field.folder.write(bad, to: "web.yml")
                let reply = try await field.reload()
                #expect(reply.status == 500)
                pages.append(reply.text)
            }
            #expect(try await field.scraper.finish() > 0)
            #expect(try await field.exporter.stop() == .exit(0))
            #expect(field.exporter.log.contains("debug"))
            let state = field.folder.files().filter { $0.hasPrefix("state/") }
            #expect(state.contains("state/state.db"))
            let texts = pages + [field.exporter.log, field.exporter.program.output] + state.map(field.folder.read)
            Self.expectNone(of: secrets.texts, in: texts)
        }
    }

    /// Web configurations with a mistake in the place of a secret, or beside one.
    private static func brokenWebConfigurations(_ good: String, key: String) -> [String] {
        let hash = Battlefield.hash
        let inline = key.split(separator: "\n").map { "    \($0)\n" }.joined()
        return [
            good.replacing(hash, with: String(hash.dropLast())), good.replacing(hash, with: "scraper:\(hash)"),
            good.replacing(hash, with: Battlefield.password), good.replacing(hash, with: "\"\(hash)"),
            good.replacing("scraper: \(hash)", with: "- scraper:\(hash)"),
            good.replacing("scraper: \(hash)", with: hash),
            good.replacing("basic_auth_users", with: "basic_auth_user"), good + "  scraper: \(hash)\n",
            good + "rate_limit: \(hash)\n", good.replacing("cert_file: server.pem", with: "cert: |\n\(inline)"),
            good.replacing("key_file: server.key", with: "key: |\n\(inline.replacing("BEGIN", with: "BEGUN"))"),
            good.replacing("key_file: server.key", with: "key: |\n\(inline.dropLast(60))"),
            good.replacing("key_file: server.key", with: "keys: |\n\(inline)"),
            good.replacing("key_file: server.key", with: "key: |\n\(key)"),
            good.replacing("key_file: server.key", with: "key_file: |\n\(inline)"),
        ]
    }

    /// A start that fails for a mistake close to a secret.
    struct FailingStart: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var configuration: String?
        var arguments: [String] = []
        var environment: [String: String] = [:]
        var password = SecretTests.planted
    }

    private static let planted = "pl4nted-\"s3cret\"-77"
    private static let byFlags = ["--mailstore.url", "https://127.0.0.1:1", "--mailstore.username", "admin"]

    private static func target(_ lines: String...) -> String {
        "targets:\n  - name: archive\n" + lines.map { "    \($0)\n" }.joined()
    }

    private static let failingStarts = [
        FailingStart(
            testDescription: "a password under a misspelt key",
            configuration: target("url: https://127.0.0.1:1", "username: admin", "pasword: '\(planted)'")),
        FailingStart(
            testDescription: "a password in the place of a file's name",
            configuration: target("url: https://127.0.0.1:1", "username: admin", "password_file: [ '\(planted)' ]")),
        FailingStart(
            testDescription: "a password in the URL",
            configuration: target(
                "url: 'https://admin:\(planted)@127.0.0.1:1'", "username: admin", "password_file: password")),
        FailingStart(
            testDescription: "a quote that is not closed",
            configuration: target("url: https://127.0.0.1:1", "password: 'x\(planted)")),
        FailingStart(
            testDescription: "a password that is indented wrongly",
            configuration: target("url: https://127.0.0.1:1", "  password: '\(planted)'", " username: admin")),
        FailingStart(
            testDescription: "a password and nothing else", configuration: "'\(planted)'\n"),
        FailingStart(
            testDescription: "a password in a list", configuration: target("- '\(planted)'")),
        FailingStart(
            testDescription: "a password that is given twice",
            configuration: target("password: '\(planted)'", "password: '\(planted)'")),
        FailingStart(
            testDescription: "a password in the URL of the command line",
            arguments: ["--mailstore.url", "https://admin:\(planted)@127.0.0.1:1", "--mailstore.username", "admin"],
            environment: ["MAILSTORE_PASSWORD": planted]),
        FailingStart(
            testDescription: "a password of two lines", arguments: byFlags,
            environment: ["MAILSTORE_PASSWORD": "\(planted)\n\(planted)"]),
        FailingStart(
            testDescription: "a password file of two lines",
            arguments: byFlags + ["--mailstore.password-file", "password"],
            password: "\(planted)\n\(planted)\n"),
        FailingStart(
            testDescription: "a password file with a NUL",
            arguments: byFlags + ["--mailstore.password-file", "password"],
            password: "\(planted)\u{0}\n"),
    ]

    @Test("is not in the message when the exporter cannot start", arguments: failingStarts)
    func failingStart(_ start: FailingStart) async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try folder.write(start.password, to: "password")
        var arguments = start.arguments.map { $0 == "password" ? folder["password"] : $0 }
        if let configuration = start.configuration {
            arguments += ["--config.file", try folder.write(configuration, to: "config.yml")]
        }
        let program = try Exporter.launch(
            arguments + [
                "--log.level", "debug", "--web.listen-address", "127.0.0.1:0", "--state.directory", folder["state"],
            ],
            environment: start.environment)
        #expect(try await program.waitForEnd() == .exit(2), "\(program.errors)")
        #expect(!program.errors.isEmpty)
        #expect(!(program.errors + program.output).contains("s3cret"), "\(program.errors)")
    }

    @Test("that the environment holds does not get into the kit")
    func kit() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let program = try Exporter.launch(["kit", folder["kit"]], environment: ["MAILSTORE_PASSWORD": Self.planted])
        #expect(try await program.waitForEnd() == .exit(0))
        let files = folder.files()
        #expect(files.count > 5)
        #expect(!(files.map(folder.read) + [program.output, program.errors]).contains { $0.contains("s3cret") })
    }
}
