internal import CGnuTLS

/// A new self-signed certificate with its private key.
struct SimulatedCertificate: Sendable {
    /// The certificate in PEM (RFC 7468).
    let certificatePEM: String
    /// The private key in PEM (RFC 7468).
    let privateKeyPEM: String
    /// The SHA-256 hash of the public key (SubjectPublicKeyInfo) in Base64, as in `sha256//...` of curl's
    /// `--pinnedpubkey`.
    let publicKeyHash: String

    /// Creates a key on the curve P-256 and its certificate.
    ///
    /// - Parameters:
    ///   - machineName: The common name of the subject.
    ///   - kind: Whether the certificate is valid, and if not, why.
    ///   - now: The real time, in seconds since 1970 (UTC).
    init(machineName: String, kind: SimulatorOptions.CertificateKind, now: Double) throws(SimulatorError) {
        let maker = try CertificateMaker()
        try maker.fill(machineName: machineName, kind: kind, now: Int(now))
        certificatePEM = String(decoding: try maker.certificatePEM(), as: UTF8.self)
        privateKeyPEM = String(decoding: try maker.privateKeyPEM(), as: UTF8.self)
        publicKeyHash = Self.base64(try maker.publicKeyHash())
    }

    static let base64Alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Encodes bytes in Base64 (RFC 4648, section 4).
    static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for begin in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[begin..<min(begin + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let digit = base64Alphabet[Int(bits >> UInt32(18 - 6 * place)) & 63]
                text.append(place <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Owns the GnuTLS objects while a certificate is created.
private struct CertificateMaker: ~Copyable {
    private let key: gnutls_x509_privkey_t
    private let certificate: gnutls_x509_crt_t

    init() throws(SimulatorError) {
        var newKey: gnutls_x509_privkey_t?
        try Self.check(gnutls_x509_privkey_init(&newKey), "a key")
        guard let newKey else { throw Self.failure("a key", "no memory") }
        var newCertificate: gnutls_x509_crt_t?
        let status = gnutls_x509_crt_init(&newCertificate)
        guard status >= 0, let newCertificate else {
            gnutls_x509_privkey_deinit(newKey)
            throw Self.failure("a certificate", "no memory")
        }
        key = newKey
        certificate = newCertificate
    }

    deinit {
        gnutls_x509_crt_deinit(certificate)
        gnutls_x509_privkey_deinit(key)
    }

    func fill(machineName: String, kind: SimulatorOptions.CertificateKind, now: Int) throws(SimulatorError) {
        let curve = UInt32(1) << 31 | GNUTLS_ECC_CURVE_SECP256R1.rawValue
        try Self.check(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, curve, 0), "a key")
        try Self.check(gnutls_x509_crt_set_version(certificate, 3), "the version")
        try Self.check(gnutls_x509_crt_set_key(certificate, key), "the key")
        let serial = withUnsafeBytes(of: UInt64.random(in: 1...(.max >> 1)).bigEndian) { Array($0) }
        try Self.check(gnutls_x509_crt_set_serial(certificate, serial, serial.count), "the serial number")
        let day = 86_400
        let isExpired = kind == .expired
        let begin = now - (isExpired ? 400 : 1) * day
        let end = now + (isExpired ? -1 : 3650) * day
        try Self.check(gnutls_x509_crt_set_activation_time(certificate, begin), "the first day")
        try Self.check(gnutls_x509_crt_set_expiration_time(certificate, end), "the last day")
        let name = kind == .wrongHostName ? "another-machine.example" : machineName
        try Self.check(
            gnutls_x509_crt_set_dn_by_oid(
                certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, UInt32(name.utf8.count)), "the subject")
        if kind == .wrongHostName {
            try add(GNUTLS_SAN_DNSNAME, Array(name.utf8))
        } else {
            try add(GNUTLS_SAN_DNSNAME, Array("localhost".utf8))
            try add(GNUTLS_SAN_IPADDRESS, [127, 0, 0, 1])
            try add(GNUTLS_SAN_IPADDRESS, [UInt8](repeating: 0, count: 15) + [1])
        }
        // A client that uses this certificate as its CA file accepts it only if its key usage includes signing.
        try Self.check(gnutls_x509_crt_set_basic_constraints(certificate, 1, -1), "the constraints")
        let usage = UInt32(GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_KEY_CERT_SIGN)
        try Self.check(gnutls_x509_crt_set_key_usage(certificate, usage), "the usage")
        try Self.check(gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0), "the signature")
    }

    private func add(_ kind: gnutls_x509_subject_alt_name_t, _ value: [UInt8]) throws(SimulatorError) {
        try Self.check(
            gnutls_x509_crt_set_subject_alt_name(
                certificate, kind, value, UInt32(value.count), UInt32(GNUTLS_FSAN_APPEND)), "a name")
    }

    func certificatePEM() throws(SimulatorError) -> [UInt8] {
        try Self.bytes("the certificate") { buffer, size in
            gnutls_x509_crt_export(certificate, GNUTLS_X509_FMT_PEM, buffer, &size)
        }
    }

    func privateKeyPEM() throws(SimulatorError) -> [UInt8] {
        try Self.bytes("the key") { buffer, size in
            gnutls_x509_privkey_export(key, GNUTLS_X509_FMT_PEM, buffer, &size)
        }
    }

    /// The SHA-256 hash of the public key.
    func publicKeyHash() throws(SimulatorError) -> [UInt8] {
        var publicKey: gnutls_pubkey_t?
        try Self.check(gnutls_pubkey_init(&publicKey), "the public key")
        defer { gnutls_pubkey_deinit(publicKey) }
        try Self.check(gnutls_pubkey_import_x509(publicKey, certificate, 0), "the public key")
        let encoded = try Self.bytes("the public key") { buffer, size in
            gnutls_pubkey_export(publicKey, GNUTLS_X509_FMT_DER, buffer, &size)
        }
        var hash = [UInt8](repeating: 0, count: 32)
        try Self.check(gnutls_hash_fast(GNUTLS_DIG_SHA256, encoded, encoded.count, &hash), "the hash")
        return hash
    }

    /// The output of a GnuTLS function; the buffer is large enough for any certificate or key here.
    private static func bytes(
        _ what: String,
        _ write: (UnsafeMutableRawPointer?, inout Int) -> Int32
    ) throws(SimulatorError) -> [UInt8] {
        var status: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 8192) { buffer, count in
            var size = buffer.count
            status = write(buffer.baseAddress, &size)
            count = status >= 0 ? size : 0
        }
        try check(status, what)
        return bytes
    }

    private static func check(_ status: Int32, _ what: String) throws(SimulatorError) {
        guard status < 0 else { return }
        throw failure(what, gnutls_strerror(status).map { String(cString: $0) } ?? "error \(status)")
    }

    private static func failure(_ what: String, _ reason: String) -> SimulatorError {
        SimulatorError(
            "cannot make the simulated server's certificate: \(what): \(reason); "
                + "use plain HTTP, or check the installation of GnuTLS")
    }
}
