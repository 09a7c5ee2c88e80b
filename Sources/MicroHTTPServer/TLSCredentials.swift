internal import CGnuTLS
internal import Glibc

/// The certificate of a server and its private key.
package struct TLSIdentity: Sendable {
    /// The server's certificate, followed by those of its issuers, in PEM.
    package var certificatePEM: String
    /// The certificate's private key in PEM, not encrypted.
    package var privateKeyPEM: String

    package init(certificatePEM: String, privateKeyPEM: String) {
        self.certificatePEM = certificatePEM
        self.privateKeyPEM = privateKeyPEM
    }

    /// The obvious mistake in the two texts, or nil.
    var mistake: String? {
        if !certificatePEM.contains("-----BEGIN CERTIFICATE-----") {
            return "the certificate is not in PEM (no line \"-----BEGIN CERTIFICATE-----\"): "
                + "convert it with openssl x509 -inform DER"
        }
        if privateKeyPEM.contains("ENCRYPTED") {
            return "the private key is encrypted: store it without a passphrase (openssl pkey -in KEY -out NEW)"
        }
        if !privateKeyPEM.contains("PRIVATE KEY-----") {
            return "the private key is not in PEM (no line \"-----BEGIN PRIVATE KEY-----\"): "
                + "use the key file that belongs to the certificate"
        }
        return nil
    }
}

/// A certificate and a policy as GnuTLS objects, for any number of connections.
///
/// Each connection keeps the credentials with which it began, so that the server's credentials can be replaced at any
/// time.
final class TLSCredentials: Sendable {
    // Safety: changed only in `init`, by its thread; GnuTLS lets any number of threads read credentials.
    nonisolated(unsafe) private let credentials: gnutls_certificate_credentials_t
    // Safety: as for the credentials.
    nonisolated(unsafe) private let priorities: gnutls_priority_t
    // Safety: as for the credentials; nil if sessions cannot be resumed.
    nonisolated(unsafe) private let ticketKey: gnutls_datum_t?
    let policy: TLSPolicy
    let clientRejected: @Sendable () -> Void

    /// - Parameter clientRejected: Called on an event loop thread when a client's certificate is not accepted.
    init(
        _ identity: TLSIdentity, _ policy: TLSPolicy, clientRejected: @escaping @Sendable () -> Void
    ) throws(ServerError) {
        if let mistake = identity.mistake { throw ServerError(.badCertificate, mistake) }
        if let mistake = policy.mistake { throw ServerError(.badPolicy, mistake) }
        var credentials: gnutls_certificate_credentials_t?
        guard gnutls_certificate_allocate_credentials(&credentials) == 0, let credentials else {
            throw ServerError(.other, "there is not enough memory for the TLS certificate: free some")
        }
        do {
            try Self.load(identity, into: credentials)
            try Self.trust(policy, in: credentials)
            priorities = try Self.priorities(of: policy)
        } catch {
            gnutls_certificate_free_credentials(credentials)
            throw error
        }
        gnutls_certificate_set_verify_function(credentials, ClientVerification.callback)
        self.credentials = credentials
        ticketKey = Self.ticketKey(for: policy)
        self.policy = policy
        self.clientRejected = clientRejected
    }

    deinit {
        gnutls_certificate_free_credentials(credentials)
        gnutls_priority_deinit(priorities)
        if let ticketKey { free(ticketKey.data) }
    }

