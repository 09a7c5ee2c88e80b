/// An address on which a server listens.
package struct ServerEndpoint: Sendable {
    /// A numeric address or a name; `::` is IPv6 only, an empty string all addresses of both families.
    package var host: String
    /// 0 to 65535; 0 lets the system choose a free port, and is the port of an adopted local socket.
    package var port: Int
    /// A socket that already listens, instead of `host` and `port`; nil: the server creates its own.
    ///
    /// The server closes it when it stops, but not if starting fails.
    package var descriptor: Int32?

    package init(host: String, port: Int, descriptor: Int32? = nil) {
        self.host = host
        self.port = port
        self.descriptor = descriptor
    }
}

/// The listen addresses of a server, and the limits that they share.
package struct ServerOptions: Sendable {
    /// At least one.
    package var endpoints: [ServerEndpoint]
    /// nil: plain HTTP.
    package var tls: TLSIdentity?
    /// The TLS versions, ciphers and client certificates that are accepted, if there is an identity.
    package var tlsPolicy: TLSPolicy
    /// Event loop threads, at least 1.
    package var threads: Int
    /// The most connections at a time; for a new one beyond it another one is closed.
    package var connectionLimit: Int
    /// The most connections at a time from one ``ClientNetwork``, nil for no limit; for a new one beyond it another one
    /// of the same network is closed.
    package var perAddressConnectionLimit: Int?
    /// Seconds from connecting until the first request must have arrived completely; 0: no limit.
    package var headTimeout: Double
    /// Seconds without a byte after which a connection is closed, and seconds from a reply until the next request must
    /// have arrived completely, without the time spent in `Reply.later`; 0: no limit.
    package var idleTimeout: Int
    /// Seconds in which a client must read a reply, in addition to one second for each 128 kB; 0: no limit.
    ///
    /// With a limit, slow clients also cannot keep many different large bodies in memory: the readers of the oldest
    /// ones are disconnected.
    package var replyTimeout: Double
    /// The approximate maximum size of a request line with headers, in bytes; longer ones are answered 414 or 431.
    ///
    /// The head of the reply is built in the same memory.
    package var headLimit: Int
    /// The maximum size of a request's body, in bytes; a longer one (with 0: any body) is answered 413.
    package var maximumBodySize: Int

    package init(
        endpoints: [ServerEndpoint], tls: TLSIdentity? = nil, tlsPolicy: TLSPolicy = TLSPolicy(), threads: Int = 2,
        connectionLimit: Int = 512, perAddressConnectionLimit: Int? = nil, headTimeout: Double = 10,
        idleTimeout: Int = 30, replyTimeout: Double = 0, headLimit: Int = 32 * 1024, maximumBodySize: Int = 0
    ) {
        self.endpoints = endpoints
        self.tls = tls
        self.tlsPolicy = tlsPolicy
        self.threads = threads
        self.connectionLimit = connectionLimit
        self.perAddressConnectionLimit = perAddressConnectionLimit
        self.headTimeout = headTimeout
        self.idleTimeout = idleTimeout
        self.replyTimeout = replyTimeout
        self.headLimit = headLimit
        self.maximumBodySize = maximumBodySize
    }

    /// The defaults, on a single address.
    package init(host: String, port: Int) {
        self.init(endpoints: [ServerEndpoint(host: host, port: port)])
    }

    /// The bytes of a connection's memory, with which libmicrohttpd can at least write the head of a reply.
    var connectionMemory: Int { max(2048, headLimit) }
}
