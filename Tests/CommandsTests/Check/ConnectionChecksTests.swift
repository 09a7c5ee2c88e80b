import MailStoreAPI
import TestSupport
import Testing

@testable import Commands
@testable import Configuration

@Suite("The checks of the connection")
struct ConnectionChecksTests {
    private static let refused = NetworkFailure(kind: .refused, description: "Connection refused")

    @Test("a name without an address fails and says where to look")
    func unresolved() async throws {
        var bench = CheckBench()
        bench.resolved = .failure(NetworkFailure(kind: .refused, description: "Name or service not known"))
        let outcome = try await bench.check()
        #expect(outcome["name"]?.status == .failed)
        #expect(outcome["name"]?.message == "archive.example does not resolve: Name or service not known")
        #expect(outcome["name"]?.remedy?.contains("DNS") == true)
        #expect(outcome["tcp"]?.status == .skipped)
    }

    @Test("an empty list of addresses is no address")
    func noAddress() async throws {
        var bench = CheckBench()
        bench.resolved = .success([])
        #expect(try await bench.check()["name"]?.status == .failed)
    }

    @Test(
        "each address is tried: none, some or all of them answer",
        arguments: [([], CheckStatus.ok, 2), (["::1"], .warning, 1), (["127.0.0.1", "::1"], .failed, 0)])
    func addresses(refusing: [String], expected: CheckStatus, reachable: Int) async throws {
        var bench = CheckBench()
        bench.resolved = .success([NetworkAddress("127.0.0.1"), NetworkAddress("::1")])
        for address in refusing { bench.connections[address] = Self.refused }
        let step = try #require(try await bench.check()["tcp"])
        #expect(step.status == expected)
        #expect(step.message.contains("127.0.0.1") && step.message.contains("::1"))
        #expect(step.detail("reachable") == .number(Double(reachable)))
    }

    @Test(
        "the remedy fits the failure",
        arguments: [
            (NetworkFailure.Kind.refused, "off by default"), (.timedOut, "firewall"), (.other, "network"),
        ])
    func remedies(kind: NetworkFailure.Kind, word: String) async throws {
        var bench = CheckBench()
        bench.connections["192.0.2.7"] = NetworkFailure(kind: kind, description: "no")
        let step = try #require(try await bench.check()["tcp"])
        #expect(step.status == .failed)
        #expect(step.remedy?.contains(word) == true)
    }

    @Test("behind a proxy a name that does not resolve here is a warning; the proxy's own address is not shown")
    func proxy() async throws {
        var bench = CheckBench()
        bench.environment["HTTPS_PROXY"] = "http://user:proxy-password@proxy.example:3128"
        bench.resolved = .failure(NetworkFailure(kind: .refused, description: "Name or service not known"))
        let outcome = try await bench.check()
        #expect(outcome["name"]?.status == .warning)
        #expect(outcome["name"]?.remedy?.contains("HTTPS_PROXY") == true)
        #expect(outcome["tcp"]?.status == .warning)
        #expect(outcome["tls"]?.status == .ok)
        #expect(!JSONReport.render(outcome.steps).contains("proxy-password"))

        bench.server.answer(metadata: .broken(.connect))
        let unreached = try await bench.check()
        #expect(unreached["tls"]?.status == .failed)
        #expect(unreached["tls"]?.remedy?.contains("HTTPS_PROXY") == true)
    }

    @Test("a reply that never comes is the API's fault where the handshake was done, and TLS's where it was not")
    func timeouts() async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: .broken(.timeout, certificate: bench.certificate(endsIn: 90 * 86_400)))
        let answering = try await bench.check()
        #expect(answering["tls"]?.status == .ok)
        #expect(answering["api"]?.status == .failed)
        bench.server.answer(metadata: .broken(.timeout))
        let silent = try await bench.check()
        #expect(silent["tls"]?.status == .failed)
        #expect(silent["api"]?.status == .skipped)
    }

    @Test(
        "what answers must be MailStore",
        arguments: [
            (FakeAnswer.raw("<html></html>"), CheckStatus.failed), (.raw("[]"), .warning), (.status(404), .failed),
            (.status(302), .failed), (.status(401), .warning), (.raw(#"[{"name": "GetUsers", "args": []}]"#), .ok),
        ])
    func api(answer: FakeAnswer, expected: CheckStatus) async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: answer)
        let step = try #require(try await bench.check()["api"])
        #expect(step.status == expected)
        #expect((step.remedy == nil) == (expected == .ok))
    }
}

@Suite("The check of the certificate")
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
        let outcome = try await bench.check()
        let step = try #require(outcome["tls"])
        #expect(step.status == expected)
        #expect(step.detail("days_left") == .number(Double(daysLeft)))
        #expect(outcome.verdict == .healthy)
    }

    @Test("it says what makes the certificate trusted")
    func anchor() async throws {
        var bench = CheckBench()
        bench.server.answer(
            metadata: CheckBench.metadata(without: [], certificate: bench.certificate(endsIn: 90 * Self.day)))
        let byAuthority = try await bench.check()
        #expect(byAuthority["tls"]?.message.contains("through the CA certificates of this system;") == true)
        bench.environment["SSL_CERT_FILE"] = "/etc/ca.pem"
        let byVariable = try await bench.check()
        #expect(byVariable["tls"]?.message.contains("through the CA certificates that SSL_CERT_FILE names;") == true)
        let pin = try PublicKeyPin(parsing: Self.pin)
        let byPin = try await bench.check { $0.trust = .verified(caFile: nil, pin: pin) }
        #expect(byPin["tls"]?.message.contains("through the pinned key;") == true)
    }

    @Test("a check that is switched off is a warning with the pin to use instead")
    func unverified() async throws {
        let bench = CheckBench()
        bench.server.answer(
            metadata: CheckBench.metadata(
                without: [], certificate: bench.certificate(endsIn: 90 * Self.day, verified: false)))
        let outcome = try await bench.check { $0.trust = .unverified }
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
        let step = try #require(try await bench.check()["tls"])
        #expect(step.status == .failed)
        #expect(step.detail("subject") == .text("CN=ARCHIVE"))
        #expect(step.detail("valid_until") == .text("2026-04-01T00:00:00Z"))
        #expect(step.detail("pin") == .text(Self.pin))
        #expect(step.detail("powershell") == .text(CertificateCheck.powerShell))
        #expect(step.remedy?.contains("in PowerShell on the server") == true)
    }

    @Test("the line that prints the thumbprints on the server is the one in the documents")
    func powerShell() throws {
        #expect(try Document("docs/installation.md").text.contains("\n\(CertificateCheck.powerShell)\n"))
    }

    @Test("a certificate that is trusted is not compared any more")
    func noComparison() async throws {
        let bench = CheckBench()
        bench.server.answer(
            metadata: CheckBench.metadata(without: [], certificate: bench.certificate(endsIn: 90 * Self.day)))
        let step = try #require(try await bench.check()["tls"])
        #expect(step.detail("powershell") == nil && step.detail("sha1") == .text("AB12"))
    }

    @Test("a failed handshake without a certificate prints no pin")
    func noCertificate() async throws {
        let bench = CheckBench()
        bench.server.answer(metadata: .broken(.tls))
        let step = try #require(try await bench.check()["tls"])
        #expect(step.status == .failed)
        #expect(step.message == "the TLS handshake failed")
        #expect(step.details.isEmpty)
    }
}
