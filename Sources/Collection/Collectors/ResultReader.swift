package import Ledger
package import MailStoreAPI
import OperatingSystem

/// Reads the outcomes of a window of time into the ledger, part by part where the server cannot answer the whole.
package struct ResultReader: Sendable {
    /// How many calls in a row may find a window unreadable, before the reading gives up until the next time.
    ///
    /// It takes half of that to halve a year down to a minute; a server that answers nothing must not be asked minute by
    /// minute.
    package static let patience = 40

    private let context: CollectionContext

    package init(_ context: CollectionContext) {
        self.context = context
    }

    /// Reads what is due of one book.
    ///
    /// What was read before a failure stays counted, and the next reading begins where this one stopped.
    package func read(
        _ book: WritableKeyPath<TargetLedger, OutcomeBook> & Sendable,
        _ fetch: (TimeWindow, RequestZone) async throws(APIError) -> [OutcomeBook.Report]
    ) async throws(APIError) {
        let now = context.server.now
        let reach = context.settings.rules.reach
        let plan = await context.ledger.ledger[keyPath: book].plan
        let (window, isDeep) = plan.window(at: now, reach: reach)
        // Only deep readings try again what could not be read.
        let reading = WindowReading(window, without: isDeep ? [] : plan.unreadableMinutes)
        do throws(APIError) {
            try await read(reading, into: book, at: now, fetch)
        } catch {
            await context.ledger.settle()
            throw error
        }
        await context.ledger.update { $0[keyPath: book].plan.finished(deep: isDeep, at: now, reach: reach) }
        let unknownVerifications = await context.ledger.settle()
        context.statistics.metUnknownValue(of: .result, times: unknownVerifications)
    }

    private func read(
        _ reading: WindowReading, into book: WritableKeyPath<TargetLedger, OutcomeBook> & Sendable, at now: Timestamp,
        _ fetch: (TimeWindow, RequestZone) async throws(APIError) -> [OutcomeBook.Report]
    ) async throws(APIError) {
        var reading = reading
        var failures = 0
        while let next = reading.next {
            do throws(APIError) {
                let reports = try await context.server.asked { (zone) throws(APIError) in try await fetch(next, zone) }
                failures = 0
                reading.wasRead()
                let folded = await context.ledger.update { ledger in
                    let folded = ledger[keyPath: book].fold(reports)
                    ledger[keyPath: book].plan.wasRead(next, at: now)
                    return folded
                }
                context.statistics.metUnknownValue(of: .result, times: folded.unknownResults)
            } catch {
                failures += 1
                guard error.mayBeTooWide, failures <= Self.patience else { throw error }
                guard let minute = reading.wasTooWide() else { continue }
                let isNew = await context.ledger.update { ledger in
                    // Passed over, so that a long unreadable stretch is not begun anew each time; deep readings come back.
                    ledger[keyPath: book].plan.wasRead(minute, at: now)
                    return ledger[keyPath: book].plan.isUnreadable(minute)
                }
                if isNew { context.statistics.metUnreadableWindow(of: error.function) }
            }
        }
    }
}

extension ServerClock {
    /// Asks for results in UTC; a server that does not know it is asked in its own zone from then on.
    package func asked(
        _ fetch: (RequestZone) async throws(APIError) -> [OutcomeBook.Report]
    ) async throws(APIError) -> [OutcomeBook.Report] {
        let zone = requestZone
        do throws(APIError) {
            return try await fetch(zone)
        } catch {
            guard zone.isUTC, error.meansUnknownTimeZone else { throw error }
            doesNotKnowUTC()
            return try await fetch(requestZone)
        }
    }
}

extension APIError {
    /// Whether a narrower window may be answered: `Nullable object must have a value.` is an InvalidOperationException
    /// (`mailstore-api.md`, section 4), and a reply over the size limit may fit in two halves.
    package var mayBeTooWide: Bool {
        switch reason {
        case .tooLarge: true
        case .apiError:
            exception == "System.InvalidOperationException" || description.contains("Nullable object must have a value")
        default: false
        }
    }

    fileprivate var meansUnknownTimeZone: Bool {
        reason == .apiError && (exception ?? "").contains("TimeZone")
    }
}

extension TimeWindow {
    /// The arguments of a call for results.
    ///
    /// - Parameter timeZoneName: how the function spells its argument.
    package func arguments(timeZoneName: String, _ zone: RequestZone) -> [FormField] {
        let (from, to) = zone.civil(self)
        return [
            FormField("fromIncluding", from), FormField("toExcluding", to), FormField(timeZoneName, zone.argument),
        ]
    }
}

extension Run {
    /// A run whose result is still to be admitted.
    package init(
        id: String?, start: ServerDateTime?, completion: ServerDateTime?, itemsArchived: Int64?, in zone: ServerTimeZone
    ) {
        let startTime = start?.timestamp(in: zone)
        let completionTime = completion?.timestamp(in: zone)
        let isApproximate = (start != nil && startTime == nil) || (completion != nil && completionTime == nil)
        self.init(
            id: id ?? "start/\(start?.civilSeconds ?? 0)",
            start: startTime ?? start.map { Timestamp(secondsSince1970: $0.civilSeconds) },
            completion: completionTime ?? completion.map { Timestamp(secondsSince1970: $0.civilSeconds) },
            result: "", itemsArchived: itemsArchived, verifies: nil, isApproximate: isApproximate ? true : nil)
    }
}
