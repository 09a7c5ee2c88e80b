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
            // What TLS 1.0 and 1.1 sign handshakes with.
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
            // GnuTLS has no TLS 1.3 without a key exchange of elliptic curves.
            if !exchanges.contains(where: { $0.hasPrefix("ECDHE") }) { exchanges += ["ECDHE-ECDSA", "ECDHE-RSA"] }
        }
        return ["-KX-ALL"] + exchanges.map { "+\($0)" } + ["-CIPHER-ALL"] + ciphers.map { "+\($0)" }
            + ["-MAC-ALL"] + macs.map { "+\($0)" }
    }

    private static func unique(_ words: [String]) -> [String] {
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }
    }

    /// What can be seen to be wrong, or nil.
    var mistake: String? {
        if minimumVersion > maximumVersion {
            return "the lowest TLS version allowed is above the highest: exchange them"
        }
        if curves?.isEmpty == true { return "the list of curves is empty: name one or leave it out" }
        if let cipherSuites {
            let isUsable = maximumVersion >= .tls13 || cipherSuites.contains { $0.keyExchange != nil }
            if cipherSuites.isEmpty || !isUsable {
                return "no cipher suite of the list works with the TLS versions allowed: name another or leave it out"
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
