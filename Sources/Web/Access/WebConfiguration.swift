import MailStoreAPI
package import MicroHTTPServer

/// The checked settings of the file of `--web.config.file`, read by ``WebConfigurationReading``.
///
/// The default applies without such a file: plain HTTP, without a password.
package struct WebConfiguration: Sendable, Equatable {
    /// `nil`: plain HTTP.
    package var tls: WebTLS?
    /// The headers that are added to every response.
    var headers: [ResponseHeader] = []
    /// The hashed passwords by user name; empty if no password is needed.
    var users: [String: BcryptHash] = [:]
    /// Paths, percent-decoded, that are answered without a password.
    var excludedPaths: Set<String> = []
    /// `nil`: any number of requests.
    var rateLimit: RateLimit?
    /// Warnings about settings that are valid but insecure, without secrets.
    var warnings: [String] = []
}

/// A header of a response.
struct ResponseHeader: Sendable, Equatable {
    var name: String
    var value: String
}

/// The certificate, the key and the rules of an encrypted endpoint.
///
/// ``check()`` checks whether the key belongs to the certificate.
package struct WebTLS: Sendable, Equatable {
    /// In PEM, the server's own certificate first.
    var certificatePEM: String
    /// In PEM.
    var privateKeyPEM: Secret
    package var policy: TLSPolicy

    package var identity: TLSIdentity {
        TLSIdentity(certificatePEM: certificatePEM, privateKeyPEM: privateKeyPEM.exposed)
    }

    /// Throws if a server could not use them.
    func check() throws(ServerError) {
        try HTTPServer.check(tls: identity, policy: policy)
    }
}
