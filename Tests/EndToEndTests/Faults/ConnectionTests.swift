import Glibc
import MailStoreSimulator
import Testing

/// Why an exporter cannot talk to its server from the start.
struct ConnectionCase: Sendable, CustomTestStringConvertible {
    var name: String
    var reason: String
    /// What the log must say: the remedy.
    var remedy: String
    var server: @Sendable (inout SimulatorOptions) -> Void = { _ in }
    /// Changes the server's world once it runs.
    var world: @Sendable (inout World) -> Void = { _ in }
    /// Changes the target; the certificate lies in the file that is named.
    var target: @Sendable (inout ConfigurationText.Target, _ certificate: String) -> Void = { _, _ in }
    /// What `mailstore_api_certificate_verified` must be.
    var verified: Double? = 1

    var testDescription: String { name }

    private static func trustsItself(_ target: inout ConfigurationText.Target, _ certificate: String) {
        target.tls = ["ca_file: \(certificate)"]
    }

    static let all: [ConnectionCase] = [
        ConnectionCase(
            name: "a host name that does not resolve", reason: "dns", remedy: "check its spelling",
            target: { target, _ in target.url = "https://no-such-host.invalid:8463" }, verified: nil),
        ConnectionCase(
            name: "a port that is closed", reason: "connect", remedy: "It is off by default",
            target: { target, _ in target.url = "https://127.0.0.1:1" }, verified: nil),
        ConnectionCase(
            name: "a wrong password", reason: "unauthorized", remedy: "check the user name and the password",
            server: { $0.password = "another" }),
        ConnectionCase(
            name: "a user without the privilege", reason: "unauthorized", remedy: "login privilege",
            world: { $0.change(user: "admin") { $0.mayUseAPI = false } }),
        ConnectionCase(
            name: "a user who is no administrator", reason: "forbidden",
            remedy: "use the login of a MailStore administrator",
            world: { $0.change(user: "admin") { $0.isAdministrator = false } }),
        ConnectionCase(
            name: "a self-signed certificate that nothing vouches for", reason: "tls", remedy: "pinned_public_key",
            target: { target, _ in target.tls = [] }, verified: 0),
        ConnectionCase(
            name: "a pin of another key", reason: "tls", remedy: "somebody may be intercepting the connection",
            target: { target, _ in
                target.tls = ["pinned_public_key: sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
            }, verified: 0),
        ConnectionCase(
            name: "a certificate for another name", reason: "tls", remedy: "Use the name in the certificate",
            server: { $0.certificate = .wrongHostName }, target: trustsItself, verified: 0),
        ConnectionCase(
            name: "a certificate that has expired", reason: "tls", remedy: "Renew it on the server",
            server: { $0.certificate = .expired }, target: trustsItself, verified: 0),
        ConnectionCase(
            name: "a port that speaks plain HTTP", reason: "tls", remedy: "is it a plain HTTP port?",
            server: { $0.plainHTTP = true },
            target: { target, _ in
                target.tls = []
                target.url = target.url.replacingScheme()
            }, verified: nil),
    ]
}

extension String {
    fileprivate func replacingScheme() -> String {
        "https" + drop { $0 != ":" }
    }
}

@Suite("A server that cannot be used from the start")
struct ConnectionTests {
    @Test("is down and says why and what to do, while the page answers", arguments: ConnectionCase.all)
    func isDown(_ connection: ConnectionCase) async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(
                Scene.simulatorOptions {
                    $0.history = 1
                    connection.server(&$0)
                })
            defer { simulator.stop() }
            simulator.change(connection.world)
            let certificate = try folder.write(simulator.certificatePEM, to: "certificate.pem")
            let exporter = try await Exporter(
                configuration: try Scene.configuration(for: simulator, in: folder) {
                    connection.target(&$0.targets[0], certificate)
                })
            let page = try await exporter.page(until: "\(connection.name) is counted as \(connection.reason)") {
                $0.errors("GetServerInfo", connection.reason) > 0 && $0.value("mailstore_up") == 0
            }
            #expect(page.value("mailstore_api_certificate_verified") == connection.verified)
            let expiry = page.value("mailstore_api_certificate_not_after_timestamp_seconds")
            #expect((expiry != nil) == (connection.verified != nil))
            #expect(page.values("mailstore_store_messages").isEmpty)
            #expect(exporter.log.contains(connection.remedy), "the log says: \(exporter.log)")
            #expect(!exporter.log.contains(Scene.password))
            try await eventually("it is ready: the target was tried") {
                try await exporter.get("/-/ready").status == 200
            }
            #expect(try await exporter.stop() == .exit(0))
        }
    }

    @Test("is tried with a changed password at once")
    func changedPassword() async throws {
        try await Scene.with { options in
            options.password = "another"
            options.history = 1
        } _: { scene in
            try await scene.exporter.page(until: "the login is refused") {
                $0.errors("GetServerInfo", "unauthorized") > 0 && $0.value("mailstore_up") == 0
            }
            // One refusal, and nothing is tried again until something changes.
            try await eventually("some rounds have passed") {
                try await scene.exporter.get("/").text.contains("so that the account")
            }
            #expect(scene.simulator.requestLog().count { $0.status == 401 } == 1)
            try scene.folder.write("another", to: "password")
            let page = try await scene.exporter.page(until: "the new password is used") { $0.succeeded() }
            #expect(page.value("mailstore_up") == 1)
        }
    }

    @Test("is collected once it is there")
    func lateServer() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let first = try Simulator(Scene.simulatorOptions { $0.history = 1 })
        first.stop()
        let exporter = try await Exporter(
            configuration: try Scene.configuration(for: first, in: folder) {
                $0.targets[0].tls = ["insecure_skip_verify: true"]
            })
        try await exporter.page(until: "the connection is refused") { $0.errors("GetServerInfo", "connect") > 0 }
        let second = try Simulator(
            Scene.simulatorOptions {
                $0.history = 1
                $0.port = first.port
            })
        defer { second.stop() }
        let page = try await exporter.page(until: "the server is collected") { $0.succeeded() }
        #expect(page.value("mailstore_up") == 1)
        // Nobody vouches for the certificate, but it is told.
        #expect(page.value("mailstore_api_certificate_verified") == 0)
        #expect(page.value("mailstore_api_certificate_not_after_timestamp_seconds") ?? 0 > 1_700_000_000)
        #expect(exporter.log.contains("is not verified"))
        #expect(try await exporter.stop() == .exit(0))
    }
}
