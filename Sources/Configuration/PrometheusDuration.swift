package import PlainText

/// A duration in the format of Prometheus: `30s`, `1h30m`, `7d`.
///
/// It is parsed and printed by the rules of `model.Duration` in Prometheus: units `y w d h m s ms`, large to small,
/// each at most once, whole numbers, a year of 365 days; `0` needs no unit. Years and weeks are printed only if there
/// is no remainder, so `90d` stays `90d` and `7d` becomes `1w`.
package struct PrometheusDuration: Sendable, Hashable {
    /// The length, from 0 to about 292 years (the range of Prometheus's 64 bits of nanoseconds).
    package let milliseconds: Int64

    /// A length in milliseconds, limited to the valid range.
    package init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, 0), Self.largestMilliseconds)
    }

    package static func seconds(_ count: Int64) -> Self { Self(count, times: 1000) }
    package static func minutes(_ count: Int64) -> Self { Self(count, times: 60_000) }
    package static func hours(_ count: Int64) -> Self { Self(count, times: 3_600_000) }
    package static func days(_ count: Int64) -> Self { Self(count, times: 86_400_000) }

    /// The length for clocks and tasks.
    package var duration: Duration { .milliseconds(milliseconds) }

    /// The length in seconds, for metrics.
    package var seconds: Double { Double(milliseconds) / 1000 }

    /// This length times `factor`, limited to the valid range.
    func multiplied(by factor: Int64) -> Self { Self(milliseconds, times: factor) }

    static let largestMilliseconds = Int64.max / 1_000_000

    private init(_ count: Int64, times factor: Int64) {
        let (product, overflow) = count.multipliedReportingOverflow(by: factor)
        self.init(milliseconds: overflow ? Self.largestMilliseconds : product)
    }
}

extension PrometheusDuration: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
}

extension PrometheusDuration: CustomStringConvertible {
    package var description: String {
        guard milliseconds > 0 else { return "0s" }
        var text = ""
        var rest = milliseconds
        for (name, length) in Self.units where !["y", "w"].contains(name) || rest % length == 0 {
            if rest >= length { text += "\(rest / length)\(name)" }
            rest %= length
        }
        return text
    }
}

extension PrometheusDuration {
    /// The units and their milliseconds, in the order in which they appear in a duration.
    private static let units: [(name: String, length: Int64)] = [
        ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000),
        ("s", 1000), ("ms", 1),
    ]

    static let formatHint = "write a duration as Prometheus does: 30s, 5m, 1h30m, 7d"

    /// Parses a duration in the format of Prometheus.
    ///
    /// ```
    /// try PrometheusDuration(parsing: "1d12h").description   // 1d12h
    /// try PrometheusDuration(parsing: "90s").description     // 1m30s
    /// ```
    package init(parsing text: String) throws(InvalidValue) {
        guard !text.isEmpty else { throw InvalidValue("is empty; \(Self.formatHint)") }
        guard text != "0" else {
            self.init(milliseconds: 0)
            return
        }
        let quoted = QuotedText(text)
        var rest = Substring(text)
        var lastUnit = -1
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix(while: \.isASCIIDigit)
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !$0.isASCIIDigit }
            rest = rest.dropFirst(name.count)
            guard !digits.isEmpty else { throw InvalidValue("\(quoted) is not a duration; \(Self.formatHint)") }
            guard !name.isEmpty else { throw InvalidValue("\(quoted) has no unit; \(Self.formatHint)") }
            guard let index = Self.units.firstIndex(where: { $0.name == name }) else {
                throw InvalidValue(Self.unknownUnit(String(name), in: text))
            }
            guard index > lastUnit else {
                let units = "write units from large to small (y w d h m s ms), each at most once"
                throw InvalidValue("\(quoted) is not a duration; \(units)")
            }
            lastUnit = index
            total = try Self.sum(total, digits: digits, unit: Self.units[index].length, of: text)
        }
        self.init(milliseconds: total)
    }

    /// A parser for durations within a range.
    package static func within(_ range: ClosedRange<Self>) -> ValueParser<Self> {
        { (text: String) throws(InvalidValue) in
            let value = try PrometheusDuration(parsing: text)
            guard value >= range.lowerBound else {
                throw InvalidValue("\(QuotedText(text)) is too short; the minimum is \(range.lowerBound)")
            }
            guard value <= range.upperBound else {
                throw InvalidValue("\(QuotedText(text)) is too long; the maximum is \(range.upperBound)")
            }
            return value
        }
    }

    private static func unknownUnit(_ name: String, in text: String) -> String {
        if name == "." || name == "," {
            return "\(QuotedText(text)) is not a duration; write whole numbers: 1h30m, not 1.5h"
        }
        return "\(QuotedText(text)) has the unknown unit \(QuotedText(name)); the units are y w d h m s ms"
    }

    private static func sum(
        _ total: Int64, digits: Substring, unit: Int64, of text: String
    ) throws(InvalidValue) -> Int64 {
        if let count = Int64(digits) {
            let (product, overflow) = count.multipliedReportingOverflow(by: unit)
            let (sum, sumOverflow) = total.addingReportingOverflow(product)
            if !overflow, !sumOverflow, sum <= largestMilliseconds { return sum }
        }
        throw InvalidValue("\(QuotedText(text)) is too long; the maximum is about 292y")
    }
}
