/// Where one MailStore server is and how far it is trusted.
package struct CurlOptions: Sendable {
    /// The beginning of every URL, `https://host:8463`; a path is allowed, a slash at its end is not needed.
    ///
    /// Only `https` works, and no user information is accepted: everything else fails at the first request.
    package var baseURL: String
    /// A PEM file of certificates to trust instead of those of the system; a self-signed certificate may be its own.
    package var caFile: String?
    /// The pin of the server's public key, `sha256//` and 44 characters of base64; several are separated by `;`.
    ///
    /// Alone, the pin decides and neither issuer, host name nor validity is looked at; with ``caFile`` both must agree.
    package var pinnedPublicKey: String?
    /// Accepts every certificate; it outweighs ``caFile`` and ``pinnedPublicKey``.
    package var skipVerification: Bool
    /// The longest that connecting may take, from resolving the name to the end of the TLS handshake.
    package var connectTimeout: Duration
    /// The largest body of a reply, in bytes, and with it the most memory that one reply can take.
    package var maximumReplySize: Int
    /// How many requests may be under way to this server at the same time, at least 1; others wait their turn.
    package var maximumConnections: Int
    /// The `User-Agent` header.
    package var userAgent: String

    package init(
        baseURL: String,
        caFile: String? = nil,
        pinnedPublicKey: String? = nil,
        skipVerification: Bool = false,
        connectTimeout: Duration = .seconds(10),
        maximumReplySize: Int = 64 * 1024 * 1024,
        maximumConnections: Int = 4,
        userAgent: String = "mailstore_exporter"
    ) {
        self.baseURL = baseURL
        self.caFile = caFile
        self.pinnedPublicKey = pinnedPublicKey
        self.skipVerification = skipVerification
        self.connectTimeout = connectTimeout
        self.maximumReplySize = maximumReplySize
        self.maximumConnections = maximumConnections
        self.userAgent = userAgent
    }
}
