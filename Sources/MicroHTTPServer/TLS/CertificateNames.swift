internal import CGnuTLS
internal import Glibc

/// The alternative names of a certificate (RFC 5280, 4.2.1.6).
enum CertificateNames {
    /// Names that are looked at; a certificate of more is not one of a scraper.
    private static let most: UInt32 = 1000

    /// DNS names, e-mail addresses, URIs and IP addresses; empty if the certificate cannot be read.
    static func read(from der: gnutls_datum_t) -> [String] {
        var certificate: gnutls_x509_crt_t?
        guard gnutls_x509_crt_init(&certificate) == 0, let certificate else { return [] }
        defer { gnutls_x509_crt_deinit(certificate) }
        var der = der
        guard gnutls_x509_crt_import(certificate, &der, GNUTLS_X509_FMT_DER) == 0 else { return [] }
        var names: [String] = []
        for index in 0..<Self.most {
            var size = 0
            let needed = gnutls_x509_crt_get_subject_alt_name(certificate, index, nil, &size, nil)
            if needed == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE { break }
            // One octet more, since GnuTLS ends texts with a zero.
            var bytes = [UInt8](repeating: 0, count: size + 1)
            size = bytes.count
            let type = gnutls_x509_crt_get_subject_alt_name(certificate, index, &bytes, &size, nil)
            if type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE { break }
            guard type >= 0, let name = text(bytes.prefix(size), type) else { continue }
            names.append(name)
        }
        return names
    }

    private static func text(_ bytes: ArraySlice<UInt8>, _ type: Int32) -> String? {
        switch gnutls_x509_subject_alt_name_t(UInt32(type)) {
        case GNUTLS_SAN_DNSNAME, GNUTLS_SAN_RFC822NAME, GNUTLS_SAN_URI: String(validating: bytes, as: UTF8.self)
        case GNUTLS_SAN_IPADDRESS: address(Array(bytes))
        default: nil
        }
    }

    private static func address(_ bytes: [UInt8]) -> String? {
        let family: Int32
        switch bytes.count {
        case 4: family = AF_INET
        case 16: family = AF_INET6
        default: return nil
        }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            inet_ntop(family, bytes, buffer.baseAddress, socklen_t(buffer.count)).map { String(cString: $0) }
        }
    }
}
