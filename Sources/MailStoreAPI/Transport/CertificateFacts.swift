/// What a server's certificate says and whether it was accepted.
///
/// Certificates are told, not hidden: these facts exist also, and above all, where verification failed or was skipped.
package struct CertificateFacts: Sendable, Equatable {
    /// The end of its validity, in seconds since 1970 (UTC).
    package var notAfter: Int64
    /// The beginning of its validity, in seconds since 1970 (UTC).
    package var notBefore: Int64
    /// The distinguished name of its subject, as RFC 4514 writes it.
    package var subject: String
    /// The distinguished name of its issuer, as RFC 4514 writes it.
    package var issuer: String
    /// The pin of its public key, `sha256//` and 44 characters of base64, as libcurl takes it.
    package var publicKeyPin: String
    /// Whether a CA or a pin vouched for it; `false` where that failed and where the check was skipped.
    package var verified: Bool

    package init(
        notAfter: Int64, notBefore: Int64, subject: String, issuer: String, publicKeyPin: String, verified: Bool
    ) {
        self.notAfter = notAfter
        self.notBefore = notBefore
        self.subject = subject
        self.issuer = issuer
        self.publicKeyPin = publicKeyPin
        self.verified = verified
    }
}
