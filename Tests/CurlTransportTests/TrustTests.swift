import MailStoreAPI
import Testing

@testable import CurlTransport

@Suite("Trust in certificates")
struct TrustTests {
    let folder: TemporaryFolder
    let engine = CurlEngine()

    init() throws {
        folder = try TemporaryFolder()
    }

    private func transport(_ server: TestServer, _ change: (inout CurlOptions) -> Void = { _ in }) -> CurlTransport {
        var options = CurlOptions(baseURL: server.url)
        change(&options)
        return CurlTransport(engine: engine, options: options)
    }

    private func reply(_ transport: CurlTransport) async throws -> HTTPResponse {
        try await transport.send(HTTPRequest(path: "/status/200", credentials: .test, timeout: .seconds(20)))
    }

    /// libcurl computes the pin of a server by itself: a pin that it accepts is right.
    @Test(
        "the pin that is shown for a key is the one that is accepted",
        arguments: [
            TestCertificate.Key.ellipticCurve, .rsa, .ed25519,
        ])
    func pin(key: TestCertificate.Key) async throws {
        let server = try TestServer(certificate: try TestCertificate(key: key))
        let pin = try await transport(server).failure().certificate?.publicKeyPin
        let facts = try await reply(transport(server) { $0.pinnedPublicKey = pin }).certificate
        #expect(facts?.publicKeyPin == pin)
        #expect(facts?.verified == true)
    }

    @Test("a self-signed certificate is refused, and the error shows it and both remedies")
    func selfSigned() async throws {
        let server = try TestServer(certificate: try TestCertificate())
        let error = try await transport(server).failure()
        let facts = try #require(error.certificate)
        #expect(error.kind == .tls)
        #expect(facts.subject == "CN=archive,O=Test" && facts.issuer == "CN=archive,O=Test" && !facts.verified)
        #expect(facts.notAfter - facts.notBefore == 2 * 86_400)
        for text in [
            "is self-signed", "subject \"CN=archive,O=Test\"", "issuer \"CN=archive,O=Test\"",
            "valid until \(CurlFailure.day(facts.notAfter))", "tls.pinned_public_key: \(facts.publicKeyPin)",
            "--mailstore.pinned-public-key", "tls.ca_file",
        ] {
            #expect(error.description.contains(text))
        }
    }

    @Test("no login is sent to a server that is not trusted")
    func noCredentials() async throws {
        let server = try TestServer(certificate: try TestCertificate())
        _ = try await transport(server).failure()
        _ = try await transport(server) { $0.pinnedPublicKey = "sha256//" + String(repeating: "A", count: 43) + "=" }
            .failure()
        #expect(try server.requests() == 0)
    }

    @Test("a self-signed certificate may be its own CA file")
    func ownAuthority() async throws {
        let certificate = try TestCertificate()
        let server = try TestServer(certificate: certificate)
        let file = try folder.write(certificate.pem, to: "ca.pem")
        #expect(try await reply(transport(server) { $0.caFile = file }).certificate?.verified == true)
    }

    @Test("a certificate of a CA is accepted with the CA's file and refused without")
    func authority() async throws {
        let authority = try TestCertificate(commonName: "Test CA", hosts: [], isAuthority: true)
        let server = try TestServer(certificate: try TestCertificate(issuer: authority))
        let file = try folder.write(authority.pem, to: "ca.pem")
        let facts = try await reply(transport(server) { $0.caFile = file }).certificate
        #expect(facts?.issuer == "CN=Test CA,O=Test")
        #expect(facts?.subject == "CN=archive,O=Test")
        #expect(facts?.verified == true)

        let error = try await transport(server).failure()
        #expect(error.kind == .tls)
        #expect(error.description.contains("No certificate authority that is trusted here"))
        #expect(error.certificate?.publicKeyPin == facts?.publicKeyPin)
        #expect(error.certificate?.verified == false)
    }

    @Test("a CA file with another certificate in it is of no use")
    func otherAuthority() async throws {
        let server = try TestServer(certificate: try TestCertificate())
        let file = try folder.write(try TestCertificate().pem, to: "ca.pem")
        let error = try await transport(server) { $0.caFile = file }.failure()
        #expect(error.kind == .tls)
        #expect(error.certificate?.verified == false)
    }

    @Test("a wrong pin is refused even where the CA file is right, and the error shows the right one")
    func wrongPin() async throws {
        let certificate = try TestCertificate()
        let server = try TestServer(certificate: certificate)
        let file = try folder.write(certificate.pem, to: "ca.pem")
        let wrong = "sha256//" + String(repeating: "A", count: 43) + "="
        for caFile in [nil, file] {
            let error = try await transport(server) {
                $0.pinnedPublicKey = wrong
                $0.caFile = caFile
            }.failure()
            let facts = try #require(error.certificate)
            #expect(error.kind == .tls)
            #expect(!facts.verified && facts.publicKeyPin != wrong)
            #expect(error.description.contains("is not the pinned one"))
            #expect(error.description.contains(facts.publicKeyPin))
        }
    }

    @Test("a pin does not help where the CA file turns the certificate down")
    func rightPinWrongAuthority() async throws {
        let server = try TestServer(certificate: try TestCertificate())
        let file = try folder.write(try TestCertificate().pem, to: "ca.pem")
        let pin = try await transport(server).failure().certificate?.publicKeyPin
        let error = try await transport(server) {
            $0.pinnedPublicKey = pin
            $0.caFile = file
        }.failure()
        #expect(error.kind == .tls)
    }

