/// A cipher suite under its name in the registry of IANA, as far as GnuTLS has it.
package struct CipherSuite: Sendable, Hashable {
    /// As in `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`.
    package var name: String

    /// The parts of a GnuTLS priority string that allow the suite.
    let keyExchange: String?
    let cipher: String
    let mac: String

    /// nil for a name that is not in `names`.
    package init?(named name: String) {
        guard let suite = Self.all[name] else { return nil }
        self = suite
    }

    /// All names that are known, in alphabetical order.
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
                // RFC 7905 has no suite of ChaCha20 without forward secrecy.
                if exchange == "RSA" && cipher == "CHACHA20-POLY1305" { continue }
                let name = "TLS_\(exchangeName)_WITH_\(cipherName)"
                suites[name] = CipherSuite(name, keyExchange: exchange, cipher: cipher, mac: mac)
            }
        }
        return suites
    }()
}
