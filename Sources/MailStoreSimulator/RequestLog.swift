/// One API call that the simulated server received.
public struct RequestRecord: Sendable, Equatable {
    /// The name of the function, or `get-status`, `get-metadata`, `cancel-async`.
    public var function: String
    /// The decoded arguments.
    public var arguments: [String: String]
    /// The user name that the client sent; nil without a login.
    public var userName: String?
    /// The HTTP status of the reply; nil if there is no reply yet, or the connection was closed instead.
    public internal(set) var status: Int?
    /// The fault that was injected into the call.
    public var fault: Fault?
    /// The real time of arrival, in seconds since 1970 (UTC).
    public var time: Double
}

/// The newest API calls.
///
/// Old calls are dropped, so that the memory of a long-running server does not grow.
struct RequestLog: Sendable {
    private static let capacity = 20_000

    private(set) var records: [RequestRecord] = []
    private var dropped = 0

    /// Adds a call.
    ///
    /// - Returns: The number of the call, for ``note(status:of:)``.
    mutating func append(_ record: RequestRecord) -> Int {
        if records.count >= Self.capacity {
            records.removeFirst(Self.capacity / 2)
            dropped += Self.capacity / 2
        }
        records.append(record)
        return dropped + records.count - 1
    }

    mutating func note(status: Int?, of number: Int) {
        guard records.indices.contains(number - dropped) else { return }
        records[number - dropped].status = status
    }

    mutating func clear() {
        dropped += records.count
        records = []
    }
}
