import Glibc
import MailStoreAPI
import Testing

@testable import CurlTransport

@Suite("Asking a server that is not trusted for its certificate")
struct CertificateProbeTests {
    static let facts = CertificateInfo(
        notAfter: 2, notBefore: 1, subject: "CN=a", issuer: "CN=b", publicKeyPin: "sha256//x", verified: false)

    @Test("a failure that repeats itself is looked into once a minute")
    func interval() {
        let start = ContinuousClock.now
        var probe = CertificateProbe()
        #expect(probe.decide(signature: "60/18", now: start) == .connect)
        probe.finished([Self.facts], now: start)
        #expect(probe.decide(signature: "60/18", now: start + .seconds(59)) == .known([Self.facts]))
        #expect(probe.decide(signature: "60/18", now: start + .seconds(60)) == .connect)
    }

    @Test("another failure, or one after a success, is looked into at once")
    func change() {
        let start = ContinuousClock.now
        var probe = CertificateProbe()
        #expect(probe.decide(signature: "60/18", now: start) == .connect)
        probe.finished([Self.facts], now: start)
        #expect(probe.decide(signature: "60/10", now: start) == .connect)
        probe.finished([], now: start)
        #expect(probe.decide(signature: "60/10", now: start) == .known([]))
        probe.forget()
        #expect(probe.decide(signature: "60/10", now: start) == .connect)
    }

    @Test("failures at the same time share one look")
    func sharing() {
        let start = ContinuousClock.now
        var probe = CertificateProbe()
        #expect(probe.decide(signature: "60/18", now: start) == .connect)
        #expect(probe.decide(signature: "60/18", now: start) == .wait)
    }

    @Test("a server that keeps being refused sees one connection a call, and one more")
    func connections() async throws {
        let server = try TestServer(certificate: try TestCertificate())
        let transport = CurlTransport(engine: CurlEngine(), options: CurlOptions(baseURL: server.url))
        var pins: Set<String?> = []
        for _ in 0..<4 { pins.insert(try await transport.failure().certificate?.publicKeyPin) }
        #expect(pins.count == 1 && !pins.contains(nil))
        #expect(try server.connections() == 5)
    }

    @Test("many calls that are refused at once all learn the certificate")
    func concurrent() async throws {
        let server = try TestServer(certificate: try TestCertificate())
        let transport = CurlTransport(engine: CurlEngine(), options: CurlOptions(baseURL: server.url))
        let pins = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<8 { group.addTask { try await transport.failure().certificate?.publicKeyPin } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(pins.count == 1 && !pins.contains(nil))
        #expect(try server.connections() == 9)
    }
}

@Suite("Reading certificates")
struct CertificateParserTests {
    @Test("subject, issuer and validity are read")
    func facts() throws {
        let authority = try TestCertificate(commonName: "Test CA", isAuthority: true)
        let before = Int64(time(nil))
        let pem = try TestCertificate(commonName: "mail archive", issuer: authority, validTo: 3600).pem
        let facts = try #require(CertificateParser.facts(pem: pem, verified: true))
        #expect(facts.subject == "CN=mail archive,O=Test")
        #expect(facts.issuer == "CN=Test CA,O=Test")
        #expect((before + 3600...before + 3700).contains(facts.notAfter))
        #expect(facts.notAfter - facts.notBefore == 3600 + 86_400)
        #expect(facts.verified)
    }

    @Test("a pin has the form that libcurl takes", arguments: [TestCertificate.Key.ellipticCurve, .rsa, .ed25519])
    func pin(key: TestCertificate.Key) throws {
        let facts = try #require(CertificateParser.facts(pem: try TestCertificate(key: key).pem, verified: false))
        #expect(facts.publicKeyPin.hasPrefix("sha256//"))
        #expect(facts.publicKeyPin.hasSuffix("="))
        #expect(facts.publicKeyPin.utf8.count == 8 + 44)
        #expect(!facts.verified)
    }

    @Test(
        "what is no certificate has no facts",
        arguments: [
            "", "text", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ])
    func nonsense(pem: String) {
        #expect(CertificateParser.facts(pem: pem, verified: true) == nil)
    }
}
