import MailStoreAPI
import Testing

@testable import CurlTransport

@Suite("Chains of certificates")
struct CertificateChainTests {
    private let folder: TemporaryFolder
    private let engine = CurlEngine()

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The error of a call to a server with this chain, of which only the root is trusted.
    private func failure(
        root: TestCertificate, between: TestCertificate, server certificate: TestCertificate
    ) async throws -> TransportError {
        let server = try TestServer(certificate: certificate, issuers: [between])
        let file = try folder.write(root.pem, to: "root.pem")
        return try await CurlTransport(engine: engine, options: CurlOptions(baseURL: server.url, caFile: file))
            .failure()
    }

    private static func authority(
        _ name: String, issuer: TestCertificate? = nil, from: Int = -86_400, to: Int = 86_400
    ) throws -> TestCertificate {
        try TestCertificate(
            commonName: name, hosts: [], issuer: issuer, isAuthority: true, validFrom: from, validTo: to)
    }

    @Test("an intermediate certificate that has expired is blamed, and not the server's own")
    func expiredIntermediate() async throws {
        let root = try Self.authority("Root")
        let between = try Self.authority("Between", issuer: root, from: -3 * 86_400, to: -86_400)
        let error = try await failure(root: root, between: between, server: try TestCertificate(issuer: between))
        #expect(error.kind == .tls)
        #expect(error.description.contains("An intermediate certificate that"))
        #expect(error.description.contains("has expired; it shows subject \"CN=Between,O=Test\""))
        #expect(error.description.contains("The server's own certificate is valid until"))
        // The facts remain those of the server's own certificate.
        #expect(error.certificate?.subject == "CN=archive,O=Test")
    }

    @Test("an intermediate certificate that is not valid yet is blamed, and the clocks")
    func futureIntermediate() async throws {
        let root = try Self.authority("Root")
        let between = try Self.authority("Between", issuer: root, from: 86_400, to: 2 * 86_400)
        let error = try await failure(root: root, between: between, server: try TestCertificate(issuer: between))
        #expect(error.description.contains("An intermediate certificate that"))
        #expect(error.description.contains("is not valid yet") && error.description.contains("clocks"))
    }

    @Test("an expired root in the CA file is blamed, and not what the server sends")
    func expiredRoot() async throws {
        let root = try Self.authority("Root", from: -3 * 86_400, to: -86_400)
        let between = try Self.authority("Between", issuer: root)
        let error = try await failure(root: root, between: between, server: try TestCertificate(issuer: between))
        #expect(error.description.contains("but the certificate of an authority that signed it has expired"))
        #expect(error.description.contains("in the CA file \(folder.path)/root.pem"))
    }

    @Test("where the server's own certificate has expired too, it is the one to renew")
    func bothExpired() async throws {
        let root = try Self.authority("Root")
        let between = try Self.authority("Between", issuer: root, from: -3 * 86_400, to: -86_400)
        let server = try TestCertificate(issuer: between, validFrom: -3 * 86_400, validTo: -86_400)
        let error = try await failure(root: root, between: between, server: server)
        #expect(error.description.contains("The certificate of 127.0.0.1"))
        #expect(error.description.contains("Renew it on the server"))
    }
}

@Suite("Certificate authorities that the environment names")
struct EnvironmentAuthorityTests {
    private let folder: TemporaryFolder
    private let engine = CurlEngine()
    private let authority: TestCertificate
    private let server: TestServer
    private let file: String

    init() throws {
        folder = try TemporaryFolder()
        authority = try TestCertificate(commonName: "Company CA", hosts: [], isAuthority: true)
        server = try TestServer(certificate: try TestCertificate(issuer: authority))
        file = try folder.write(authority.pem, to: "company.pem")
    }

    private func transport(
        _ environment: [String: String], _ change: (inout CurlOptions) -> Void = { _ in }
    ) -> CurlTransport {
        var options = CurlOptions(baseURL: server.url)
        options.authorities = EnvironmentAuthorities(environment: environment)
        change(&options)
        return CurlTransport(engine: engine, options: options)
    }

    private let request = HTTPRequest(path: "/status/200", credentials: nil, timeout: .seconds(20))

    @Test("SSL_CERT_FILE is trusted where no CA file is configured")
    func file() async throws {
        let reply = try await transport(["SSL_CERT_FILE": file]).send(request)
        #expect(reply.certificate?.verified == true)
        #expect(try await transport(["SSL_CERT_FILE": ""]).failure().kind == .tls)
        #expect(try await transport([:]).failure().kind == .tls)
    }

    @Test("a configured CA file is trusted alone")
    func configuredFile() async throws {
        let other = try folder.write(try TestCertificate().pem, to: "other.pem")
        #expect(try await transport(["SSL_CERT_FILE": file]) { $0.caFile = other }.failure().kind == .tls)
    }

    @Test("SSL_CERT_DIR is trusted where its files have hashed names")
    func directory() async throws {
        let error = try await transport(["SSL_CERT_DIR": folder.path]).failure()
        #expect(error.kind == .tls)
        #expect(error.description.contains("run openssl rehash"))
        try run("openssl", "rehash", folder.path)
        // A directory that does not exist does no harm.
        let reply = try await transport(["SSL_CERT_DIR": "/nowhere:\(folder.path)"]).send(request)
        #expect(reply.certificate?.verified == true)
    }

    @Test("a file that cannot be used is named with its variable")
    func unusable() async throws {
        let error = try await transport(["SSL_CERT_FILE": "/nowhere.pem"]).failure()
        #expect(error.kind == .tls)
        #expect(error.description.contains("The CA file /nowhere.pem"))
        #expect(error.description.contains("No such file"))
        #expect(error.description.contains("environment variable SSL_CERT_FILE"))
    }
}
