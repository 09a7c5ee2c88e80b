import PlainText

/// Parses values like Go programs that read YAML, because the shared file format defines its types that way.
enum GoValue {
    static let durationHint = "write a duration with its unit: 500ms, 1s, 1m30s"

    /// The switches of YAML 1.1 (its type "bool").
    static func flag(_ text: String) throws(InvalidValue) -> Bool {
        switch text {
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y": return true
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N": return false
        default: throw InvalidValue("must be true or false, not \(QuotedText(text))")
        }
    }

    /// A duration of 0 or more in the form of Go's `time.ParseDuration`: `1.5h`, `1m30s`, `500ms`; `0` needs no unit.
    ///
    /// Go reads any other number without a unit as nanoseconds. This is never intended, so it is an error here.
    static func duration(_ text: String) throws(InvalidValue) -> Duration {
        if text == "0" { return .zero }
        let quoted = QuotedText(text)
        guard !text.hasPrefix("-") else { throw InvalidValue("\(quoted) is below 0; \(durationHint)") }
        var rest = Substring(text.hasPrefix("+") ? text.dropFirst() : Substring(text))
        guard !rest.isEmpty else { throw InvalidValue("\(quoted) is not a duration; \(durationHint)") }
        var total: Int64 = 0
        while !rest.isEmpty {
            let number = rest.prefix { isDigit($0) || $0 == "." }
            rest = rest.dropFirst(number.count)
            let name = rest.prefix { !isDigit($0) && $0 != "." }
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty else { throw InvalidValue("\(quoted) has no unit; \(durationHint)") }
            guard let unit = units[String(name)] else {
                throw InvalidValue(
                    "\(quoted) has the unknown unit \(QuotedText(String(name))); the units are h m s ms us ns")
            }
            guard let length = nanoseconds(number, unit: unit) else {
                throw InvalidValue("\(quoted) is not a duration; \(durationHint)")
            }
            let (sum, overflow) = total.addingReportingOverflow(length)
            guard !overflow else { throw InvalidValue("\(quoted) is too long; at most about 292 years") }
            total = sum
        }
        return .nanoseconds(total)
    }

    private static let units: [String: Int64] = [
        "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
        "h": 3_600_000_000_000,
    ]

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

    private static func nanoseconds(_ number: Substring, unit: Int64) -> Int64? {
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }) else { return nil }
        guard let whole = parts[0].isEmpty ? 0 : Int64(parts[0]) else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        guard parts.count == 2 else { return product }
        // The thirteenth place of an hour is less than a nanosecond.
        var fraction: Double = 0
        for digit in parts[1].prefix(12).reversed() { fraction = (fraction + Double(digit.wholeNumberValue ?? 0)) / 10 }
        let (sum, isTooLong) = product.addingReportingOverflow(Int64((fraction * Double(unit)).rounded()))
        return isTooLong ? nil : sum
    }
}
