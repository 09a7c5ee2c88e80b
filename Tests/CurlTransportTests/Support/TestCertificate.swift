import CGnuTLS
import Glibc

/// A certificate made for one test.
struct TestCertificate: Sendable {
    enum Key {
        case ellipticCurve
        case rsa
        case ed25519
    }

    let pem: String
    let keyPEM: String

    /// Makes a certificate; self-signed where no issuer is given.
    ///
    /// Times are in seconds from now.
    init(
        commonName: String = "archive", hosts: [String] = ["localhost", "127.0.0.1"], key: Key = .ellipticCurve,
        issuer: TestCertificate? = nil, isAuthority: Bool = false, validFrom: Int = -86_400, validTo: Int = 86_400
    ) throws {
        let (privateKey, certificate) = (try Self.newKey(key), try Self.newCertificate())
        defer {
            gnutls_x509_privkey_deinit(privateKey)
            gnutls_x509_crt_deinit(certificate)
        }
        try check(gnutls_x509_crt_set_version(certificate, 3))
        try check(gnutls_x509_crt_set_serial(certificate, [1, 2, 3, UInt8.random(in: 1...127)], 4))
        try check(gnutls_x509_crt_set_dn(certificate, "CN=\(commonName),O=Test", nil))
        try check(gnutls_x509_crt_set_activation_time(certificate, time(nil) + validFrom))
        try check(gnutls_x509_crt_set_expiration_time(certificate, time(nil) + validTo))
        try check(gnutls_x509_crt_set_key(certificate, privateKey))
        try check(gnutls_x509_crt_set_basic_constraints(certificate, isAuthority ? 1 : 0, -1))
        for host in hosts {
            if let address = Self.ipv4(host) {
                try check(gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, address, 4, 1))
            } else {
                let name = Array(host.utf8)
                try check(
                    gnutls_x509_crt_set_subject_alt_name(
                        certificate, GNUTLS_SAN_DNSNAME, name, UInt32(name.count), 1))
            }
        }
        let hash = key == .ed25519 ? GNUTLS_DIG_UNKNOWN : GNUTLS_DIG_SHA256
        if let issuer {
            let (issuerKey, issuerCertificate) = (try Self.newKey(nil), try Self.newCertificate())
            defer {
                gnutls_x509_privkey_deinit(issuerKey)
                gnutls_x509_crt_deinit(issuerCertificate)
            }
            try Self.importing(issuer.keyPEM) { gnutls_x509_privkey_import(issuerKey, $0, GNUTLS_X509_FMT_PEM) }
            try Self.importing(issuer.pem) { gnutls_x509_crt_import(issuerCertificate, $0, GNUTLS_X509_FMT_PEM) }
            try check(gnutls_x509_crt_sign2(certificate, issuerCertificate, issuerKey, hash, 0))
        } else {
            try check(gnutls_x509_crt_sign2(certificate, certificate, privateKey, hash, 0))
        }
        pem = try Self.exported { gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, $0) }
        keyPEM = try Self.exported { gnutls_x509_privkey_export2_pkcs8(privateKey, GNUTLS_X509_FMT_PEM, nil, 0, $0) }
    }

    private static func newKey(_ kind: Key?) throws -> gnutls_x509_privkey_t {
        var key: gnutls_x509_privkey_t?
        try check(gnutls_x509_privkey_init(&key))
        guard let key else { throw TestFailure("no key") }
        switch kind {
        case .ellipticCurve:
            try check(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, curveBits(GNUTLS_ECC_CURVE_SECP256R1), 0))
        case .rsa: try check(gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, 2048, 0))
        case .ed25519: try check(gnutls_x509_privkey_generate(key, GNUTLS_PK_EDDSA_ED25519, 256, 0))
        case nil: break
        }
        return key
    }

    /// What the macro GNUTLS_CURVE_TO_BITS makes of a curve.
    private static func curveBits(_ curve: gnutls_ecc_curve_t) -> UInt32 { 1 << 31 | curve.rawValue }

    private static func newCertificate() throws -> gnutls_x509_crt_t {
        var certificate: gnutls_x509_crt_t?
        try check(gnutls_x509_crt_init(&certificate))
        guard let certificate else { throw TestFailure("no certificate") }
        return certificate
    }

    private static func importing(
        _ pem: String, _ body: (UnsafePointer<gnutls_datum_t>) -> Int32
    ) throws {
        var bytes = Array(pem.utf8)
        try bytes.withUnsafeMutableBufferPointer { bytes in
            var datum = gnutls_datum_t(data: bytes.baseAddress, size: UInt32(bytes.count))
            try check(body(&datum))
        }
    }

    private static func exported(_ body: (UnsafeMutablePointer<gnutls_datum_t>) -> Int32) throws -> String {
        var datum = gnutls_datum_t()
        try check(body(&datum))
        defer { cgnutls_free(datum.data) }
        return String(decoding: UnsafeBufferPointer(start: datum.data, count: Int(datum.size)), as: UTF8.self)
    }

    private static func ipv4(_ host: String) -> [UInt8]? {
        let parts = host.split(separator: ".").compactMap { UInt8($0) }
        return parts.count == 4 ? parts : nil
    }
}

private func check(_ status: Int32) throws {
    if status < 0 { throw TestFailure(String(cString: gnutls_strerror(status))) }
}
