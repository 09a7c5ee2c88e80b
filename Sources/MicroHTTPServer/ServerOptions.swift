/// Where a server listens and what it allows its clients.
package struct ServerOptions: Sendable {
    /// A numeric address or a name; `::` is IPv6 alone, an empty string is every address of both families.
    package var host: String
    /// 0 to 65535; 0 lets the system choose a free port.
    package var port: Int
    /// A socket that is bound and listening already, in place of `host` and `port`; nil: the server makes its own.
    ///
    /// The server closes it when it stops, not if it does not start.
    package var listenDescriptor: Int32?
    /// nil: plain HTTP.
    package var tls: TLSIdentity?
    /// Which TLS is spoken and which clients are let in, where there is an identity.
    package var tlsPolicy: TLSPolicy
    /// Event loop threads, at least 1.
    package var threads: Int
    /// Connections at a time; a small number more are answered 503, beyond them they are closed at once.
    package var connectionLimit: Int
    /// Connections at a time from one IPv4 address or IPv6 network of 64 bits, nil for any number; more are treated
    /// like those above `connectionLimit`.
    package var perAddressConnectionLimit: Int?
    /// Seconds from connecting until the first request must be there whole, however its bytes trickle; 0: any time.
    package var headTimeout: Double
    /// Seconds without a byte after which a connection is closed, and seconds from a reply until the next request must
    /// be there whole; waiting for `Reply.later` not counted; 0: never.
    package var idleTimeout: Int
    /// Bytes that a connection's request line and headers may take, about; longer ones are answered 414 or 431.
    ///
    /// The head of the reply is made in the same memory.
    package var headLimit: Int
    /// Bytes of a request's body; a longer one (with 0: any) is answered 413.
    package var maximumBodySize: Int

    package init(
        host: String,
        port: Int,
        listenDescriptor: Int32? = nil,
        tls: TLSIdentity? = nil,
        tlsPolicy: TLSPolicy = TLSPolicy(),
        threads: Int = 2,
        connectionLimit: Int = 512,
        perAddressConnectionLimit: Int? = nil,
        headTimeout: Double = 10,
        idleTimeout: Int = 30,
        headLimit: Int = 32 * 1024,
        maximumBodySize: Int = 0
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
