import MicroHTTPServer
import Testing

@Suite("Certificates of clients", .serialized, .timeLimit(.minutes(2)))
struct ClientCertificateTests {
    private static func options(_ authority: Authority, _ change: (inout TLSPolicy) -> Void) -> ServerOptions {
        .loopback {
            $0.tls = authority.identity
            $0.tlsPolicy.clientCertificateAuthorities = authority.certificatePEM
            change(&$0.tlsPolicy)
        }
    }

    /// Whether curl with that certificate is answered 200.
    private static func isLetIn(
        _ server: HTTPServer, _ authority: Authority, _ client: Authority.Client?, version: String = "1.3"
    ) async throws -> Bool {
        let identity = client.map { "--cert \(authority.certificate($0)) --key \(authority.key($0))" } ?? ""
        let output = try await Program.run(
            "sh", "-c",
            "curl -sS --cacert \(authority.folder)/ca.pem --tlsv\(version) --tls-max \(version) "
                + "-o /dev/null -w '%{http_code}' \(identity) https://127.0.0.1:\(server.port)/")
        try #require(output.text == (output.exitCode == 0 ? "200" : "000"))
        return output.exitCode == 0
    }

    private static let everyone = [nil] + Authority.Client.allCases
    private static let verified: [Authority.Client?] = [.good, .plain]

    private static let policies: [(TLSPolicy.ClientAuthentication, letIn: [Authority.Client?])] = [
        (.none, letIn: everyone),
        (.request, letIn: everyone),
        (.requireAny, letIn: Authority.Client.allCases),
        (.verifyIfGiven, letIn: [nil] + verified),
        (.requireAndVerify, letIn: verified),
    ]

    @Test("each policy accepts the right clients", arguments: policies, ["1.2", "1.3"])
    func letsIn(policy: (TLSPolicy.ClientAuthentication, letIn: [Authority.Client?]), version: String) async throws {
        try await Authority.with { authority in
            try await withServer(Self.options(authority) { $0.clientAuthentication = policy.0 }) { _ in
                .status(200)
            } test: { server in
                for client in Self.everyone {
                    let isLetIn = try await Self.isLetIn(server, authority, client, version: version)
                    #expect(isLetIn == policy.letIn.contains(client), "\(client?.rawValue ?? "no certificate")")
                }
                let refused = Self.everyone.count - policy.letIn.count
                #expect(server.connectionCounts.rejectedCertificates == refused)
            }
        }
    }

    @Test(
        "the certificate must hold one of the names that are allowed, byte for byte",
        arguments: [
            (["scraper.example"], true), (["192.0.2.7"], true), (["2001:db8::7"], true), (["ops@example.org"], true),
            (["spiffe://example/s"], true), (["other.example", "scraper.example"], true), (["example"], false),
            (["*.example"], false), (["SCRAPER.example"], false), (["scraper.example."], false), (["good"], false),
            (["192.0.2.70"], false), ([], false),
        ])
    func names(allowed: [String], isLetIn: Bool) async throws {
        try await Authority.with { authority in
            let options = Self.options(authority) {
                $0.clientAuthentication = .requireAndVerify
                $0.allowedClientNames = allowed
            }
            try await withServer(options) { _ in
                .status(200)
            } test: { server in
                for client in [Authority.Client.good, .plain, .foreign] {
                    let isIn = try await Self.isLetIn(server, authority, client)
                    #expect(isIn == (client == .good && isLetIn), "\(client)")
                }
            }
        }
    }

    private static let alerts: [(Authority.Client?, String, alert: Int)] = [
        (nil, "-tls1_3", alert: 116), (nil, "-tls1_2", alert: 40),
        (.foreign, "-tls1_3", alert: 48), (.selfSigned, "-tls1_2", alert: 48),
        (.expired, "-tls1_3", alert: 45), (.expired, "-tls1_2", alert: 45),
        (.ofServer, "-tls1_3", alert: 42), (.plain, "-tls1_2", alert: 42),
    ]

    @Test("a rejected client gets an alert with the reason (RFC 8446, 6.2)", arguments: alerts)
    func isTold(client: Authority.Client?, version: String, alert: Int) async throws {
        try await Authority.with { authority in
            let options = Self.options(authority) {
                $0.clientAuthentication = .requireAndVerify
                $0.allowedClientNames = ["scraper.example"]
            }
            try await withServer(options) { _ in
                .status(200)
            } test: { server in
                let identity = client.map { "-cert \(authority.certificate($0)) -key \(authority.key($0))" } ?? ""
                let output = try await Program.run(
                    "sh", "-c",
                    "printf 'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' | openssl s_client -quiet \(version) \(identity) "
                        + "-connect 127.0.0.1:\(server.port) 2>&1")
                #expect(output.text.contains("SSL alert number \(alert)\n"), "\(output.text)")
            }
        }
    }

    @Test("without configured authorities, a client of a private one is rejected")
    func noneGiven() async throws {
        try await Authority.with { authority in
            let options = Self.options(authority) {
                $0.clientAuthentication = .requireAndVerify
                $0.clientCertificateAuthorities = nil
            }
            try await withServer(options) { _ in
                .status(200)
            } test: { server in
                let isLetIn = try await Self.isLetIn(server, authority, .good)
                #expect(!isLetIn)
            }
        }
    }

    @Test("authorities that are not certificates are reported", arguments: ["", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
    func noAuthorities(pem: String) async throws {
        let identity = try await Certificate.make().identity
        let error = try #require(throws: ServerError.self) {
            try HTTPServer(
                .loopback {
                    $0.tls = identity
                    $0.tlsPolicy.clientAuthentication = .requireAndVerify
                    $0.tlsPolicy.clientCertificateAuthorities = pem
                }
            ) { _ in .status(200) }
        }
        #expect(error.kind == .badCertificate)
        #expect(error.description.contains("the clients' certificate authorities"))
    }
}
