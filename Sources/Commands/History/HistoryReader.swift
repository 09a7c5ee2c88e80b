import Collection
import Ledger
import MailStoreAPI
import OperatingSystem

/// Asks one server for its past runs, window by window.
struct HistoryReader: Sendable {
    let api: APIClient
    let server: ServerClock
    /// How long a single call may take.
    let callTime: Duration
    let clock: Clock
    /// Told of each window before it is asked for: which of how many.
    let progress: @Sendable (_ function: String, _ window: TimeWindow, _ number: Int, _ count: Int) -> Void
    /// Told of what cannot be read.
    let complain: @Sendable (String) -> Void

    /// How much time is asked for at once, in minutes: about what the exporter itself asks for at its first start.
    private static let part: Int64 = 31 * 1440

    typealias Fetch =
        @Sendable (TimeWindow, RequestZone, APIClient, Deadline) async throws(APIError) ->
        [OutcomeBook.Report]

    /// What was read: all runs, and apart from them those that the exporter's own counting covers.
    struct Books: Sendable {
        var all: OutcomeBook
        /// `nil` where the exporter has not counted.
        var counted: OutcomeBook?
    }

    func deadline() -> Deadline {
        Deadline(after: callTime, clock: clock)
    }

    /// Reads all runs of a span.
    ///
    /// The exporter's own part is read from exactly where the exporter began to read, so that whichever of its times a
    /// server goes by, a run falls to the part to which it fell there.
    func read(
        _ function: InformationalFunction, into book: OutcomeBook, since: Timestamp, until: Timestamp,
        beginning: Timestamp?, _ fetch: Fetch
    ) async throws(APIError) -> Books {
        let cut = beginning.flatMap { $0 < until ? $0 : nil }
        let counted = cut.map { parts(since: $0, until: until) } ?? []
        let before = cut.map { since < $0 } ?? true ? parts(since: since, until: cut ?? until) : []
        var books = Books(all: book)
        var number = 0
        for part in counted {
            number += 1
            progress(function.rawValue, part, number, counted.count + before.count)
            try await read(part, of: function, into: &books.all, fetch)
        }
        // First in, so that what a server tells of on both sides is the exporter's.
        if beginning != nil { books.counted = books.all }
        for part in before {
            number += 1
            progress(function.rawValue, part, number, counted.count + before.count)
            try await read(part, of: function, into: &books.all, fetch)
        }
        return books
    }

    private func parts(since: Timestamp, until: Timestamp) -> [TimeWindow] {
        let whole = TimeWindow(covering: since, to: until)
        return stride(from: whole.from, to: whole.to, by: Int64.Stride(Self.part)).map {
            TimeWindow(from: $0, to: min($0 + Self.part, whole.to))
        }
    }

    private func read(
        _ window: TimeWindow, of function: InformationalFunction, into book: inout OutcomeBook, _ fetch: Fetch
    ) async throws(APIError) {
        var reading = WindowReading(window)
        var failures = 0
        while let next = reading.next {
            do throws(APIError) {
                let reports = try await server.asked { (zone) throws(APIError) in
                    try await fetch(next, zone, api, deadline())
                }
                failures = 0
                reading.wasRead()
                _ = book.fold(reports)
            } catch {
                failures += 1
                guard error.mayBeTooWide, failures <= ResultReader.failureLimit else { throw error }
                guard let minute = reading.wasTooWide() else { continue }
                complain(
                    "\(function.rawValue) cannot be read for the minute \(minute.start.text): its runs are missing")
            }
        }
    }
}
