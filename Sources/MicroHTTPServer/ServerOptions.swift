/// Where a server listens and what it allows its clients.
public struct ServerOptions: Sendable {
    /// A numeric address or a name; `::` is IPv6 alone, an empty string is every address of both families.
    public var host: String
    /// 0 to 65535; 0 lets the system choose a free port.
    public var port: Int
    /// nil: plain HTTP.
    public var tls: TLSIdentity?
    /// Event loop threads, at least 1.
    public var threads: Int
    /// Connections at a time, shared out evenly among the threads; more wait in the listen queue.
    public var connectionLimit: Int
    /// Connections at a time from one address, nil for any number; more are closed at once.
    public var perAddressConnectionLimit: Int?
    /// Seconds without a byte after which a connection is closed, waiting for `Reply.later` not counted; 0: never.
    public var idleTimeout: Int
    /// Bytes of a request's body; a longer one (with 0: any) is answered 413.
    public var maximumBodySize: Int

    public init(
        host: String,
        port: Int,
        tls: TLSIdentity? = nil,
        threads: Int = 2,
        connectionLimit: Int = 512,
        perAddressConnectionLimit: Int? = nil,
        idleTimeout: Int = 30,
        maximumBodySize: Int = 0
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.threads = threads
        self.connectionLimit = connectionLimit
        self.perAddressConnectionLimit = perAddressConnectionLimit
        self.idleTimeout = idleTimeout
        self.maximumBodySize = maximumBodySize
    }
}
