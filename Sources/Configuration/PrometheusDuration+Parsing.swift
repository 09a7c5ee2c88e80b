package import PlainText

extension PrometheusDuration {
    static let formatHint = "write a duration as Prometheus does: 30s, 5m, 1h30m, 7d"

    /// Parses a duration as Prometheus writes it.
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
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !("0"..."9").contains($0) }
            rest = rest.dropFirst(name.count)
            guard !digits.isEmpty else { throw InvalidValue("\(quoted) is not a duration; \(Self.formatHint)") }
            guard !name.isEmpty else { throw InvalidValue("\(quoted) has no unit; \(Self.formatHint)") }
            guard let index = Unit.all.firstIndex(where: { $0.name == name }) else {
                throw InvalidValue(Self.unknownUnit(String(name), in: text))
            }
            guard index > lastUnit else {
                let units = "units go from large to small (y w d h m s ms), each at most once"
                throw InvalidValue("\(quoted) is not a duration; \(units)")
            }
            lastUnit = index
            total = try Self.sum(total, digits: digits, unit: Unit.all[index], of: text)
        }
        self.init(milliseconds: total)
    }

    /// A parser that takes only durations within a range.
    package static func within(
        _ range: ClosedRange<Self>
    ) -> (_ text: String) throws(InvalidValue) -> PrometheusDuration {
        { (text: String) throws(InvalidValue) in
            let value = try PrometheusDuration(parsing: text)
            guard value >= range.lowerBound else {
                throw InvalidValue("\(QuotedText(text)) is too short; at least \(range.lowerBound)")
            }
            guard value <= range.upperBound else {
                throw InvalidValue("\(QuotedText(text)) is too long; at most \(range.upperBound)")
            }
            return value
        }
    }

    private static func unknownUnit(_ name: String, in text: String) -> String {
        if name == "." || name == "," {
            return "\(QuotedText(text)) is not a duration; whole numbers only: 1h30m, not 1.5h"
        }
        return "\(QuotedText(text)) has the unknown unit \(QuotedText(name)); the units are y w d h m s ms"
    }

    private static func sum(
        _ total: Int64, digits: Substring, unit: Unit, of text: String
    ) throws(InvalidValue) -> Int64 {
        if let count = Int64(digits) {
            let (product, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
            let (sum, sumOverflow) = total.addingReportingOverflow(product)
            if !overflow, !sumOverflow, sum <= largestMilliseconds { return sum }
        }
        throw InvalidValue("\(QuotedText(text)) is out of range; the longest duration is about 292y")
    }
}
