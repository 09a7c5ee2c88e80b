package import PlainText

extension Schedule {
    static let forms = """
        write a day and a time (Sun 02:00, Mon,Wed 23:30, daily 02:00), the five fields of cron (0 2 * * 0) \
        or an interval (every 7d)
        """

    /// Parses a schedule in any of its forms; case and the number of spaces do not matter.
    ///
    /// - Throws: ``InvalidValue``, which names the forms where the text is like none of them. A schedule that can never
    ///   be, such as the 30 February of `0 0 30 2 *`, is refused.
    package init(parsing text: String) throws(InvalidValue) {
        let words = text.split { $0 == " " || $0 == "\t" }.map { $0.lowercased() }
        guard let first = words.first, let last = words.last else {
            throw InvalidValue("is empty; \(Self.forms)")
        }
        do {
            if first.hasPrefix("@") {
                self = try Self.named(words)
            } else if first == "every", words.count > 1 {
                self = try Self.every(words.dropFirst().joined(separator: " "))
            } else if last.contains(":") {
                let rule = try WeeklyTime(days: words.dropLast().joined(separator: " "), time: last)
                self.init(rule.description, rule.rule)
            } else if words.count == 5 {
                self.init(words.joined(separator: " "), try CronExpression.parse(words))
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

    private static func named(_ words: [String]) throws(InvalidValue) -> Schedule {
        let fields =
            switch words {
            case ["@daily"]: "0 0 * * *"
            case ["@weekly"]: "0 0 * * 0"
            case ["@monthly"]: "0 0 1 * *"
            default: throw InvalidValue("the named ones are @daily, @weekly and @monthly")
            }
        return Schedule(words[0], try CronExpression.parse(fields.split(separator: " ").map(String.init)))
    }

    private static func every(_ text: String) throws(InvalidValue) -> Schedule {
        Schedule(every: try PrometheusDuration.within(.hours(1)...Configuration.longestDuration)(text))
    }
}
