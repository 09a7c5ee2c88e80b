package import OperatingSystem

/// The `Date` header of a reply (RFC 9110, section 5.6.7, IMF-fixdate: the only form that servers still send).
package enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Reads `Thu, 26 Jun 2014 14:13:43 GMT`; `nil` for anything else.
    package static func parse(_ text: String) -> Timestamp? {
        let fields = text.split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0].hasSuffix(","), fields[5] == "GMT",
            let day = number(fields[1], digits: 2), let month = months.firstIndex(of: String(fields[2])),
            let year = number(fields[3], digits: 4)
        else { return nil }
        let clock = fields[4].split(separator: ":", omittingEmptySubsequences: false).map { number($0, digits: 2) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
            let civil = CivilDateTime(
                year: year, month: month + 1, day: day, hour: hour, minute: minute,
                // A leap second is told as the second before it.
                second: second == 60 ? 59 : second)
        else { return nil }
        return Timestamp(secondsSince1970: Double(civil.secondsSince1970))
    }

    private static func number(_ text: Substring, digits: Int) -> Int? {
        let isNumber = text.utf8.count == digits && text.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
        return isNumber ? Int(text) : nil
    }
}
