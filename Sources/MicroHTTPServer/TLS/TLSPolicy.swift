/// Which TLS a server speaks and whom it lets in.
package struct TLSPolicy: Sendable, Equatable {
    /// A version of the protocol.
    package enum Version: Int, Sendable, CaseIterable, Comparable {
        case tls10, tls11, tls12, tls13

        package static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
    }

    /// A group for the exchange of keys.
    package enum Curve: Sendable, CaseIterable {
        case x25519, p256, p384, p521
    }

    /// What is asked of a client's certificate.
    package enum ClientAuthentication: Sendable, CaseIterable {
        /// Nothing; none is asked for.
        case none
        /// One is asked for, and any or none will do; the client must have its key.
        case request
        /// Any certificate whose key the client has, from whomever.
        case requireAny
        /// None, or one that can be verified.
        case verifyIfGiven
        /// One that can be verified.
        case requireAndVerify
    }

    /// RFC 8996 retired what came before TLS 1.2.
    package var minimumVersion = Version.tls12
    package var maximumVersion = Version.tls13
    /// nil: those of forward secrecy that GnuTLS holds to be safe.
    ///
    /// Of a list every key exchange is taken with every cipher. TLS 1.3 has suites of its own and needs at least one: if
    /// none of its ciphers is listed, all of them are added.
    package var cipherSuites: [CipherSuite]?
    /// nil: those that GnuTLS holds to be safe.
    package var curves: [Curve]?
    /// Whether the order of the server's suites counts more than that of the client's.
    package var prefersOwnOrder = true
    package var clientAuthentication = ClientAuthentication.none
    /// Who may sign clients' certificates, in PEM; nil: the certification authorities of the system.
    package var clientCertificateAuthorities: String?
    /// Names of which a client's certificate has to hold one; nil: any certificate.
    ///
    /// A name is compared byte for byte with the certificate's alternative names: DNS names, e-mail addresses, URIs and
    /// IP addresses in their usual form. A client without a certificate is a matter of `clientAuthentication` alone.
    package var allowedClientNames: [String]?

    package init() {}
}
