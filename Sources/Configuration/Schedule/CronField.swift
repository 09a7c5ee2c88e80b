import PlainText

/// One of the five fields of a cron expression: which numbers it takes, and what they are called.
struct CronField {
    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let weekdayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// In the order of an expression.
    static let all = [
        CronField(name: "a minute", range: 0...59, limits: "0 to 59"),
        CronField(name: "an hour", range: 0...23, limits: "0 to 23"),
        CronField(name: "a day of the month", range: 1...31, limits: "1 to 31"),
        CronField(name: "a month", range: 1...12, limits: "1 to 12, or jan to dec", names: monthNames),
        CronField(name: "a day of the week", range: 0...7, limits: "0 to 7, or sun to sat", names: weekdayNames),
    ]

    /// What a number of the field is, for messages.
    let name: String
    let range: ClosedRange<Int>
    let limits: String
    /// From the lower end of the range on; empty where there are only numbers.
    var names: [String] = []

    /// Reads a field: numbers or names, ranges, `*`, steps after a range or `*`, and lists of all that (crontab(5)).
    ///
    /// - Parameter text: In small letters.
    func parse(_ text: String) throws(InvalidValue) -> NumberSet {
        var found = NumberSet()
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let isRange = parts[0] == "*" || parts[0].contains("-")
            let numbers = try parseRange(parts[0])
            guard parts.count == 2 else {
                numbers.forEach { found.insert($0) }
                continue
            }
            guard isRange else {
                let range = "\(parts[0])-\(range.upperBound)/\(parts[1])"
                throw InvalidValue("\(quoted(item)) has a step without a range; write \(range)")
            }
            let longest = range.upperBound - range.lowerBound
            guard let step = Self.number(parts[1]), (1...longest).contains(step) else {
                throw InvalidValue("the step of \(quoted(item)) must be a number from 1 to \(longest)")
            }
            stride(from: numbers.lowerBound, through: numbers.upperBound, by: step).forEach { found.insert($0) }
        }
        return found
    }

    private func parseRange(_ text: Substring) throws(InvalidValue) -> ClosedRange<Int> {
        if text == "*" { return range }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let first = try parseNumber(ends[0])
        guard ends.count == 2 else { return first...first }
        var last = try parseNumber(ends[1])
        // Sunday ends the week as well as it begins it: fri-sun.
        if names == Self.weekdayNames, last == 0, first > 0 { last = 7 }
        guard first <= last else {
            let other = "\(ends[0])-\(range.upperBound),\(range.lowerBound)-\(ends[1])"
            throw InvalidValue("the range \(quoted(text)) goes backwards; write \(other)")
        }
        return first...last
    }

    private func parseNumber(_ text: Substring) throws(InvalidValue) -> Int {
        if let number = Self.number(text), range.contains(number) { return number }
        if let index = Self.index(of: String(text), in: names) { return range.lowerBound + index }
        throw InvalidValue("\(quoted(text)) is not \(name) (\(limits))")
    }

    private func quoted(_ text: Substring) -> QuotedText { QuotedText(String(text)) }

    /// The place of a name that is written, in small letters, in full or with its first three letters.
    static func index(of text: String, in names: [String]) -> Int? {
        names.firstIndex { $0.lowercased() == text || $0.prefix(3).lowercased() == text }
    }

    /// A number in decimal digits alone, without a sign.
    static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }
}
