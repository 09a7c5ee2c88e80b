import Foundation
import Glibc
import MailStoreSimulator
import Testing

/// An exporter that a well-behaved client scrapes all the time while others do their worst.
struct Battlefield: Sendable {
    /// How the endpoint is guarded.
    enum Guarding: String, Sendable {
        /// Plain HTTP, for everybody.
        case none = "an open endpoint"
        /// TLS, certificates of the clients, and a password.
        case full = "a guarded endpoint"
    }

    let folder: TemporaryFolder
    let simulator: Simulator
    let exporter: Exporter
    let scraper: SteadyScraper
    let url: String
    /// `nil` where nothing is encrypted.
    let authority: HostileAuthority?

    /// Where the endpoint listens: twice, since all of it is there for each listener.
    var address: String { exporter.addresses[0] }

    /// The password of the user `scraper`.
    static let password = "right-p4ss"
    static let hash = "$2b$09$Yq8ZkVn3xT5uWmRp1sLd7e1WKmaE4z12cF4TJk3qg.0u9WtEuu4Tm"

    /// Sets up the field, lets a test fight on it and clears it away.
    static func with(
        _ guarding: Guarding, flags: [String] = [], _ body: (Battlefield) async throws -> Void
    ) async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let simulator = try Simulator(
                Scene.simulatorOptions { $0.start = (SimulatorOptions.systemClock() / 60).rounded(.down) * 60 + 30 })
            defer { simulator.stop() }
            let configuration = try Scene.configuration(for: simulator, in: folder)
            let authority = guarding == .none ? nil : try await HostileAuthority()
            var flags = flags + ["--config.file", configuration, "--web.enable-lifecycle"]
            if let authority {
                flags += ["--web.config.file", try folder.write(webConfiguration(authority), to: "web.yml")]
                try install("server", of: authority, in: folder)
            }
            let exporter = try await Exporter(flags, listenOn: ["127.0.0.1:0", "127.0.0.1:0"])
            let url = "\(authority == nil ? "http" : "https")://\(exporter.addresses[0])"
            let arguments = authority.map(admission) ?? []
            let scraper = try SteadyScraper(
                "\(url)/metrics", arguments, reference: try await reference(url, arguments, simulator),
                isSteady: ExpectedSamples.isAboutTheWorld)
            try await body(
                Battlefield(
                    folder: folder, simulator: simulator, exporter: exporter, scraper: scraper, url: url,
                    authority: authority))
            try await exporter.program.kill()
        }
    }

    /// A page whose values were compared with what the server holds.
    private static func reference(_ url: String, _ arguments: [String], _ simulator: Simulator) async throws -> String {
        let expected = ExpectedSamples(simulator.state(), lookback: 30 * 86_400).samples
        try #require(expected.count > 200)
        var text = ""
        try await eventually("everything is collected") {
            let format = ["--header", "Accept: text/plain;version=0.0.4"]
            text = try await CurlReply.get("\(url)/metrics", arguments + format).text
            let page = try Page(text)
            return page.succeeded() && expected.allSatisfy { page.samples[$0.key] == $0.value }
        }
        return text
    }

    // MARK: - The guarded endpoint

    static func webConfiguration(_ authority: HostileAuthority) -> String {
        """
        tls_server_config:
          cert_file: server.pem
          key_file: server.key
          client_auth_type: RequireAndVerifyClientCert
          client_ca_file: \(authority["ca.pem"])
        basic_auth_users:
          scraper: \(hash)

        """
    }

    /// Puts a certificate of the authority where the endpoint has its own.
    static func install(_ name: String, of authority: HostileAuthority, in folder: TemporaryFolder) throws {
        try folder.write(authority.text("\(name).pem"), to: "server.pem")
        try folder.write(authority.text("\(name).key"), to: "server.key")
    }

    /// What curl needs to be let in, whichever certificate the endpoint shows.
    private static func admission(_ authority: HostileAuthority) -> [String] {
        ["--cacert", authority["both.pem"], "--user", "scraper:\(password)"] + authority.arguments(.good)
    }

    // MARK: - What attacks need

    /// An authority; attacks on an encrypted endpoint have one.
    func requireAuthority() throws -> HostileAuthority {
        try #require(authority, "this attack is for a guarded endpoint")
    }

    /// A client that nobody has seen before asks for something small, and is let in.
    func newcomer(_ path: String = "/-/healthy", _ arguments: [String] = []) async throws -> CurlReply {
        try await CurlReply.get(url + path, (authority.map(Self.admission) ?? []) + arguments)
    }

    /// Has the configuration read again, and says what became of it.
    func reload() async throws -> CurlReply {
        try await newcomer("/-/reload", ["--request", "POST"])
    }

    /// Opens connections from as many addresses as there are to be, each with its fair share.
    func connections(_ count: Int, from addresses: [String], receiveBuffer: Int32? = nil) throws -> [RawConnection] {
        try (0..<count).map { number in
            try RawConnection(
                to: address, from: addresses[number % addresses.count], receiveBuffer: receiveBuffer)
        }
    }
}

/// What a process takes of its machine.
struct Footprint {
    /// Open descriptors.
    var descriptors: Int
    /// Resident memory, in kilobytes.
    var memory: Int

    init(descriptors: Int, memory: Int) {
        self.descriptors = descriptors
        self.memory = memory
    }

    init(of exporter: Exporter) throws {
        descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(exporter.program.pid)/fd").count
        memory = exporter.memory("VmRSS") ?? 0
    }
}

/// Something that a hostile or broken client does to the endpoint.
///
/// It says by expectations what the endpoint owes such a client, cleans up behind itself, and lets the scraper get a
/// few pages while it is at its worst.
protocol Attack: Sendable {
    func run(on field: Battlefield) async throws
}

extension Attack {
    var name: String { "\(Self.self)" }
}
