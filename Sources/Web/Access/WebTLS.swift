package import MailStoreAPI
package import MicroHTTPServer

/// The certificate, the key and the rules of an encrypted endpoint.
///
/// Whether the key belongs to the certificate is found out by ``check()``.
package struct WebTLS: Sendable, Equatable {
    /// In PEM, the server's own certificate first.
    package var certificatePEM: String
    /// In PEM.
    package var privateKeyPEM: Secret
    package var policy: TLSPolicy

    package var identity: TLSIdentity {
        TLSIdentity(certificatePEM: certificatePEM, privateKeyPEM: privateKeyPEM.exposed)
    }

    /// Looks whether a server could use them.
    package func check() throws(ServerError) {
        try HTTPServer.check(tls: identity, policy: policy)
    }
}
