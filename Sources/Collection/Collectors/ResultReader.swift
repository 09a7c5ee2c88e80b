package import Ledger
package import MailStoreAPI
import OperatingSystem

/// Reads the outcomes of a window of time into the ledger, in parts if the server cannot return the whole window.
package struct ResultReader: Sendable {
    /// How many consecutive calls may fail to read a window before the reading stops until the next run.
    ///
    /// Halving a year down to a minute takes half as many calls. A server that fails every call must not be asked for
    /// each minute.
    package static let failureLimit = 40

    private let target: TargetDependencies

    init(_ context: CollectionContext) {
        target = context.target
    }

    /// Reads the next window.
    ///
    /// Runs read before a failure stay counted, and the next reading continues where this one stopped. If the clocks
    /// disagree by more than a day, a second window is read around the present of the other clock: one of the two
    /// contains the new runs, whichever clock is right. The windows leave no gap if the server's clock is ahead by weeks
    /// only: it may have shown every time in between.
    func read(
        _ outcomes: WritableKeyPath<TargetLedger, OutcomeLedger> & Sendable, of function: InformationalFunction,
        _ fetch: (TimeWindow, RequestZone) async throws(APIError) -> [OutcomeLedger.Report]
    ) async throws(APIError) {
        target.outcomeLog.checkClock()
        let present = target.server.present
        let now = present.earliest
        let reach = target.rules.reach
        let plan = await target.ledger.ledger[keyPath: outcomes].plan
        let (window, isDeep) = plan.window(at: now, until: present.latest, reach: reach)
        // Only deep readings retry the unreadable minutes.
        let skipped = isDeep ? [] : plan.unreadableMinutes
        do throws(APIError) {
            try await read(
                WindowReading(window, without: skipped), into: outcomes, of: function, at: present, fetch)
            if let other = present.other {
                let back = plan.isRead ? isDeep ? reach.lookback : reach.overlap : reach.first
                let isNear = other.since(window.end) <= reach.long
                let second = TimeWindow(
                    covering: isNear ? min(other - back, window.end) : other - back, to: other + ReadingPlan.reachAhead)
                try await read(
                    WindowReading(second, without: skipped), into: outcomes, of: function, at: present,
                    movesWatermark: false, fetch)
            }
        } catch {
            await settle(at: present)
            throw error
        }
        await target.ledger.update { $0[keyPath: outcomes].plan.finished(deep: isDeep, at: now, reach: reach) }
        await settle(at: present)
    }

    private func settle(at present: PresentTime) async {
        target.outcomeLog.settled(await target.ledger.settle(at: present))
    }

    private func read(
        _ reading: WindowReading, into outcomes: WritableKeyPath<TargetLedger, OutcomeLedger> & Sendable,
        of function: InformationalFunction, at present: PresentTime, movesWatermark: Bool = true,
        _ fetch: (TimeWindow, RequestZone) async throws(APIError) -> [OutcomeLedger.Report]
    ) async throws(APIError) {
        let now = present.earliest
        var reading = reading
        var failures = 0
        while let next = reading.next {
            do throws(APIError) {
                let reports = try await target.server.asked { (zone) throws(APIError) in try await fetch(next, zone) }
                failures = 0
                reading.wasRead()
                let folded = await target.ledger.update { ledger in
                    let folded = ledger[keyPath: outcomes].fold(
                        reports, in: next, at: present, limits: target.rules.limits)
                    if movesWatermark { ledger[keyPath: outcomes].plan.wasRead(next, at: now) }
                    return folded
                }
                target.outcomeLog.folded(folded, of: function)
            } catch {
                failures += 1
                guard error.mayBeTooWide, failures <= Self.failureLimit else { throw error }
                guard let minute = reading.wasTooWide() else { continue }
                let isNew = await target.ledger.update { ledger in
                    // Skipped, so that a long unreadable span is not retried each time; deep readings retry it.
                    if movesWatermark { ledger[keyPath: outcomes].plan.wasRead(minute, at: now) }
                    return ledger[keyPath: outcomes].plan.isUnreadable(minute)
                }
                if isNew { target.statistics.countUnreadableWindow(of: error.function) }
            }
        }
    }
}

extension ServerClock {
    /// Requests results in UTC, or in the server's own zone after the server has rejected UTC.
    package func asked(
        _ fetch: (RequestZone) async throws(APIError) -> [OutcomeLedger.Report]
    ) async throws(APIError) -> [OutcomeLedger.Report] {
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
    /// Whether a narrower window may succeed.
    ///
    /// `Nullable object must have a value.` is an InvalidOperationException (`docs/api.md`, "Outcomes"), and a reply
    /// over the size limit may fit in two halves.
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
    /// The arguments of a call that reads results.
    ///
    /// - Parameter timeZoneName: The function's spelling of the argument name.
    package func arguments(timeZoneName: String, _ zone: RequestZone) -> [FormField] {
        let (from, to) = zone.civil(self)
        return [
            FormField("fromIncluding", from), FormField("toExcluding", to), FormField(timeZoneName, zone.argument),
        ]
    }
}
