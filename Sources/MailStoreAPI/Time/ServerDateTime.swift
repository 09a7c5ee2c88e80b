package import OperatingSystem

/// A date-time as a server's reply gives it: civil time, mostly without saying in which zone.
///
/// Replies speak in the zone that the request named (`mailstore-api.md`, section 1: a guess), so the zone has to be
/// supplied. A `Z` or an offset in the text is taken at its word.
package struct ServerDateTime: Sendable, Hashable {
    /// Seconds from 1970-01-01T00:00:00 on a clock of the server's zone.
    package var civilSeconds: Double
    /// The offset from UTC in seconds that the text itself carries.
    package var offset: Int?

    /// Reads `YYYY-MM-DDThh:mm:ss`, with an optional fraction and an optional `Z` or `±hh:mm`.
    package init?(_ text: String) {
        var text = text
        guard let parsed = text.withUTF8({ Self.parse($0) }) else { return nil }
        self = parsed
    }

    private init(civilSeconds: Double, offset: Int?) {
        self.civilSeconds = civilSeconds
        self.offset = offset
    }

    /// The instant, where the zone is known; `nil` where neither the text nor `zone` tells it.
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

/// The zone in which a server was asked to answer.
package enum ServerTimeZone: Sendable {
    case utc
    /// The server's own zone, known from the configuration: the offset from UTC in seconds at a civil time of that zone.
    case local(offset: @Sendable (_ civilSeconds: Int64) -> Int)
    /// The server's own zone, of which nothing is known.
    case unknown
}

extension JSONReader {
    /// Reads a date-time or `null`.
    mutating func readOptionalDateTime() throws(JSONError) -> ServerDateTime? {
        guard let text = try readOptionalString() else { return nil }
        guard let dateTime = ServerDateTime(text) else {
            throw failure("expected a date-time such as 2026-01-31T23:59:59")
        }
        return dateTime
    }
}
