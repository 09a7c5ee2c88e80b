/// The listen address of a server, and its limits.
package struct ServerOptions: Sendable {
    /// A numeric address or a name; `::` is IPv6 only, an empty string all addresses of both families.
    package var host: String
    /// 0 to 65535; 0 lets the system choose a free port.
    package var port: Int
    /// A socket that already listens, instead of `host` and `port`; nil: the server creates its own.
    ///
    /// The server closes it when it stops, but not if starting fails.
    package var listenDescriptor: Int32?
    /// nil: plain HTTP.
    package var tls: TLSIdentity?
    /// The TLS versions, ciphers and client certificates that are accepted, if there is an identity.
    package var tlsPolicy: TLSPolicy
    /// Event loop threads, at least 1.
    package var threads: Int
    /// The most connections at a time; a few more are answered 503, and any beyond those are closed at once.
    package var connectionLimit: Int
    /// The most connections at a time from one ``ClientNetwork``, nil for no limit; more are treated like those above
    /// `connectionLimit`.
    package var perAddressConnectionLimit: Int?
    /// Seconds from connecting until the first request must have arrived completely; 0: no limit.
    package var headTimeout: Double
    /// Seconds without a byte after which a connection is closed, and seconds from a reply until the next request must
    /// have arrived completely, without the time spent in `Reply.later`; 0: no limit.
    package var idleTimeout: Int
    /// The approximate maximum size of a request line with headers, in bytes; longer ones are answered 414 or 431.
    ///
    /// The head of the reply is built in the same memory.
    package var headLimit: Int
    /// The maximum size of a request's body, in bytes; a longer one (with 0: any body) is answered 413.
    package var maximumBodySize: Int

    package init(
        host: String, port: Int, listenDescriptor: Int32? = nil, tls: TLSIdentity? = nil,
        tlsPolicy: TLSPolicy = TLSPolicy(), threads: Int = 2, connectionLimit: Int = 512,
        perAddressConnectionLimit: Int? = nil, headTimeout: Double = 10, idleTimeout: Int = 30,
        headLimit: Int = 32 * 1024, maximumBodySize: Int = 0
    ) {
        self.host = host
        self.port = port
        self.listenDescriptor = listenDescriptor
        self.tls = tls
        self.tlsPolicy = tlsPolicy
        self.threads = threads
        self.connectionLimit = connectionLimit
        self.perAddressConnectionLimit = perAddressConnectionLimit
        self.headTimeout = headTimeout
        self.idleTimeout = idleTimeout
        self.headLimit = headLimit
        self.maximumBodySize = maximumBodySize
    }
}
