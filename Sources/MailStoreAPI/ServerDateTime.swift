package import OperatingSystem
import PlainText

/// A date-time in a server's reply: civil time, usually without its zone.
///
/// Replies probably use the zone of the request (`docs/api.md`, "Dates and time zones"), so the caller must supply the
/// zone. A `Z` or an offset in the text takes precedence.
package struct ServerDateTime: Sendable, Hashable {
    /// Seconds from 1970-01-01T00:00:00 on a clock of the server's zone.
    package private(set) var civilSeconds: Double
    /// The offset from UTC in seconds, if the text contains one.
    private(set) var offset: Int?

    /// Reads `YYYY-MM-DDThh:mm:ss`, with an optional fraction and an optional `Z` or `±hh:mm`.
    package init?(_ text: String) {
        var text = text
        guard let parsed = text.withUTF8({ Self.parse($0) }) else { return nil }
        self = parsed
    }

    /// Whether it stands for "no date" or comes from a clock that was never set (`docs/api.md`, "Dates and time zones").
    ///
    /// The zero values of .NET, Windows, OLE, SQL and Unix lie long before MailStore's first version, whatever the time
    /// zone; the largest value of .NET is the end of the year 9999.
    package var meansNone: Bool {
        !Self.plausible.contains(civilSeconds)
    }

    /// From 2000-01-01 to 9999-12-30, when any time zone is still in the year 9999.
    private static let plausible = 946_684_800.0..<253_402_128_000.0

    private init(civilSeconds: Double, offset: Int?) {
        self.civilSeconds = civilSeconds
        self.offset = offset
    }

    /// The instant; `nil` if neither the text nor `zone` determines it.
    package func timestamp(in zone: ServerTimeZone) -> Timestamp? {
        if let offset { return Timestamp(secondsSince1970: civilSeconds - Double(offset)) }
        switch zone {
        case .utc: return Timestamp(secondsSince1970: civilSeconds)
        case .local(let offset): return Timestamp(secondsSince1970: civilSeconds - Double(offset(Int64(civilSeconds))))
        case .unknown: return nil
        }
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> ServerDateTime? {
        var position = 0
        func number(_ digits: Int) -> Int? {
            guard position + digits <= bytes.count else { return nil }
            var value = 0
            for _ in 0..<digits {
                let digit = bytes[position] &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                value = value * 10 + Int(digit)
                position += 1
            }
            return value
        }
        func take(_ characters: UInt8...) -> UInt8? {
            guard position < bytes.count, characters.contains(bytes[position]) else { return nil }
            position += 1
            return bytes[position - 1]
        }
        guard let year = number(4), take(UInt8(ascii: "-")) != nil, let month = number(2),
            take(UInt8(ascii: "-")) != nil, let day = number(2), take(UInt8(ascii: "T"), UInt8(ascii: " ")) != nil,
            let hour = number(2), take(UInt8(ascii: ":")) != nil, let minute = number(2),
            take(UInt8(ascii: ":")) != nil, let second = number(2),
            let civil = CivilDateTime(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        var fraction = 0.0
        if take(UInt8(ascii: ".")) != nil {
            var scale = 0.1
            guard let first = number(1) else { return nil }
            fraction = Double(first) * scale
            while let digit = number(1) {
                scale /= 10
                fraction += Double(digit) * scale
            }
        }
        var offset: Int?
        if take(UInt8(ascii: "Z")) != nil {
            offset = 0
        } else if let sign = take(UInt8(ascii: "+"), UInt8(ascii: "-")) {
            guard let hours = number(2), take(UInt8(ascii: ":")) != nil, let minutes = number(2),
                hours < 24, minutes < 60
            else { return nil }
            offset = (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
        }
        guard position == bytes.count else { return nil }
        return ServerDateTime(civilSeconds: Double(civil.secondsSince1970) + fraction, offset: offset)
    }
}

/// The zone that was requested for a server's answer.
package enum ServerTimeZone: Sendable {
    case utc
    /// The server's own zone, if it is configured: the offset from UTC in seconds at a civil time of that zone.
    case local(offset: @Sendable (_ civilSeconds: Int64) -> Int)
    /// The server's own zone, which is not configured.
    case unknown
}

extension JSONReader {
    /// Reads a date-time; `nil` if it is `null`, empty or unusable.
    package mutating func readOptionalDateTime() throws(JSONError) -> ServerDateTime? {
        let start = position
        guard let text = try readOptionalString(), !text.unicodeScalars.allSatisfy(\.isSpace) else { return nil }
        guard let dateTime = ServerDateTime(text) else {
            position = start
            return try skipUnusable(expecting: "a date-time such as 2026-01-31T23:59:59")
        }
        return dateTime
    }
}

/// The `Date` header of a reply (RFC 9110, section 5.6.7) in the only form that servers still send, IMF-fixdate.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Reads `Thu, 26 Jun 2014 14:13:43 GMT`; `nil` for anything else.
    static func parse(_ text: String) -> Timestamp? {
        let fields = text.split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0].hasSuffix(","), fields[5] == "GMT",
            let day = number(fields[1], digits: 2), let month = months.firstIndex(of: String(fields[2])),
            let year = number(fields[3], digits: 4)
        else { return nil }
        let clock = fields[4].split(separator: ":", omittingEmptySubsequences: false).map { number($0, digits: 2) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
            let civil = CivilDateTime(
                year: year, month: month + 1, day: day, hour: hour, minute: minute,
                // A leap second counts as the second before it.
                second: second == 60 ? 59 : second)
        else { return nil }
        return Timestamp(secondsSince1970: Double(civil.secondsSince1970))
    }

    private static func number(_ text: Substring, digits: Int) -> Int? {
        let isNumber = text.utf8.count == digits && text.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
        return isNumber ? Int(text) : nil
    }
}
