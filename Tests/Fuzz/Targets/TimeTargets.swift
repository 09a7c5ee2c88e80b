import Foundation
import OperatingSystem
import PlainText

@testable import Configuration
@testable import MailStoreAPI
@testable import MailStoreSimulator
@testable import Web

extension FuzzTarget {
    /// Date-times of replies and headers, schedules and durations.
    static let times = [
        FuzzTarget(name: "date-time") { input in
            let text = text(input)
            guard let time = ServerDateTime(text) else { return }
            let whole = Int64(time.civilSeconds.rounded(.down))
            let civil = CivilDateTime(secondsSince1970: whole)
            try promise(
                civil.secondsSince1970 == whole || time.civilSeconds == Double(CivilDateTime.range.upperBound + 1),
                "\(time.civilSeconds) is not a date of the calendar")
            try promise(ServerDateTime(civil.text)?.civilSeconds == Double(civil.secondsSince1970), "\(civil) changes")
            // A fraction may round up to the next second, but no further.
            let second = try unwrap(ServerDateTime(String(decoding: text.utf8.prefix(19), as: UTF8.self)))
            try promise(
                (0...1).contains(time.civilSeconds - second.civilSeconds), "the fraction is a second or more")
            for zone in [ServerTimeZone.utc, .local { _ in 3600 }, .unknown] {
                guard let instant = time.timestamp(in: zone) else { continue }
                try promise(abs(instant.secondsSince1970 - time.civilSeconds) <= 86_400, "a zone of more than a day")
            }
        },
        FuzzTarget(name: "http-date") { input in
            guard let instant = HTTPDate.parse(text(input)) else { return }
            let civil = CivilDateTime(secondsSince1970: Int64(instant.secondsSince1970))
            try promise(HTTPDate.parse(civil.httpDate) == instant, "\(civil.httpDate) is another instant")
        },
        FuzzTarget(name: "schedule") { input in
            guard let schedule = try? Schedule(parsing: text(input)) else { return }
            try promise(try Schedule(parsing: schedule.description) == schedule, "\(schedule) is another schedule")
            try promise(schedule.expectedInterval > .zero, "\(schedule) is always due")
            for (zone, instants) in Zones.all {
                var last: Timestamp?
                for seconds in instants {
                    let instant = Timestamp(secondsSince1970: seconds)
                    guard let next = schedule.next(after: instant, in: zone, lastStart: nil) else {
                        throw BrokenPromise(description: "\(schedule) is never due after \(instant)")
                    }
                    try promise(next > instant, "\(schedule) is due at \(next), which is not after \(instant)")
                    try promise(last.map { $0 <= next } ?? true, "\(schedule) is due earlier after a later instant")
                    // A number of seconds since 1970 is rounded to less than a microsecond.
                    let gap =
                        schedule.expectedInterval + .microseconds(1) + (zone == Zones.utc ? .zero : .seconds(7200))
                    try promise(next.since(instant) <= gap, "\(schedule): \(instant) to \(next) is over \(gap)")
                    last = next
                }
            }
        },
        FuzzTarget(name: "duration") { input in
            let text = text(input)
            if let duration = try? PrometheusDuration(parsing: text) {
                let again = try PrometheusDuration(parsing: duration.description)
                try promise(again == duration, "\(duration) is another duration")
                try promise(duration.milliseconds >= 0, "\(duration) is below 0")
            }
            if let duration = try? GoValue.duration(text) { try promise(duration >= .zero, "\(duration) is below 0") }
            if let size = try? ByteSize(parsing: text) {
                try promise(try ByteSize(parsing: size.description) == size, "\(size) is another size")
            }
        },
    ]

    /// Zones with a change of the clock, each with rising instants around it.
    private enum Zones {
        static let utc = TimeZone(secondsFromGMT: 0) ?? .gmt
        static let all: [(TimeZone, [Double])] = [
            (utc, [1_709_164_800, 1_767_225_599, 1_767_225_600, 1_774_747_800]),
            (TimeZone(identifier: "Europe/Berlin") ?? .gmt, [1_774_744_200, 1_774_745_999, 1_774_746_000]),
            (TimeZone(identifier: "Australia/Lord_Howe") ?? .gmt, [1_775_314_800, 1_775_316_600, 1_791_041_400]),
        ]
    }
}
