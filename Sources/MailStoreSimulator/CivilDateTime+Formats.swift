internal import OperatingSystem

// The simulator computes with whole seconds since 1970 as `Int`.
extension CivilDateTime {
    /// The date and time of a number of seconds since 1970-01-01T00:00:00.
    init(seconds: Int) {
        self.init(secondsSince1970: Int64(seconds))
    }

    /// Midnight of a valid day.
    init(year: Int, month: Int, day: Int) {
        let first = CivilDateTime(year: year, month: month, day: 1, hour: 0, minute: 0, second: 0)
        self.init(seconds: (first?.seconds ?? 0) + (day - 1) * 86_400)
    }

    /// Parses exactly `YYYY-MM-DDThh:mm:ss`; nil for any other form, such as one with a zone or a fraction.
    init?(parsing text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 19 else { return nil }
        let separators: [(Int, UInt8)] = [
            (4, UInt8(ascii: "-")), (7, UInt8(ascii: "-")), (10, UInt8(ascii: "T")),
            (13, UInt8(ascii: ":")), (16, UInt8(ascii: ":")),
        ]
        guard separators.allSatisfy({ bytes[$0.0] == $0.1 }) else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            bytes[range].reduce(Int?.some(0)) { sum, byte in
                guard let sum, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                return sum * 10 + Int(byte - UInt8(ascii: "0"))
            }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }

    /// The seconds from 1970-01-01T00:00:00 to this date and time on the same clock.
    var seconds: Int {
        Int(secondsSince1970)
    }

    /// The day of the week: 0 is Sunday, 6 is Saturday.
    var weekday: Int {
        // 1970-01-01 was a Thursday.
        let days = seconds.flooredQuotient(by: 86_400) + 4
        return days - days.flooredQuotient(by: 7) * 7
    }

    /// The date as in an HTTP header (RFC 9110, section 5.6.7); the value must be in UTC.
    var httpDate: String {
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let text = self.text
        let date = "\(text.dropFirst(8).prefix(2)) \(months[month - 1]) \(text.prefix(4))"
        return "\(weekdays[weekday]), \(date) \(text.suffix(8)) GMT"
    }
}

extension Int {
    /// The quotient, rounded towards minus infinity; the divisor must be positive.
    func flooredQuotient(by divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
