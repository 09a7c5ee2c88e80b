import MailStoreAPI
import MicroHTTPServer

/// The certificate, the key and the rules of an encrypted endpoint.
///
/// Whether the key belongs to the certificate is found out by ``check()``.
struct WebTLS: Sendable, Equatable {
    /// In PEM, the server's own certificate first.
    var certificatePEM: String
    /// In PEM.
    var privateKeyPEM: Secret
    var policy: TLSPolicy

    var identity: TLSIdentity {
        TLSIdentity(certificatePEM: certificatePEM, privateKeyPEM: privateKeyPEM.exposed)
    }

    /// Looks whether a server could use them.
    func check() throws(ServerError) {
        try HTTPServer.check(tls: identity, policy: policy)
    }
}
