import MailStoreAPI
import Testing

@testable import CurlTransport

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
