import MailStoreAPI
import MicroHTTPServer
import PlainText

/// Reads the section `tls_server_config`.
struct WebTLSReader {
    private let section: WebSection
    private let files: NamedFiles

    init(_ section: WebSection, files: NamedFiles) {
        self.section = section
        self.files = files
    }

    /// `nil` if the section sets nothing, or if a mistake leaves no certificate or key.
    func read() -> WebTLS? {
        guard WebConfigurationSchema.tls.contains(where: section.isGiven) else { return nil }
        let certificate = text("cert", "cert_file", PEMText.certificates)
        let key = text("key", "key_file", PEMText.privateKey)
        requires("cert", "cert_file")
        requires("key", "key_file")
        let policy = policy()
        guard let certificate, let key else { return nil }
        return WebTLS(certificatePEM: certificate, privateKeyPEM: Secret(key), policy: policy)
    }

    /// Warnings about settings that are valid but insecure.
    func warnings(about tls: WebTLS) -> [String] {
        var warnings: [String] = []
        if let key = section.text("key_file"), let warning = files.warning(key) { warnings.append(warning) }
        let isVerified = [.verifyIfGiven, .requireAndVerify].contains(tls.policy.clientAuthentication)
        if hasAuthorities, !isVerified, let type = section.text("client_auth_type") {
            warnings.append(
                "\(type) admits every client certificate, whoever signed it; "
                    + "RequireAndVerifyClientCert checks it against the client CA")
        }
        return warnings
    }

    private var hasAuthorities: Bool { section.isGiven("client_ca") || section.isGiven("client_ca_file") }

    /// A text that is given inline or in another file.
    private func text(
        _ key: String, _ fileKey: String, _ check: (String) throws(InvalidValue) -> String
    ) -> String? {
        if section.isGiven(key), section.isGiven(fileKey) {
            section.reader.report(fileKey, "is set as well as \(key); keep one")
        }
        if section.isGiven(key) { return section.value(key, check) }
        return section.value(fileKey) { (written) throws(InvalidValue) in try check(files.text(of: written)) }
    }

    private func requires(_ key: String, _ fileKey: String) {
        guard !section.isGiven(key), !section.isGiven(fileKey) else { return }
        section.reader.report(
            fileKey, "is missing; TLS needs a certificate and its key (cert_file and key_file, or cert and key)")
    }

    private func policy() -> TLSPolicy {
        var policy = TLSPolicy()
        policy.minimumVersion = section.value("min_version", TLSNames.version) ?? policy.minimumVersion
        policy.maximumVersion = section.value("max_version", TLSNames.version) ?? policy.maximumVersion
        policy.prefersOwnOrder = section.value("prefer_server_cipher_suites", GoValue.flag) ?? true
        policy.cipherSuites = section.values("cipher_suites", TLSNames.cipherSuite).flatMap { $0.isEmpty ? nil : $0 }
        policy.curves = section.values("curve_preferences", TLSNames.curve).flatMap { $0.isEmpty ? nil : $0 }
        policy.clientCertificateAuthorities = text("client_ca", "client_ca_file", PEMText.certificates)
        readClientAuthentication(&policy)
        checkVersions(policy)
        return policy
    }

    private func readClientAuthentication(_ policy: inout TLSPolicy) {
        let type = section.value("client_auth_type", TLSNames.clientAuthentication)
        policy.clientAuthentication = type ?? .none
        policy.allowedClientNames = section.values("client_allowed_sans") { $0 }
        // An invalid type is reported; the settings that depend on it cannot be checked.
        guard type != nil || !section.isGiven("client_auth_type") else { return }
        if policy.clientAuthentication == .none, hasAuthorities {
            let key = section.isGiven("client_ca") ? "client_ca" : "client_ca_file"
            section.reader.report(
                key, "has no effect without client_auth_type; add client_auth_type: RequireAndVerifyClientCert")
        }
        guard let names = policy.allowedClientNames else { return }
        if names.isEmpty {
            section.reader.report(
                "client_allowed_sans", "is an empty list, which admits nobody; name a client, or leave the key out")
        }
        if ![.requireAny, .requireAndVerify].contains(policy.clientAuthentication) {
            section.reader.report(
                "client_allowed_sans",
                "needs a certificate of every client; add client_auth_type: RequireAndVerifyClientCert")
        }
    }

