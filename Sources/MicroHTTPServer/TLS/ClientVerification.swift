internal import CGnuTLS
internal import Glibc

/// Decides in the handshake whether a client's certificate will do, and tells the client if it will not.
enum ClientVerification {
    /// Called by GnuTLS once the client has shown its certificate, or none, where one was asked for.
    static let callback: @convention(c) (gnutls_session_t?) -> Int32 = { session in
        guard let session, let record = ConnectionRecord.at(gnutls_session_get_ptr(session)),
            let credentials = record.credentials
        else { return -1 }
        guard let alert = alert(for: session, credentials.policy) else { return 0 }
        credentials.clientRejected()
        // libmicrohttpd closes the connection without a word.
        gnutls_alert_send(session, GNUTLS_AL_FATAL, alert)
        return -1
    }

    /// What to refuse the client with, or nil to let it in; the alerts are those of RFC 8446, 6.2.
    private static func alert(for session: gnutls_session_t, _ policy: TLSPolicy) -> gnutls_alert_description_t? {
        var count: UInt32 = 0
        guard let chain = gnutls_certificate_get_peers(session, &count), count > 0 else {
            let isRequired = [.requireAny, .requireAndVerify].contains(policy.clientAuthentication)
            guard isRequired else { return nil }
            // TLS 1.2 has no alert of its own for it.
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
