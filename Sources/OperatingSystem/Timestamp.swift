import PlainText

/// An instant in UTC.
package struct Timestamp: Sendable, Hashable, Codable {
    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    package var secondsSince1970: Double

    package init(secondsSince1970: Double) {
        self.secondsSince1970 = secondsSince1970
    }

    /// How long after `earlier` this instant is; negative where it is before.
    ///
    /// At most 10¹⁵ seconds either way, so that no number that was read from a file or a reply overflows a duration.
    package func since(_ earlier: Timestamp) -> Duration {
        .seconds(min(max(-1e15, secondsSince1970 - earlier.secondsSince1970), 1e15))
    }

    package static func + (instant: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(secondsSince1970: instant.secondsSince1970 + duration.inSeconds)
    }

    package static func - (instant: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(secondsSince1970: instant.secondsSince1970 - duration.inSeconds)
    }

    /// Written as a bare number of seconds, in state files.
    package init(from decoder: any Decoder) throws {
        secondsSince1970 = try decoder.singleValueContainer().decode(Double.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(secondsSince1970)
    }
}

extension Timestamp: Comparable {
    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.secondsSince1970 < right.secondsSince1970
    }
}

extension Timestamp: CustomStringConvertible {
    /// The instant as RFC 3339 writes it, to the second: `2026-01-31T23:59:59Z`.
    package var description: String {
        guard let seconds = Int64(exactly: secondsSince1970.rounded(.down)), CivilDateTime.range.contains(seconds)
        else { return "\(secondsSince1970) s since 1970" }
        return CivilDateTime(secondsSince1970: seconds).text + "Z"
    }
}
