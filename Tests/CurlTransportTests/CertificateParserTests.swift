import Glibc
import Testing

@testable import CurlTransport

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
