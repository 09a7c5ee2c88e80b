/// Intervals of jobs as servers may write them: a number of minutes, or words (`docs/api.md`, "Job actions").
enum ScheduleWords {
    /// The minutes of `15`, `15 minutes`, `Every2Hours`, `00:15:00`, `PT15M`, `hourly`; `nil` for anything else.
    static func minutes(_ text: String) -> Double? {
        if let minutes = LenientNumber.finite(text) { return minutes }
        let text = text.lowercased()
        if let minutes = clock(text) { return minutes }
        var words = text[...]
        if words.hasPrefix("every") { words = words.dropFirst(5) }
        if words.hasPrefix("pt") { words = words.dropFirst(2) }
        let isSeparator = { (character: Character) in character == " " || character == "_" || character == "-" }
        words = words.drop(while: isSeparator)
        let digits = words.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let unit = words[digits.endIndex...].drop(while: isSeparator)
        guard let size = units[String(unit)] else { return nil }
        return digits.isEmpty ? size : LenientNumber.finite(String(digits)).map { $0 * size }
    }

    /// How many minutes each unit has; an adverb is once in its unit.
    private static let units: [String: Double] = {
        let names: [(Double, [String])] = [
            (1.0 / 60, ["s", "sec", "second", "seconds"]), (1, ["m", "min", "mins", "minute", "minutes"]),
            (60, ["h", "hour", "hours", "hourly"]), (1440, ["d", "day", "days", "daily"]),
            (7 * 1440, ["w", "week", "weeks", "weekly"]), (31 * 1440, ["month", "months", "monthly"]),
        ]
        return Dictionary(uniqueKeysWithValues: names.flatMap { size, names in names.map { ($0, size) } })
    }()

    /// The minutes of a span as .NET writes it: `[d.]hh:mm:ss`.
    private static func clock(_ text: String) -> Double? {
        var fields = text.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 3 else { return nil }
        let head = fields[0].split(separator: ".", omittingEmptySubsequences: false)
        guard head.count <= 2 else { return nil }
        fields = (head.count == 2 ? [] : ["0"]) + head + fields.dropFirst()
        var seconds = 0.0
        for (field, size) in zip(fields, [86_400, 3600, 60, 1] as [Double]) {
            guard let number = LenientNumber.finite(String(field)), number >= 0 else { return nil }
            seconds += number * size
        }
        return seconds / 60
    }
}
