/// The TLS versions and algorithms that a server accepts, and the client certificates it requires.
package struct TLSPolicy: Sendable, Equatable {
    /// A version of the protocol.
    package enum Version: Int, Sendable, CaseIterable, Comparable {
        case tls10, tls11, tls12, tls13

        package static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
    }

    /// A group for the key exchange.
    package enum Curve: Sendable, CaseIterable {
        case x25519, p256, p384, p521
    }

    /// The requirements on a client's certificate.
    package enum ClientAuthentication: Sendable, CaseIterable {
        /// No certificate is requested.
        case none
        /// A certificate is requested; any or none is accepted, but the client must have its key.
        case request
        /// A certificate is required; any signer is accepted, but the client must have its key.
        case requireAny
        /// No certificate, or one that can be verified.
        case verifyIfGiven
        /// A certificate that can be verified is required.
        case requireAndVerify
    }

    /// The default is TLS 1.2, because RFC 8996 deprecates older versions.
    package var minimumVersion = Version.tls12
    package var maximumVersion = Version.tls13
    /// nil: those with forward secrecy that GnuTLS considers safe.
    ///
    /// GnuTLS combines every listed key exchange with every listed cipher. TLS 1.3 has suites of its own and needs at
    /// least one: if none of its ciphers is listed, all of them are added.
    package var cipherSuites: [CipherSuite]?
    /// nil: those that GnuTLS considers safe.
    package var curves: [Curve]?
    /// Whether the server's order of cipher suites takes precedence over the client's.
    package var prefersOwnOrder = true
    package var clientAuthentication = ClientAuthentication.none
    /// The certificate authorities of clients' certificates, in PEM; nil: those of the system.
    package var clientCertificateAuthorities: String?
    /// The names of which a client's certificate must contain one; nil: any certificate.
    ///
    /// A name is compared byte for byte with the certificate's alternative names: DNS names, e-mail addresses, URIs and
    /// IP addresses in their usual form. It does not apply to a client without a certificate.
    package var allowedClientNames: [String]?

    package init() {}
}

/// A cipher suite by its name in the IANA registry, if GnuTLS supports it.
package struct CipherSuite: Sendable, Hashable {
    /// As in `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`.
    package let name: String

    /// The parts of a GnuTLS priority string that allow the suite.
    let keyExchange: String?
    let cipher: String
    let mac: String

    /// nil for a name that is not in `names`.
    package init?(named name: String) {
        guard let suite = Self.all[name] else { return nil }
        self = suite
    }

    /// All known names, in alphabetical order.
    package static let names: [String] = all.keys.sorted()

    private init(_ name: String, keyExchange: String?, cipher: String, mac: String) {
        self.name = name
        self.keyExchange = keyExchange
        self.cipher = cipher
        self.mac = mac
    }

    /// The ciphers of TLS 1.3 (RFC 8446, B.4) that clients commonly offer.
    static let ofTLS13 = ["AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305"]

    private static let all: [String: CipherSuite] = {
        let exchanges = [("RSA", "RSA"), ("ECDHE_RSA", "ECDHE-RSA"), ("ECDHE_ECDSA", "ECDHE-ECDSA")]
        let ciphers = [
            ("AES_128_GCM_SHA256", "AES-128-GCM", "AEAD"), ("AES_256_GCM_SHA384", "AES-256-GCM", "AEAD"),
            ("CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", "AEAD"),
            ("AES_128_CBC_SHA", "AES-128-CBC", "SHA1"), ("AES_256_CBC_SHA", "AES-256-CBC", "SHA1"),
            ("AES_128_CBC_SHA256", "AES-128-CBC", "SHA256"), ("3DES_EDE_CBC_SHA", "3DES-CBC", "SHA1"),
            ("RC4_128_SHA", "ARCFOUR-128", "SHA1"),
        ]
        var suites: [String: CipherSuite] = [:]
        for (cipherName, cipher, mac) in ciphers {
            if mac == "AEAD" {
                let name = "TLS_\(cipherName)"
                suites[name] = CipherSuite(name, keyExchange: nil, cipher: cipher, mac: mac)
            }
            for (exchangeName, exchange) in exchanges {
                // RFC 7905 has no ChaCha20 suite without forward secrecy.
                if exchange == "RSA" && cipher == "CHACHA20-POLY1305" { continue }
                let name = "TLS_\(exchangeName)_WITH_\(cipherName)"
                suites[name] = CipherSuite(name, keyExchange: exchange, cipher: cipher, mac: mac)
            }
        }
        return suites
    }()
}

extension TLSPolicy {
    /// The policy as a GnuTLS priority string ("Priority strings" in the GnuTLS manual).
    var priorities: String {
        var words = ["NORMAL", "-VERS-ALL"]
        words += Version.allCases.reversed().filter { minimumVersion <= $0 && $0 <= maximumVersion }.map {
            "+VERS-\($0.priorityName)"
        }
        words += cipherSuites.map(words(for:)) ?? ["-RSA"]
        if let curves {
            words.append("-GROUP-ALL")
            words += curves.map { "+GROUP-\($0.priorityName)" }
        }
        if minimumVersion < .tls12 {
            // The signature algorithms of TLS 1.0 and 1.1.
            words += ["+SHA1", "+SIGN-RSA-SHA1", "+SIGN-ECDSA-SHA1"]
        }
        if prefersOwnOrder { words.append("%SERVER_PRECEDENCE") }
        return words.joined(separator: ":")
    }

    private func words(for suites: [CipherSuite]) -> [String] {
        var exchanges = Self.unique(suites.compactMap(\.keyExchange))
        var ciphers = Self.unique(suites.map(\.cipher))
        var macs = Self.unique(suites.map(\.mac))
        if maximumVersion >= .tls13 {
            if !ciphers.contains(where: CipherSuite.ofTLS13.contains) {
                ciphers += CipherSuite.ofTLS13
                macs.append("AEAD")
            }
            // GnuTLS has no TLS 1.3 without an elliptic-curve key exchange.
            if !exchanges.contains(where: { $0.hasPrefix("ECDHE") }) { exchanges += ["ECDHE-ECDSA", "ECDHE-RSA"] }
        }
        return ["-KX-ALL"] + exchanges.map { "+\($0)" } + ["-CIPHER-ALL"] + ciphers.map { "+\($0)" }
            + ["-MAC-ALL"] + macs.map { "+\($0)" }
    }

    private static func unique(_ words: [String]) -> [String] {
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }
    }

    /// The mistake in the policy, or nil.
    var mistake: String? {
        if minimumVersion > maximumVersion {
            return "the minimum TLS version is above the maximum: swap them"
        }
        if curves?.isEmpty == true { return "the list of curves is empty: add one or remove the list" }
        if let cipherSuites {
            let isUsable = maximumVersion >= .tls13 || cipherSuites.contains { $0.keyExchange != nil }
            if cipherSuites.isEmpty || !isUsable {
                return
                    "no listed cipher suite works with the allowed TLS versions: add one that does or remove the list"
            }
        }
        return nil
    }
}

extension TLSPolicy.Version {
    fileprivate var priorityName: String {
        switch self {
        case .tls10: "TLS1.0"
        case .tls11: "TLS1.1"
        case .tls12: "TLS1.2"
        case .tls13: "TLS1.3"
        }
    }
}

extension TLSPolicy.Curve {
    fileprivate var priorityName: String {
        switch self {
        case .x25519: "X25519"
        case .p256: "SECP256R1"
        case .p384: "SECP384R1"
        case .p521: "SECP521R1"
        }
    }
}
