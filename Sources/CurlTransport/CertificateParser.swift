internal import CGnuTLS
internal import MailStoreAPI

/// Reads certificates with GnuTLS.
enum CertificateParser {
    /// The facts in a PEM certificate; `nil` if the text is not one.
    ///
    /// The pin is empty if GnuTLS does not support the type of key.
    static func facts(pem: String, verified: Bool) -> CertificateInfo? {
        var handle: gnutls_x509_crt_t?
        guard gnutls_x509_crt_init(&handle) == GNUTLS_E_SUCCESS, let certificate = handle else { return nil }
        defer { gnutls_x509_crt_deinit(certificate) }

        var text = pem
        let imported = text.withUTF8 { bytes in
            var datum = gnutls_datum_t(
                data: UnsafeMutablePointer(mutating: bytes.baseAddress), size: UInt32(bytes.count))
            return gnutls_x509_crt_import(certificate, &datum, GNUTLS_X509_FMT_PEM)
        }
        guard imported == GNUTLS_E_SUCCESS else { return nil }

        var facts = CertificateInfo(
            notAfter: Int64(gnutls_x509_crt_get_expiration_time(certificate)),
            notBefore: Int64(gnutls_x509_crt_get_activation_time(certificate)),
            subject: filled(by: { gnutls_x509_crt_get_dn3(certificate, $0, 0) }) ?? "",
            issuer: filled(by: { gnutls_x509_crt_get_issuer_dn3(certificate, $0, 0) }) ?? "",
            publicKeyPin: pin(of: certificate) ?? "",
            verified: verified
        )
        facts.sha1 = thumbprint(of: certificate, GNUTLS_DIG_SHA1)
        facts.sha256 = thumbprint(of: certificate, GNUTLS_DIG_SHA256)
        return facts
    }

    private static func thumbprint(of certificate: gnutls_x509_crt_t, _ digest: gnutls_digest_algorithm_t) -> String {
        var bytes = [UInt8](repeating: 0, count: 64)
        var size = bytes.count
        guard gnutls_x509_crt_get_fingerprint(certificate, digest, &bytes, &size) == GNUTLS_E_SUCCESS else { return "" }
        let digits = Array("0123456789ABCDEF")
        return String(bytes[..<size].flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// The pin according to RFC 7469: the SHA-256 digest of the DER form of the SubjectPublicKeyInfo.
    private static func pin(of certificate: gnutls_x509_crt_t) -> String? {
        var handle: gnutls_pubkey_t?
        guard gnutls_pubkey_init(&handle) == GNUTLS_E_SUCCESS, let key = handle else { return nil }
        defer { gnutls_pubkey_deinit(key) }
        guard gnutls_pubkey_import_x509(key, certificate, 0) == GNUTLS_E_SUCCESS else { return nil }

        var encoded = gnutls_datum_t()
        guard gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &encoded) == GNUTLS_E_SUCCESS else { return nil }
        defer { cgnutls_free(encoded.data) }

        var digest = [UInt8](repeating: 0, count: 32)
        guard gnutls_hash_fast(GNUTLS_DIG_SHA256, encoded.data, Int(encoded.size), &digest) == GNUTLS_E_SUCCESS
        else { return nil }
        let base64 = digest.withUnsafeMutableBufferPointer { bytes in
            var datum = gnutls_datum_t(data: bytes.baseAddress, size: UInt32(bytes.count))
            return filled(by: { gnutls_base64_encode2(&datum, $0) })
        }
        return base64.map { "sha256//" + $0 }
    }

    /// The text that a GnuTLS function returns in a datum that it allocated.
    private static func filled(by fill: (UnsafeMutablePointer<gnutls_datum_t>) -> Int32) -> String? {
        var datum = gnutls_datum_t()
        guard fill(&datum) == GNUTLS_E_SUCCESS, let data = datum.data else { return nil }
        defer { cgnutls_free(data) }
        return String(decoding: UnsafeBufferPointer(start: data, count: Int(datum.size)), as: UTF8.self)
    }
}
