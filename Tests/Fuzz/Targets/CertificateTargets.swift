import MicroHTTPServer

@testable import Configuration
@testable import CurlTransport
@testable import MailStoreAPI
@testable import Web

extension FuzzTarget {
    /// Certificates of servers, and the certificate and the key of the exporter.
    static let certificates = [
        FuzzTarget(name: "certificate") { input in
            let text = text(input)
            guard let facts = CertificateParser.facts(pem: text, verified: false) else { return }
            try promise(CertificateParser.facts(pem: text, verified: false) == facts, "read twice, it differs")
            if !facts.publicKeyPin.isEmpty {
                try promise(
                    try PublicKeyPin(parsing: facts.publicKeyPin).description == facts.publicKeyPin,
                    "\(facts.publicKeyPin) is not a pin")
            }
        },
        FuzzTarget(name: "identity") { input in
            let texts = parts(input, atMost: 2).map(text)
            let identity = TLSIdentity(certificatePEM: texts[0], privateKeyPEM: texts.count > 1 ? texts[1] : texts[0])
            do throws(ServerError) {
                try HTTPServer.check(tls: identity)
                _ = try? PEMText.certificates(identity.certificatePEM)
            } catch {
                // Compared as bytes: a search for text stops at a NUL.
                let key = Array(identity.privateKeyPEM.utf8)
                let shows = key.count > 200 && !Array(error.description.utf8).ranges(of: key.prefix(200)).isEmpty
                try promise(!shows, "an error contains the key")
            }
        },
    ]
}
