import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import Configuration

@Suite("The step that looks at the certificate")
struct CertificateCheckTests {
    private static let day: Int64 = 86_400
    private static let pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

    @Test(
        "a certificate that ends within 30 days is warned of",
        arguments: [
            (31 * day, CheckStatus.ok, 31), (31 * day - 1, .warning, 30), (day, .warning, 1), (day - 1, .warning, 0),
            (-1, .warning, -1),
        ])
    func expiry(endsIn: Int64, expected: CheckStatus, daysLeft: Int) async throws {
        let bench = CheckBench()
        bench.server.answer(
            metadata: CheckBench.metadata(without: [], certificate: bench.certificate(endsIn: endsIn)))
        let outcome = try await bench.examine()
        let step = try #require(outcome["tls"])
        #expect(step.status == expected)
        #expect(step.detail("days_left") == .number(Double(daysLeft)))
        #expect(outcome.verdict == .healthy)
    }

    @Test("it says who vouches for the certificate")
    func guarantor() async throws {
        let bench = CheckBench()
        bench.server.answer(
            metadata: CheckBench.metadata(without: [], certificate: bench.certificate(endsIn: 90 * Self.day)))
        let byAuthority = try await bench.examine()
        #expect(byAuthority["tls"]?.message.hasPrefix("a certificate authority of this system vouches") == true)
        let pin = try PublicKeyPin(parsing: Self.pin)
        let byPin = try await bench.examine { $0.trust = .verified(caFile: nil, pin: pin) }
        #expect(byPin["tls"]?.message.hasPrefix("the pinned key vouches") == true)
    }

    @Test("a check that is switched off is a warning with the pin to use instead")
    func unverified() async throws {
        let bench = CheckBench()
        bench.server.answer(
            metadata: CheckBench.metadata(
                without: [], certificate: bench.certificate(endsIn: 90 * Self.day, verified: false)))
        let outcome = try await bench.examine { $0.trust = .unverified }
        let step = try #require(outcome["tls"])
        #expect(step.status == .warning)
        #expect(step.detail("verified") == .flag(false))
        #expect(step.detail("yaml") == .text("tls: { pinned_public_key: \"\(Self.pin)\" }"))
        #expect(step.detail("flag") == .text("--mailstore.pinned-public-key '\(Self.pin)'"))
        #expect(outcome.verdict == .healthy)
    }

    @Test("a certificate that is not accepted is shown all the same, with its pin")
    func refused() async throws {
        let bench = CheckBench()
        bench.server.answer(
            metadata: .broken(.tls, certificate: bench.certificate(endsIn: 90 * Self.day, verified: false)))
        let step = try #require(try await bench.examine()["tls"])
        #expect(step.status == .failed)
        #expect(step.detail("subject") == .text("CN=ARCHIVE"))
        #expect(step.detail("valid_until") == .text("2026-04-01T00:00:00Z"))
        #expect(step.detail("pin") == .text(Self.pin))
    }

    @Test("a failed handshake without a certificate prints no pin")
    func noCertificate() async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: .broken(.tls))
        let step = try #require(try await bench.examine()["tls"])
        #expect(step.status == .failed)
        #expect(step.message == "the TLS handshake failed")
        #expect(step.details.isEmpty)
    }
}