    private func checkVersions(_ policy: TLSPolicy) {
        if policy.minimumVersion > policy.maximumVersion {
            section.reader.report(
                section.isGiven("min_version") ? "min_version" : "max_version",
                "leaves no TLS version, since min_version (TLS12 unless set) is above max_version (TLS13 unless set); "
                    + "swap them, or leave one out")
        }
        // The suites of TLS 1.3 are named without a key exchange (RFC 8446, appendix B.4).
        if policy.maximumVersion < .tls13, let suites = policy.cipherSuites,
            !suites.contains(where: { $0.name.contains("_WITH_") })
        {
            section.reader.report(
                "cipher_suites",
                "has suites of TLS 1.3 only, which max_version excludes; add others, or leave it out")
        }
    }
}

/// The names from Go's package crypto/tls, which the file format uses.
enum TLSNames {
    static func version(_ text: String) throws(InvalidValue) -> TLSPolicy.Version {
        try find(text, in: versions, what: "a TLS version")
    }

    static func clientAuthentication(_ text: String) throws(InvalidValue) -> TLSPolicy.ClientAuthentication {
        try find(text, in: clientAuthentications, what: "a client_auth_type")
    }

    static func curve(_ text: String) throws(InvalidValue) -> TLSPolicy.Curve {
        try find(text, in: curves, what: "a supported curve")
    }

    static func cipherSuite(_ text: String) throws(InvalidValue) -> CipherSuite {
        try find(text, in: cipherSuites, what: "a supported cipher suite")
    }

    private static let versions: [(String, TLSPolicy.Version)] = [
        ("TLS10", .tls10), ("TLS11", .tls11), ("TLS12", .tls12), ("TLS13", .tls13),
    ]

    private static let clientAuthentications: [(String, TLSPolicy.ClientAuthentication)] = [
        ("NoClientCert", .none), ("RequestClientCert", .request), ("RequireAnyClientCert", .requireAny),
        ("VerifyClientCertIfGiven", .verifyIfGiven), ("RequireAndVerifyClientCert", .requireAndVerify),
        // An old name that the format still accepts.
        ("RequireClientCert", .requireAny),
    ]

    private static let curves: [(String, TLSPolicy.Curve)] = [
        ("X25519", .x25519), ("CurveP256", .p256), ("CurveP384", .p384), ("CurveP521", .p521),
    ]

    /// What `tls.CipherSuites()` lists up to Go 1.21; later versions count suites without forward secrecy as insecure.
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
            "\(QuotedText(text)) is not \(what); use one of \(names.map(\.0).joined(separator: ", "))")
    }
}

/// Checks a text in PEM (RFC 7468) without parsing its contents.
enum PEMText {
    /// The most bytes that are read from a file.
    static let largest = 1 << 20

    static func certificates(_ text: String) throws(InvalidValue) -> String {
        guard text.contains("-----BEGIN CERTIFICATE-----") else {
            throw InvalidValue(
                """
                contains no certificate in PEM (a line "-----BEGIN CERTIFICATE-----"); convert one in DER with \
                openssl x509 -inform DER
                """)
        }
        return text
    }

    static func privateKey(_ text: String) throws(InvalidValue) -> String {
        guard text.contains("PRIVATE KEY-----") else {
            throw InvalidValue(
                """
                contains no private key in PEM (a line "-----BEGIN PRIVATE KEY-----"); give the key that belongs to the \
                certificate
                """)
        }
        guard !text.contains("ENCRYPTED") else {
            throw InvalidValue(
                "contains a private key with a passphrase; remove it with openssl pkey -in OLD -out NEW")
        }
        return text
    }
}
