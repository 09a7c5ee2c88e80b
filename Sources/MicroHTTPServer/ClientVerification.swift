internal import CGnuTLS
internal import Glibc

/// Accepts or rejects a client's certificate in the handshake; a rejected client gets an alert.
enum ClientVerification {
    /// Called by GnuTLS after the client has sent its certificate, or none, if one was requested.
    static let callback: @convention(c) (gnutls_session_t?) -> Int32 = { session in
        guard let session, let pointer = gnutls_session_get_ptr(session),
            let credentials = ConnectionRecord.at(pointer).credentials
        else { return -1 }
        guard let alert = alert(for: session, credentials.policy) else { return 0 }
        credentials.clientRejected()
        // libmicrohttpd closes the connection without an alert.
        gnutls_alert_send(session, GNUTLS_AL_FATAL, alert)
        return -1
    }

    /// The alert for a rejected client (RFC 8446, 6.2), or nil for an accepted one.
    private static func alert(for session: gnutls_session_t, _ policy: TLSPolicy) -> gnutls_alert_description_t? {
        var count: UInt32 = 0
        guard let chain = gnutls_certificate_get_peers(session, &count), count > 0 else {
            let isRequired = [.requireAny, .requireAndVerify].contains(policy.clientAuthentication)
            guard isRequired else { return nil }
            // TLS 1.2 has no specific alert.
            return gnutls_protocol_get_version(session) == GNUTLS_TLS1_3
                ? GNUTLS_A_CERTIFICATE_REQUIRED : GNUTLS_A_HANDSHAKE_FAILURE
        }
        if [.verifyIfGiven, .requireAndVerify].contains(policy.clientAuthentication),
            let alert = alert(forChainOf: session)
        {
            return alert
        }
        guard let allowed = policy.allowedClientNames else { return nil }
        let names = CertificateNames.read(from: chain[0])
        return names.contains(where: allowed.contains) ? nil : GNUTLS_A_BAD_CERTIFICATE
    }

    private static func alert(forChainOf session: gnutls_session_t) -> gnutls_alert_description_t? {
        // The object identifier of id-kp-clientAuth (RFC 5280, 4.2.1.12), with its final zero.
        var purpose = Array("1.3.6.1.5.5.7.3.2".utf8CString).map { UInt8(bitPattern: $0) }
        var status: UInt32 = 0
        let result = purpose.withUnsafeMutableBufferPointer { purpose in
            var usage = gnutls_typed_vdata_st(type: GNUTLS_DT_KEY_PURPOSE_OID, data: purpose.baseAddress, size: 0)
            return gnutls_certificate_verify_peers(session, &usage, 1, &status)
        }
        if result < 0 { return GNUTLS_A_BAD_CERTIFICATE }
        if status == 0 { return nil }
        let isSet = { (flag: gnutls_certificate_status_t) in status & UInt32(flag.rawValue) != 0 }
        if isSet(GNUTLS_CERT_SIGNER_NOT_FOUND) || isSet(GNUTLS_CERT_SIGNER_NOT_CA) { return GNUTLS_A_UNKNOWN_CA }
        if isSet(GNUTLS_CERT_EXPIRED) || isSet(GNUTLS_CERT_NOT_ACTIVATED) { return GNUTLS_A_CERTIFICATE_EXPIRED }
        return GNUTLS_A_BAD_CERTIFICATE
    }
}

/// The alternative names of a certificate (RFC 5280, 4.2.1.6).
enum CertificateNames {
    /// The most names to read, more than a scraper's certificate ever has.
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
            // One byte more, because GnuTLS ends texts with a zero.
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
