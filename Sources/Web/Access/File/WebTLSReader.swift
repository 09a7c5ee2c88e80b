import MailStoreAPI
import MicroHTTPServer
import PlainText

/// Reads the section `tls_server_config`.
struct WebTLSReader {
    private let section: WebSection
    private let files: WebFileReader

    init(_ section: WebSection, files: WebFileReader) {
        self.section = section
        self.files = files
    }

    /// `nil` where the section sets nothing, or where a mistake leaves no certificate or key.
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

    /// What works but is unwise in what was read.
    func warnings(about tls: WebTLS) -> [String] {
        var warnings: [String] = []
        if let key = section.text("key_file"), let warning = files.warning(key) { warnings.append(warning) }
        let isVerified = [.verifyIfGiven, .requireAndVerify].contains(tls.policy.clientAuthentication)
        if hasAuthorities, !isVerified, let type = section.text("client_auth_type") {
            warnings.append(
                "\(type) lets every client certificate in, whoever signed it; "
                    + "RequireAndVerifyClientCert asks the client CA")
        }
        return warnings
    }

    private var hasAuthorities: Bool { section.isGiven("client_ca") || section.isGiven("client_ca_file") }

    /// A text that stands in the file itself or in another one.
    private func text(
        _ key: String, _ fileKey: String, _ check: (String) throws(InvalidValue) -> String
    ) -> String? {
        if section.isGiven(key), section.isGiven(fileKey) {
            section.reader.report(fileKey, "is given besides \(key); keep one")
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
        policy.allowedClientNames = section.list("client_allowed_sans")?.map(\.text)
        // A type that is wrong says nothing about what goes with it.
        guard type != nil || !section.isGiven("client_auth_type") else { return }
        if policy.clientAuthentication == .none, hasAuthorities {
            let key = section.isGiven("client_ca") ? "client_ca" : "client_ca_file"
            section.reader.report(
                key, "does nothing without client_auth_type; add client_auth_type: RequireAndVerifyClientCert")
        }
        guard let names = policy.allowedClientNames else { return }
        if names.isEmpty {
            section.reader.report(
                "client_allowed_sans", "is an empty list, which lets nobody in; name a client, or leave the key out")
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
                    + "exchange or leave out")
        }
        // The suites of TLS 1.3 are named without a key exchange (RFC 8446, appendix B.4).
        if policy.maximumVersion < .tls13, let suites = policy.cipherSuites,
            !suites.contains(where: { $0.name.contains("_WITH_") })
        {
            section.reader.report(
                "cipher_suites",
                "names suites of TLS 1.3 alone, which max_version excludes; add others, or leave it out")
        }
    }
}
