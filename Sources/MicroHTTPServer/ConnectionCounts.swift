/// The connections of a server: those open now, and counts since it started.
package struct ConnectionCounts: Sendable, Equatable {
    /// Open now.
    package var open = 0
    /// Accepted in total, including those that were closed at once.
    package var accepted = 0
    /// Closed to make room for a new connection, because the limit on all connections was reached.
    package var displaced = 0
    /// Closed to make room for a new connection, because the limit for each address was reached.
    package var displacedOfAddress = 0
    /// Closed at once, because the replies of all other connections were being prepared.
    package var dropped = 0
    /// Closed because their request did not arrive in time.
    package var overdue = 0
    /// Closed because their client read a reply too slowly.
    package var slow = 0
    /// TLS handshakes that failed because of the client's certificate, or because it had none.
    package var rejectedCertificates = 0
    /// Times that accepting paused because the system had no descriptor or memory left.
    package var failedAccepts = 0

    package init() {}
}

/// The limits on the number of connections, and on the time to send a request and to read a reply.
struct ConnectionLimits: Sendable {
    let total: Int
    let perNetwork: Int
    /// Milliseconds from connecting to the end of the first request.
    let first: Int64
    /// Milliseconds from the end of a reply to the end of the next request.
    let next: Int64
    /// Milliseconds to read a reply, in addition to those for its size; nil: no limit.
    let reply: Int64?

    /// No limit in milliseconds, which no clock reaches.
    static let never = Int64.max / 2
    /// Milliseconds that a connection stays open after its client has closed the sending side and all is answered.
    ///
    /// A request that the client sent before may still have to be read.
    static let departure: Int64 = 500
    /// Milliseconds for which a connection without a complete request counts as new.
    static let patience: Int64 = 1000
    /// The least speed at which a client reads a reply without being slow, in bytes for each millisecond.
    static let leastRate: Int64 = 128
    /// Milliseconds after which a reply that is still being sent can count as slow.
    static let leastSample: Int64 = 100
    /// Bytes of the largest replies that slow clients may keep in memory, if the newest reply is small.
    static let leastPinned = 32 << 20
    /// How many bodies of the size of the newest one slow clients may keep in memory.
    static let mostPinnedBodies = 6
    /// Bodies with fewer bytes are not counted as kept in memory.
    static let smallestPinned = 64 << 10
    /// Milliseconds between two times that freed memory is returned to the system.
    static let trimInterval: Int64 = 5000
    /// Connections that have been shut down and that the event loops have not closed yet, before accepting pauses.
    static let mostClosing = 32

    init(_ options: ServerOptions) {
        total = max(1, options.connectionLimit)
        perNetwork = options.perAddressConnectionLimit.map { max(1, $0) } ?? Int.max / 2
        first = options.headTimeout > 0 ? MonotonicTime.milliseconds(options.headTimeout) : Self.never
        next = options.idleTimeout > 0 ? MonotonicTime.milliseconds(Double(options.idleTimeout)) : Self.never
        reply = options.replyTimeout > 0 ? MonotonicTime.milliseconds(options.replyTimeout) : nil
    }

    /// Milliseconds to read a reply with a body of that size.
    func reply(ofSize size: Int) -> Int64 {
        reply.map { $0 + Int64(size) / Self.leastRate } ?? Self.never
    }

    /// Milliseconds between two checks of the deadlines.
    var sweepInterval: Int64 {
        min(max(min(first, next) / 4, 20), 1000)
    }
}
