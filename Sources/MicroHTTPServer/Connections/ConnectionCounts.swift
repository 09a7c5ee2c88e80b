/// What a server has seen of connections since it started, and the open ones.
package struct ConnectionCounts: Sendable, Equatable {
    /// Connections open now, those that are being refused included.
    package var open = 0
    /// Accepted in all; those that were closed at once included.
    package var accepted = 0
    /// Answered 503 because a limit was reached.
    package var refused = 0
    /// Closed at once, since not even the reserve for refusals had room.
    package var dropped = 0
    /// Closed because their request was not there in time.
    package var overdue = 0
    /// TLS handshakes ended over the client's certificate, or for want of one.
    package var rejectedCertificates = 0
    /// Times that accepting was put off since the system had no descriptor or memory to give.
    package var failedAccepts = 0

    package init() {}

    /// The counts of several servers together.
    package static func + (left: ConnectionCounts, right: ConnectionCounts) -> ConnectionCounts {
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
