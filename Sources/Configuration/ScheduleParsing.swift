package import PlainText

extension Schedule {
    static let forms = """
        write a day and a time (Sun 02:00, Mon,Wed 23:30, daily 02:00), the five fields of cron (0 2 * * 0) \
        or an interval (every 7d)
        """

    /// Parses a schedule in any of its forms; case and the number of spaces do not matter.
    ///
    /// - Throws: ``InvalidValue``, which lists the forms if the text resembles none of them. A schedule that never
    ///   occurs, such as the 30 February of `0 0 30 2 *`, is rejected.
    package init(parsing text: String) throws(InvalidValue) {
        let words = text.split { $0 == " " || $0 == "\t" }.map { $0.lowercased() }
        guard let first = words.first, let last = words.last else {
            throw InvalidValue("is empty; \(Self.forms)")
        }
        do {
            if first.hasPrefix("@") {
                self = try Self.predefined(words)
            } else if first == "every", words.count > 1 {
                let interval = PrometheusDuration.within(.hours(1)...Configuration.longestDuration)
                self.init(every: try interval(words.dropFirst().joined(separator: " ")))
            } else if last.contains(":") {
                self = try Self.weekly(days: words.dropLast().joined(separator: " "), time: last)
            } else if words.count == 5 {
                self.init(words.joined(separator: " "), try CalendarRule(cron: words))
            } else if words.count > 2 {
                let fields = "cron has five fields (minute, hour, day of the month, month, day of the week)"
                throw InvalidValue("\(fields), not \(words.count)")
            } else {
                throw InvalidValue(Self.forms)
            }
        } catch {
            throw InvalidValue("\(QuotedText(text)) is not a schedule: \(error)")
        }
    }

    private static func predefined(_ words: [String]) throws(InvalidValue) -> Schedule {
        let fields =
            switch words {
            case ["@daily"]: "0 0 * * *"
            case ["@weekly"]: "0 0 * * 0"
            case ["@monthly"]: "0 0 1 * *"
            default: throw InvalidValue("the predefined schedules are @daily, @weekly and @monthly")
            }
        return Schedule(words[0], try CalendarRule(cron: fields.split(separator: " ").map(String.init)))
    }

    /// Days of the week and a time of day: `Sun 02:00`, `Mon,Wed 23:30`, `daily 02:00`.
    ///
    /// - Parameters:
    ///   - days: In lower case; empty for every day.
    ///   - time: `hh:mm` or `h:mm`.
    private static func weekly(days: String, time: String) throws(InvalidValue) -> Schedule {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            let hour = CronField.number(parts[0]), let minute = CronField.number(parts[1]),
            hour < 24, minute < 60
        else { throw InvalidValue("\(QuotedText(time)) is not a time of day; write 00:00 to 23:59") }
        let weekdays = try weekdays(days)
        let rule = CalendarRule(minutes: NumberSet([minute]), hours: NumberSet([hour]), weekdays: weekdays)

        let mondayFirst = [1, 2, 3, 4, 5, 6, 0].filter(weekdays.contains)
        let names = mondayFirst.map { CronField.weekdayNames[$0].prefix(3) }.joined(separator: ",")
        let shownTime = "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
        return Schedule("\(mondayFirst.count == 7 ? "daily" : names) \(shownTime)", rule)
    }

    private static func weekdays(_ text: String) throws(InvalidValue) -> NumberSet {
        if text.isEmpty || text == "daily" { return NumberSet(0...6) }
        var found: [Int] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = item.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            let first = try weekday(ends[0])
            var last = try weekday(ends[ends.count - 1])
            // Sat-Mon spans the end of the week.
            if last < first { last += 7 }
            found += (first...last).map { $0 % 7 }
        }
        return NumberSet(found)
    }

    private static func weekday(_ text: Substring) throws(InvalidValue) -> Int {
        let name = String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        if let day = CronField.index(of: name, in: CronField.weekdayNames) { return day }
        let near = NearestName.find(name, among: CronField.weekdayNames).map { $0.prefix(3) }
        let remedy = near.map { "did you mean \($0)?" } ?? "write Mon to Sun, several as Mon,Wed, or daily"
        throw InvalidValue("\(QuotedText(name)) is not a day of the week; \(remedy)")
    }
}

