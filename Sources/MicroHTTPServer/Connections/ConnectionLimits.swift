/// How many connections there may be and how long they may take to ask for something.
struct ConnectionLimits: Sendable {
    var total: Int
    var perNetwork: Int
    /// Milliseconds from connecting to the end of the first request; nil: any time.
    var first: Int64?
    /// Milliseconds from the end of a reply to the end of the next request; nil: any time.
    var next: Int64?

    /// Milliseconds that a client above the limit gets to be told so: each one takes a place of the reserve.
    var refused: Int64 { min(first ?? Self.longestRefusal, Self.longestRefusal) }

    private static let longestRefusal: Int64 = 5000

    init(_ options: ServerOptions) {
        total = max(1, options.connectionLimit)
        perNetwork = options.perAddressConnectionLimit.map { max(1, $0) } ?? Int.max / 2
        first = options.headTimeout > 0 ? MonotonicTime.milliseconds(options.headTimeout) : nil
        next = options.idleTimeout > 0 ? MonotonicTime.milliseconds(Double(options.idleTimeout)) : nil
    }

    /// Connections above a limit that are kept long enough for an answer of 503.
    static func reserve(of limit: Int) -> Int {
        min(64, max(4, limit / 8))
    }

    /// Milliseconds from one look at the deadlines to the next.
    var sweepInterval: Int64 {
        let shortest = min(refused, next ?? refused)
        return min(max(shortest / 4, 20), 1000)
    }
}
