/// One request that reached the simulated server.
public struct RequestRecord: Sendable, Equatable {
    /// The function's name, or `get-status`, `get-metadata`, `cancel-async`.
    public var function: String
    /// The arguments as they were sent, decoded.
    public var arguments: [String: String]
    /// The name that the client logged on with; nil where it sent none.
    public var userName: String?
    /// The HTTP status of the answer; nil while or where there is none.
    public internal(set) var status: Int?
    /// The fault that happened to it.
    public var fault: Fault?
    /// The real time of its arrival, in seconds since 1970 (UTC).
    public var time: Double
}

/// The newest requests; older ones are dropped, so that a server which runs for long does not grow.
struct RequestLog: Sendable {
    static let capacity = 20_000

    private(set) var records: [RequestRecord] = []
    private var dropped = 0

    /// Notes a request.
    ///
    /// - Returns: its number, by which its answer can be noted.
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
