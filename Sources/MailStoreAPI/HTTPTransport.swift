/// Sends requests to a MailStore server: over libcurl, or in tests with a table of replies.
package protocol HTTPTransport: Sendable {
    /// Sends a POST request and waits for the whole reply.
    ///
    /// Returns a reply with any HTTP status; throws only if there is no complete reply. Cancelling the task ends the
    /// transfer and throws ``TransportError/Kind/cancelled``.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}

/// One POST request to a MailStore server.
///
/// The transport always adds `Content-Length` (0 for an empty body), because http.sys answers 411 without one
/// (`docs/api.md`, "Protocol").
package struct HTTPRequest: Sendable {
    /// The path below the server's base URL, beginning with a slash: `/api/invoke/GetServerInfo`.
    package var path: String
    /// The body; sent as `application/x-www-form-urlencoded` if it is not empty.
    package var body: [UInt8]
    /// The login, sent with the first request as HTTP Basic; `nil` sends none.
    package var credentials: Credentials?
    /// The longest the whole exchange may take, connecting included.
    package var timeout: Duration
    /// Whether the transport may send the request again if a kept-alive connection turns out to be dead.
    ///
    /// `false` for requests that must be sent at most once, such as the start of a verification.
    package var isRepeatable = true
    /// Whether the reply may be several times larger than the transport's limit.
    ///
    /// For replies that cannot be requested in smaller pieces: the log of a process that was not polled for a while.
    package var allowsLargeReply = false
    /// Whether to return all headers of the reply.
    package var wantsHeaders = false

    package init(path: String, body: [UInt8] = [], credentials: Credentials?, timeout: Duration) {
        self.path = path
        self.body = body
        self.credentials = credentials
        self.timeout = timeout
    }
}

/// A complete reply, with any HTTP status.
package struct HTTPResponse: Sendable {
    /// The HTTP status, 100 to 599.
    package var status: Int
    /// The body as received, byte order mark included.
    package var body: [UInt8]
    /// The `Date` header as received, to measure clock skew.
    package var date: String?
    /// The `Content-Type` header as received.
    package var contentType: String?
    /// The server's certificate on the connection of the exchange; `nil` without TLS.
    package var certificate: CertificateInfo?
    /// The `Server` header as received: the program that answered.
    package var server: String?
    /// All headers in the order received, if the request asked for them.
    package var headers: [(name: String, value: String)] = []

    package init(
        status: Int, body: [UInt8], date: String? = nil, contentType: String? = nil,
        certificate: CertificateInfo? = nil
    ) {
        self.status = status
        self.body = body
        self.date = date
        self.contentType = contentType
        self.certificate = certificate
    }
}

/// The facts in a server's certificate, and whether it was accepted.
///
/// Always available, and most useful if verification failed or was skipped.
package struct CertificateInfo: Sendable, Equatable {
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
    /// The SHA-1 of the certificate, which Windows shows as its thumbprint, in hexadecimal digits; empty if unknown.
    package var sha1 = ""
    /// The SHA-256 of the certificate, in hexadecimal digits; empty if unknown.
    package var sha256 = ""
    /// Whether a CA or a pin verified it; `false` if verification failed or was skipped.
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

/// Why there is no complete reply.
package struct TransportError: Error, Sendable, CustomStringConvertible {
    /// The step that failed, in the order of an exchange.
    package enum Kind: String, Sendable, CaseIterable {
        /// The host name did not resolve.
        case dns
        /// No connection could be made, or it broke before a reply began.
        case connect
        /// The TLS handshake failed, or the certificate was not accepted.
        case tls
        /// The connect time-out or the total time-out expired.
        case timeout
        /// The reply broke off before its declared end.
        case truncated
        /// The reply was larger than the limit.
        case tooLarge
        /// The task was cancelled.
        case cancelled
    }

    package var kind: Kind
    /// The problem and the remedy, for people.
    package var description: String
    /// The server's certificate, if the handshake showed it.
    package var certificate: CertificateInfo?
    /// Whether the server may have received the request.
    package var wasSent: Bool

    package init(kind: Kind, description: String, certificate: CertificateInfo? = nil, wasSent: Bool = true) {
        self.kind = kind
        self.description = description
        self.certificate = certificate
        self.wasSent = wasSent
    }
}
