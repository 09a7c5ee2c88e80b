/// What a server has seen of connections since it started, and the open ones.
public struct ConnectionCounts: Sendable, Equatable {
    /// Connections open now, those that are being refused included.
    public var open = 0
    /// Accepted in all; those that were closed at once included.
    public var accepted = 0
    /// Answered 503 because a limit was reached.
    public var refused = 0
    /// Closed at once, since not even the reserve for refusals had room.
    public var dropped = 0
    /// Closed because their request was not there in time.
    public var overdue = 0
    /// TLS handshakes ended over the client's certificate, or for want of one.
    public var rejectedCertificates = 0
    /// Times that accepting was put off since the system had no descriptor or memory to give.
    public var failedAccepts = 0

    public init() {}

    /// The counts of several servers together.
    public static func + (left: ConnectionCounts, right: ConnectionCounts) -> ConnectionCounts {
        var sum = left
        sum.open += right.open
        sum.accepted += right.accepted
        sum.refused += right.refused
        sum.dropped += right.dropped
        sum.overdue += right.overdue
        sum.rejectedCertificates += right.rejectedCertificates
        sum.failedAccepts += right.failedAccepts
        return sum
    }
}
