import DequeModule
package import MailStoreAPI
package import OperatingSystem

/// The newest calls to one target, for the status pages.
///
/// Failed calls are stored separately, so that the many successful ones do not displace them.
package struct CallLog: Sendable {
    /// The number of successful calls to keep; the same number of failed calls is kept.
    package static let capacity = 100

    /// One call and how it ended.
    package struct Entry: Sendable {
        package var function: String
        package var start: Timestamp
        /// `nil` if no single request failed: the result could not be read, or the process behind it failed.
        package var duration: Duration?
        /// The size of the reply in bytes.
        package var replySize: Int?
        /// The HTTP status; `nil` if there was no complete reply.
        package var status: Int?
        package var failure: Failure?
    }

    package struct Failure: Sendable {
        package var reason: APIError.Reason
        package var description: String
    }

    private var successes: Deque<Entry> = []
    private var failures: Deque<Entry> = []

    package init() {}

    /// - Parameter now: When the call ended.
    package mutating func append(_ call: CallRecord, at now: Timestamp) {
        let entry = Entry(
            function: call.function, start: now - call.duration, duration: call.duration,
            replySize: call.status == nil ? nil : call.replySize, status: call.status,
            failure: call.error.map(failure))
        if entry.failure == nil { Self.append(entry, to: &successes) } else { Self.append(entry, to: &failures) }
    }

    /// Adds a failure that is not the failure of a single request.
    package mutating func append(_ error: APIError, at now: Timestamp) {
        Self.append(Entry(function: error.function, start: now, failure: failure(of: error)), to: &failures)
    }

    private static func append(_ entry: Entry, to entries: inout Deque<Entry>) {
        if entries.count == capacity { entries.removeFirst() }
        entries.append(entry)
    }

    /// All stored calls, newest first.
    package var newestFirst: [Entry] {
        (successes + failures).sorted { $0.start > $1.start }
    }

    /// A server that is down fails with the same text each time, so the text is stored once.
    private func failure(of error: APIError) -> Failure {
        if let last = failures.last?.failure, last.description == error.description, last.reason == error.reason {
            return last
        }
        return Failure(reason: error.reason, description: error.description)
    }
}
