/// Why no complete reply was had.
package struct TransportError: Error, Sendable {
    /// What failed, in the order in which an exchange meets it.
    package enum Kind: String, Sendable, CaseIterable {
        /// The host name did not resolve.
        case dns
        /// No connection could be made, or it broke before a reply began.
        case connect
        /// The TLS handshake failed, or the certificate was not accepted.
        case tls
        /// The connect time-out or the total time-out passed.
        case timeout
        /// The reply broke off before its declared end.
        case truncated
        /// The reply was larger than the limit.
        case tooLarge
        /// The task was cancelled.
        case cancelled
    }

    package var kind: Kind
    /// What went wrong and what to do about it, for people.
    package var description: String
    /// The certificate that the server showed, where one was seen.
    package var certificate: CertificateFacts?

    package init(kind: Kind, description: String, certificate: CertificateFacts? = nil) {
        self.kind = kind
        self.description = description
        self.certificate = certificate
    }
}

extension TransportError: CustomStringConvertible {}