    @Test("a pin that is none says how it has to look")
    func malformedPin() async throws {
        let server = try TestServer(certificate: try TestCertificate())
        let error = try await transport(server) { $0.pinnedPublicKey = "AAAA" }.failure()
        #expect(error.kind == .tls)
        #expect(error.description.contains("must begin with sha256//"))
    }

    @Test("skipping accepts everything and calls nothing verified, whatever else is set")
    func skip() async throws {
        let certificate = try TestCertificate(hosts: ["other.example"], validTo: -60)
        let server = try TestServer(certificate: certificate)
        let file = try folder.write(certificate.pem, to: "ca.pem")
        let facts = try await reply(
            transport(server) {
                $0.skipVerification = true
                $0.caFile = file
                $0.pinnedPublicKey = "sha256//" + String(repeating: "A", count: 43) + "="
            }
        ).certificate
        #expect(facts?.subject == "CN=archive,O=Test")
        #expect(facts?.verified == false)
    }
}

@Suite("Certificates and servers that cannot be accepted")
struct BadCertificateTests {
    let folder: TemporaryFolder
    let engine = CurlEngine()

    init() throws {
        folder = try TemporaryFolder()
    }

    private func failure(_ certificate: TestCertificate) async throws -> TransportError {
        let server = try TestServer(certificate: certificate)
        let file = try folder.write(certificate.pem, to: "ca.pem")
        return try await CurlTransport(engine: engine, options: CurlOptions(baseURL: server.url, caFile: file))
            .failure()
    }

    private func failure(url: String, caFile: String? = nil) async throws -> TransportError {
        try await CurlTransport(engine: engine, options: CurlOptions(baseURL: url, caFile: caFile)).failure()
    }

    @Test("a certificate for another host name is refused and shown")
    func wrongHost() async throws {
        let error = try await failure(try TestCertificate(hosts: ["other.example"]))
        #expect(error.kind == .tls)
        #expect(error.description.contains("is not made for the name 127.0.0.1"))
        #expect(error.certificate?.subject == "CN=archive,O=Test")
        #expect(error.certificate?.verified == false)
    }

    @Test("an expired certificate is refused and its last day shown")
    func expired() async throws {
        let error = try await failure(try TestCertificate(validFrom: -3 * 86_400, validTo: -86_400))
        let facts = try #require(error.certificate)
        #expect(error.kind == .tls)
        #expect(error.description.contains("has expired"))
        #expect(error.description.contains("valid until \(CurlFailure.day(facts.notAfter))"))
        #expect(!facts.verified)
    }

    @Test("a certificate from the future makes one think of the clocks")
    func notYetValid() async throws {
        let error = try await failure(try TestCertificate(validFrom: 86_400, validTo: 2 * 86_400))
        #expect(error.kind == .tls)
        #expect(error.description.contains("not valid yet") && error.description.contains("clocks"))
        #expect(error.certificate?.verified == false)
    }

    @Test("a CA file that cannot be used is named with the cause, and the certificate is known all the same")
    func unusableFile() async throws {
        let server = try TestServer(certificate: try TestCertificate())
        let files = [
            ("\(folder.path)/missing.pem", "No such file or directory"),
            (try folder.write("no certificate", to: "text.pem"), "it holds no certificate in PEM form"),
        ]
        for (file, cause) in files {
            let error = try await failure(url: server.url, caFile: file)
            #expect(error.kind == .tls)
            #expect(error.description.contains("The CA file \(file)"))
            #expect(error.description.contains(cause))
            #expect(error.certificate?.subject == "CN=archive,O=Test")
        }
    }

    @Test("a CA file that was replaced counts for the next connection")
    func replacedFile() async throws {
        let certificate = try TestCertificate()
        let server = try TestServer(certificate: certificate)
        let file = try folder.write(try TestCertificate().pem, to: "ca.pem")
        let transport = CurlTransport(engine: engine, options: CurlOptions(baseURL: server.url, caFile: file))
        #expect(try await transport.failure().kind == .tls)
        _ = try folder.write(certificate.pem, to: "ca.pem")
        let request = HTTPRequest(path: "/status/200", credentials: nil, timeout: .seconds(20))
        #expect(try await transport.send(request).status == 200)
    }

    @Test("a plain HTTP port is told from a TLS one")
    func plainPort() async throws {
        let server = try TestServer(.plain)
        let error = try await failure(url: server.url)
        #expect(error.kind == .tls)
        #expect(error.description.contains("does not speak TLS: is it a plain HTTP port?"))
        #expect(error.certificate == nil)
    }

    @Test("a server that closes during the handshake is told so")
    func closing() async throws {
        let server = try TestServer(.closing)
        let error = try await failure(url: server.url)
        #expect(error.kind == .tls)
        #expect(error.description.contains("closed the connection during the TLS handshake"))
    }

    @Test("a closed port makes one think of the API that is off by default")
    func closedPort() async throws {
        let port = try CurlTransportTests.closedPort()
        let error = try await failure(url: "https://127.0.0.1:\(port)")
        #expect(error.kind == .connect)
        #expect(error.description.contains("127.0.0.1:\(port) refuses the connection"))
        #expect(error.description.contains("is the Administration API enabled? It is off by default"))
        #expect(error.certificate == nil)
    }

    @Test("a name that does not resolve is named")
    func unknownName() async throws {
        let error = try await failure(url: "https://no-such-host.invalid:8463")
        #expect(error.kind == .dns)
        #expect(error.description.contains("The host name no-such-host.invalid does not resolve"))
    }
}