    /// Applies the settings to a session before its handshake.
    ///
    /// - Parameter record: The connection; it retains these credentials until the session ends.
    func apply(to session: gnutls_session_t, _ record: UnsafeMutableRawPointer) {
        gnutls_session_set_ptr(session, record)
        gnutls_priority_set(session, priorities)
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(credentials))
        // Never GNUTLS_CERT_REQUIRE: GnuTLS would not send the alert that tells the client what is missing.
        let request = policy.clientAuthentication == .none ? GNUTLS_CERT_IGNORE : GNUTLS_CERT_REQUEST
        gnutls_certificate_server_set_request(session, request)
        if var ticketKey { gnutls_session_ticket_enable_server(session, &ticketKey) }
    }

    /// A key for session tickets, which ends with these credentials.
    ///
    /// Clients that must show a certificate get no tickets: it would not be checked again when the session is resumed.
    private static func ticketKey(for policy: TLSPolicy) -> gnutls_datum_t? {
        guard policy.clientAuthentication == .none else { return nil }
        var key = gnutls_datum_t()
        return gnutls_session_ticket_key_generate(&key) == 0 ? key : nil
    }

    private static func load(
        _ identity: TLSIdentity, into credentials: gnutls_certificate_credentials_t
    ) throws(ServerError) {
        let result = withDatum(identity.certificatePEM) { certificate in
            // GnuTLS reads the key first, and never frees it if it then cannot read the certificate.
            let checked = check(certificates: &certificate)
            guard checked >= 0 else { return checked }
            return withDatum(identity.privateKeyPEM) { key in
                gnutls_certificate_set_x509_key_mem2(credentials, &certificate, &key, GNUTLS_X509_FMT_PEM, nil, 0)
            }
        }
        if result == GNUTLS_E_CERTIFICATE_KEY_MISMATCH {
            throw ServerError(
                .badCertificate,
                "the certificate and the private key cannot be used together: the key belongs to another certificate; "
                    + "compare the public keys that openssl x509 -in CERT -noout -pubkey and "
                    + "openssl pkey -in KEY -pubout print")
        }
        if result < 0 {
            throw ServerError(
                .badCertificate,
                "the certificate or the private key is damaged (\(text(of: result))): check them with "
                    + "openssl x509 -in CERT -noout -text and openssl pkey -in KEY -noout")
        }
    }

    /// The error of GnuTLS, below 0, if it cannot read the certificates.
    private static func check(certificates: inout gnutls_datum_t) -> Int32 {
        var list: UnsafeMutablePointer<gnutls_x509_crt_t?>?
        var count: UInt32 = 0
        let result = gnutls_x509_crt_list_import2(&list, &count, &certificates, GNUTLS_X509_FMT_PEM, 0)
        guard result >= 0, let list else { return result }
        for index in 0..<Int(count) { gnutls_x509_crt_deinit(list[index]) }
        cgnutls_free(list)
        return result
    }

    private static func trust(
        _ policy: TLSPolicy, in credentials: gnutls_certificate_credentials_t
    ) throws(ServerError) {
        guard policy.clientAuthentication != .none else { return }
        guard let authorities = policy.clientCertificateAuthorities else {
            let verifies = [.verifyIfGiven, .requireAndVerify].contains(policy.clientAuthentication)
            // If the system has none, no client certificate can be verified, and all are correctly rejected.
            if verifies { gnutls_certificate_set_x509_system_trust(credentials) }
            return
        }
        let count = withDatum(authorities) {
            gnutls_certificate_set_x509_trust_mem(credentials, &$0, GNUTLS_X509_FMT_PEM)
        }
        if count < 1 {
            throw ServerError(
                .badCertificate,
                "the clients' certificate authorities are not certificates in PEM"
                    + (count < 0 ? " (\(text(of: count)))" : "")
                    + ": use the certificate of the authority that signs the clients' certificates")
        }
    }

    private static func priorities(of policy: TLSPolicy) throws(ServerError) -> gnutls_priority_t {
        var priorities: gnutls_priority_t?
        let result = gnutls_priority_init(&priorities, policy.priorities, nil)
        guard result == 0, let priorities else {
            throw ServerError(
                .badPolicy,
                "GnuTLS on this system does not support the configured TLS versions, cipher suites and curves "
                    + "(\(text(of: result))): choose others or remove these settings")
        }
        return priorities
    }

    private static func withDatum(_ text: String, _ body: (inout gnutls_datum_t) -> Int32) -> Int32 {
        var bytes = Array(text.utf8)
        let count = UInt32(clamping: bytes.count)
        return bytes.withUnsafeMutableBufferPointer { bytes in
            var datum = gnutls_datum_t(data: bytes.baseAddress, size: count)
            return body(&datum)
        }
    }

    private static func text(of code: Int32) -> String {
        gnutls_strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
