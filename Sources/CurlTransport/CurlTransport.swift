package import MailStoreAPI

/// Carries requests to one MailStore server over libcurl.
///
/// Connections and TLS sessions are reused between requests, but never between transports with different trust, even
/// for the same server.
///
/// ```swift
/// let engine = CurlEngine()
/// let transport = CurlTransport(engine: engine, options: CurlOptions(baseURL: "https://archive.example.com:8463"))
/// let reply = try await transport.send(
///     HTTPRequest(path: "/api/invoke/GetServerInfo", credentials: nil, timeout: .seconds(30)))
/// print(reply.status)  // 401
/// ```
package final class CurlTransport: HTTPTransport {
    private let engine: CurlEngine
    private let endpoint: Endpoint

    /// Opens no connection and reads no file before the first request.
    package init(engine: CurlEngine, options: CurlOptions) {
        self.engine = engine
        endpoint = Endpoint(options)
    }

    deinit {
        engine.commands.post(.retire(ObjectIdentifier(endpoint)))
    }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let request = TransferRequest(request, to: endpoint)
        let commands = engine.commands
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if !commands.post(.begin(request, continuation)) {
                    continuation.resume(returning: .failure(.cancelled(request.endpoint)))
                }
            }
        } onCancel: {
            request.markCancelled()
            commands.post(.cancel(request))
        }
        return try result.get()
    }
}

/// The URL of one MailStore server, its trust, and limits.
package struct CurlOptions: Sendable {
    /// The beginning of every URL, `https://host:8463`; a path is allowed, a slash at its end is not needed.
    ///
    /// It must be `https` without user information; any other URL fails at the first request.
    package var baseURL: String
    /// A PEM file of certificates to trust instead of those of the system; it may contain a self-signed certificate.
    package var caFile: String?
    /// The pin of the server's public key, `sha256//` and 44 characters of base64; several are separated by `;`.
    ///
    /// Without ``caFile``, it replaces the checks of issuer, host name and validity; with it, both are checked.
    package var pinnedPublicKey: String?
    /// Accepts every certificate, regardless of ``caFile`` and ``pinnedPublicKey``.
    package var skipVerification: Bool
    /// The time-out of connecting, from resolving the name to the end of the TLS handshake.
    package var connectTimeout: Duration
    /// The longest life of a kept-alive connection, at least a second.
    ///
    /// It is checked when a connection is about to be reused, so that a name that moves to another address is followed.
    package var connectionMaximumAge: Duration
    /// The proxy between this machine and the server; `nil` connects directly, whatever the environment says.
    package var proxy: Proxy?
    /// The certificate authorities to use without ``caFile``.
    package var authorities = EnvironmentAuthorities()
    /// The largest body of a reply, in bytes, decompressed, and so the most memory that one reply can take.
    package var maximumReplySize: Int
    /// How many requests to this server may run at the same time, at least 1; others wait.
    package var maximumConnections: Int
    /// The `User-Agent` header.
    package var userAgent: String

    package init(
        baseURL: String,
        caFile: String? = nil,
        pinnedPublicKey: String? = nil,
        skipVerification: Bool = false,
        connectTimeout: Duration = .seconds(10),
        connectionMaximumAge: Duration = .seconds(300),
        maximumReplySize: Int = 64 * 1024 * 1024,
        maximumConnections: Int = 4,
        userAgent: String = "mailstore_exporter"
    ) {
        self.baseURL = baseURL
        self.caFile = caFile
        self.pinnedPublicKey = pinnedPublicKey
        self.skipVerification = skipVerification
        self.connectTimeout = connectTimeout
        self.connectionMaximumAge = connectionMaximumAge
        self.maximumReplySize = maximumReplySize
        self.maximumConnections = maximumConnections
        self.userAgent = userAgent
    }
}
