package import MailStoreAPI
package import OperatingSystem

/// The newest calls to one target, for people who look for the reason of a failure.
///
/// Those that failed have a place of their own, so that the many that work do not push them out.
package struct CallLog: Sendable {
    /// How many are kept of those that worked, and as many of those that failed.
    package static let capacity = 100

    /// One call and its fate.
    package struct Entry: Sendable {
        package var function: String
        package var start: Timestamp
        /// `nil` where it was no single request that failed: the result did not fit, or the process behind it failed.
        package var duration: Duration?
        /// The size of the reply in bytes.
        package var replySize: Int?
        /// The HTTP status; `nil` where no complete reply was had.
        package var status: Int?
        package var failure: Failure?
    }

    package struct Failure: Sendable {
        package var reason: APIError.Reason
        package var description: String
    }

    private var successes = Ring<Entry>(capacity: capacity)
    private var failures = Ring<Entry>(capacity: capacity)

    /// - Parameter now: When the call ended.
    package mutating func append(_ call: CallRecord, at now: Timestamp) {
        let entry = Entry(
            function: call.function, start: now - call.duration, duration: call.duration,
            replySize: call.status == nil ? nil : call.replySize, status: call.status,
            failure: call.error.map(failure))
        if entry.failure == nil { successes.append(entry) } else { failures.append(entry) }
    }

    /// Notes a failure that no single request shows.
    package mutating func append(_ error: APIError, at now: Timestamp) {
        failures.append(Entry(function: error.function, start: now, failure: failure(of: error)))
    }

    /// All that are kept, the newest first.
    package var newestFirst: [Entry] {
        (successes.elements + failures.elements).sorted { $0.start > $1.start }
    }

    /// A server that is down fails in the same words each time: they are kept once.
    private func failure(of error: APIError) -> Failure {
        if let last = failures.last?.failure, last.description == error.description, last.reason == error.reason {
            return last
        }
        return Failure(reason: error.reason, description: error.description)
    }
}
