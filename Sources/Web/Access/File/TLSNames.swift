import MicroHTTPServer
import PlainText

/// The names of Go's package crypto/tls that the file format uses.
enum TLSNames {
    static func version(_ text: String) throws(InvalidValue) -> TLSPolicy.Version {
        try find(text, in: versions, what: "a TLS version")
    }

    static func clientAuthentication(_ text: String) throws(InvalidValue) -> TLSPolicy.ClientAuthentication {
        try find(text, in: clientAuthentications, what: "a client_auth_type")
    }

    static func curve(_ text: String) throws(InvalidValue) -> TLSPolicy.Curve {
        try find(text, in: curves, what: "a curve that is offered")
    }

    static func cipherSuite(_ text: String) throws(InvalidValue) -> CipherSuite {
        try find(text, in: cipherSuites, what: "a cipher suite that is offered")
    }

    private static let versions: [(String, TLSPolicy.Version)] = [
        ("TLS10", .tls10), ("TLS11", .tls11), ("TLS12", .tls12), ("TLS13", .tls13),
    ]

    private static let clientAuthentications: [(String, TLSPolicy.ClientAuthentication)] = [
        ("NoClientCert", .none), ("RequestClientCert", .request), ("RequireAnyClientCert", .requireAny),
        ("VerifyClientCertIfGiven", .verifyIfGiven), ("RequireAndVerifyClientCert", .requireAndVerify),
        // An old name that the format keeps.
        ("RequireClientCert", .requireAny),
    ]

    private static let curves: [(String, TLSPolicy.Curve)] = [
        ("X25519", .x25519), ("CurveP256", .p256), ("CurveP384", .p384), ("CurveP521", .p521),
    ]

    /// What `tls.CipherSuites()` lists up to Go 1.21; later, suites without forward secrecy are held to be insecure.
    private static let cipherSuites: [(String, CipherSuite)] = CipherSuite.names.filter { name in
        !["RC4", "3DES", "CBC_SHA256"].contains { name.contains($0) }
    }.compactMap { name in CipherSuite(named: name).map { (name, $0) } }

    private static func find<Value>(
        _ text: String, in names: [(String, Value)], what: String
    ) throws(InvalidValue) -> Value {
        if let (_, value) = names.first(where: { $0.0 == text }) { return value }
        if let near = NearestName.find(text, among: names.map(\.0)) {
            throw InvalidValue("\(QuotedText(text)) is not \(what); did you mean \"\(near)\"?")
        }
        throw InvalidValue(
            "\(QuotedText(text)) is not \(what); there are \(names.map(\.0).joined(separator: ", "))")
    }
}
