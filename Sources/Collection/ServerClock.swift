package import Foundation
package import Ledger
package import MailStoreAPI
package import OperatingSystem

/// The clock and time zone of one server, as far as they are known.
///
/// Windows of results end at the server's current time, because its clock may differ from this machine's. The clock is
/// known from the `Date` header of replies, which a proxy may write by a clock of its own.
package final class ServerClock: Sendable {
    private struct State {
        var skew: Double?
        var knowsUTC = true
    }

    private let state = Locked(State())
    private let localZone: TimeZone?
    private let clock: Clock

    /// - Parameter localZone: The server's own zone, if it is configured.
    package init(localZone: TimeZone?, clock: Clock) {
        self.localZone = localZone
        self.clock = clock
    }

    /// The server's clock minus this machine's, in seconds; `nil` until measured.
    package var skew: Double? {
        state.withLock { $0.skew }
    }

    /// The largest difference that is taken for the server's clock: beyond it, one of the two clocks is wrong.
    private static let largestSkew = 86_400.0
    /// A machine without a battery for its clock begins in 1970: no clock that is right shows a time before 2025.
    private static let earliestPresent = Timestamp(secondsSince1970: 1_735_689_600)

    /// The current time on the server's clock, or on this machine's if the server's cannot be right.
    package var now: Timestamp {
        readings.now
    }

    /// The present for reading results: windows have to contain it, whichever clock is right.
    package var present: PresentTime {
        readings.present
    }

    private var readings: (now: Timestamp, present: PresentTime) {
        let local = clock.now()
        guard let skew else { return (local, PresentTime(earliest: local, latest: local)) }
        let server = local + .seconds(skew)
        if abs(skew) <= Self.largestSkew {
            return (server, PresentTime(earliest: min(local, server), latest: max(local, server)))
        }
        guard local >= Self.earliestPresent else { return (server, PresentTime(earliest: server, latest: server)) }
        return (local, PresentTime(earliest: local, latest: local, other: server))
    }

    package func measured(skew: Double) {
        state.withLock { $0.skew = skew }
    }

    /// Records that the server does not know the zone id `UTC`: requests use its own zone from now on.
    func doesNotKnowUTC() {
        state.withLock { $0.knowsUTC = false }
    }

    /// The zone in which to request results.
    var requestZone: RequestZone {
        state.withLock { $0.knowsUTC } ? .utc : .server(localZone)
    }
}

/// The zone in which results are requested (`docs/api.md`, "Dates and time zones").
package enum RequestZone: Sendable {
    case utc
    /// The server's own zone, if the server does not know UTC; `nil` if the zone is not configured.
    case server(TimeZone?)

    /// The zone's name in the API.
    package var argument: String {
        switch self {
        case .utc: "UTC"
        case .server: "$Local"
        }
    }

    var isUTC: Bool {
        if case .utc = self { true } else { false }
    }

    /// The zone of the times in the replies.
    package var replies: ServerTimeZone {
        switch self {
        case .utc: .utc
        case .server(nil): .unknown
        case .server(let zone?): .local { civil in Self.offset(of: zone, atCivil: civil) }
        }
    }

    /// The ends of a window in the zone's civil time, widened by the uncertainty about the zone.
    package func civil(_ window: TimeWindow) -> (from: CivilDateTime, to: CivilDateTime) {
        func civil(_ instant: Timestamp, _ shift: Int) -> CivilDateTime {
            CivilDateTime(secondsSince1970: Int64(instant.secondsSince1970) + Int64(shift))
        }
        switch self {
        case .utc:
            return (civil(window.start, 0), civil(window.end, 0))
        case .server(nil):
            return (civil(window.start, -14 * 3600), civil(window.end, 14 * 3600))
        case .server(let zone?):
            func offset(_ instant: Timestamp) -> Int {
                zone.secondsFromGMT(for: Date(timeIntervalSince1970: instant.secondsSince1970))
            }
            // An hour on either side: when daylight saving time ends, an hour occurs twice.
            return (
                civil(window.start, offset(window.start) - 3600), civil(window.end, offset(window.end) + 3600)
            )
        }
    }

    /// The offset from UTC at a civil time; for the hour that occurs twice in the fall, the second offset.
    private static func offset(of zone: TimeZone, atCivil civil: Int64) -> Int {
        func offset(at seconds: Int64) -> Int {
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        }
        // A day is longer than any offset, so these are the offsets before and after a change of the clocks.
        let later = offset(at: civil + 86_400)
        return offset(at: civil - Int64(later)) == later ? later : offset(at: civil - 86_400)
    }
}