extension CalendarRule {
    /// Parses the fields of a cron expression (crontab(5), Vixie cron).
    ///
    /// - Parameter fields: Five, in lower case.
    fileprivate init(cron fields: [String]) throws(InvalidValue) {
        var sets: [[Int]] = []
        for (field, text) in zip(CronField.all, fields) { sets.append(try field.parse(text)) }
        self.init(
            minutes: NumberSet(sets[0]), hours: NumberSet(sets[1]), daysOfMonth: NumberSet(sets[2]),
            months: NumberSet(sets[3]),
            // 7 is Sunday too.
            weekdays: NumberSet(sets[4].map { $0 % 7 }),
            eitherDay: !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*"))
        guard isPossible else {
            throw InvalidValue("it never occurs: none of its months (\(fields[3])) has such a day (\(fields[2]))")
        }
    }
}

/// One of the five fields of a cron expression: the numbers it accepts, and their names.
private struct CronField {
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

    /// A description of a number of the field, for messages.
    let name: String
    let range: ClosedRange<Int>
    let limits: String
    /// The names of the numbers from the lower end of the range on; empty if the field accepts only numbers.
    var names: [String] = []

    /// Parses a field: numbers or names, ranges, `*`, steps after a range or `*`, and lists of these (crontab(5)).
    ///
    /// - Parameter text: In lower case.
    func parse(_ text: String) throws(InvalidValue) -> [Int] {
        var found: [Int] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let numbers = try parseRange(parts[0])
            guard parts.count == 2 else {
                found += numbers
                continue
            }
            guard parts[0] == "*" || parts[0].contains("-") else {
                let range = "\(parts[0])-\(range.upperBound)/\(parts[1])"
                throw InvalidValue("\(quoted(item)) has a step without a range; write \(range)")
            }
            let longest = range.upperBound - range.lowerBound
            guard let step = Self.number(parts[1]), (1...longest).contains(step) else {
                throw InvalidValue("the step of \(quoted(item)) must be a number from 1 to \(longest)")
            }
            found += stride(from: numbers.lowerBound, through: numbers.upperBound, by: step)
        }
        return found
    }

    private func parseRange(_ text: Substring) throws(InvalidValue) -> ClosedRange<Int> {
        if text == "*" { return range }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let first = try parseNumber(ends[0])
        guard ends.count == 2 else { return first...first }
        var last = try parseNumber(ends[1])
        // Sunday is the first and also the last day of the week: fri-sun.
        if names == Self.weekdayNames, last == 0, first > 0 { last = 7 }
        guard first <= last else {
            let other = "\(ends[0])-\(range.upperBound),\(range.lowerBound)-\(ends[1])"
            throw InvalidValue("the range \(quoted(text)) runs backwards; write \(other)")
        }
        return first...last
    }

    private func parseNumber(_ text: Substring) throws(InvalidValue) -> Int {
        if let number = Self.number(text), range.contains(number) { return number }
        if let index = Self.index(of: String(text), in: names) { return range.lowerBound + index }
        throw InvalidValue("\(quoted(text)) is not \(name) (\(limits))")
    }

    private func quoted(_ text: Substring) -> QuotedText { QuotedText(String(text)) }

    /// The index of a name, given in lower case, in full or as its first three letters.
    static func index(of text: String, in names: [String]) -> Int? {
        names.firstIndex { $0.lowercased() == text || $0.prefix(3).lowercased() == text }
    }

    /// A number of decimal digits only, without a sign.
    static func number(_ text: Substring) -> Int? { text.allSatisfy(\.isASCIIDigit) ? Int(text) : nil }
}
