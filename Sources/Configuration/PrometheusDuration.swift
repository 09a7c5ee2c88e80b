/// A length of time as Prometheus writes and prints it: `30s`, `1h30m`, `7d`.
///
/// It is parsed and printed by the rules of `model.Duration` in Prometheus: units `y w d h m s ms`, large to small,
/// each at most once, whole numbers, a year of 365 days; `0` needs no unit. Years and weeks are printed only where
/// nothing remains, so `90d` stays `90d` and `7d` becomes `1w`.
package struct PrometheusDuration: Sendable, Hashable {
    /// The length, from 0 to about 292 years (what Prometheus's 64 bits of nanoseconds hold).
    package let milliseconds: Int64

    /// A length in milliseconds; a negative one counts as 0, one too large as the largest.
    package init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, 0), Self.largestMilliseconds)
    }

    package static func seconds(_ count: Int64) -> Self { Self(count, times: 1000) }
    package static func minutes(_ count: Int64) -> Self { Self(count, times: 60_000) }
    package static func hours(_ count: Int64) -> Self { Self(count, times: 3_600_000) }
    package static func days(_ count: Int64) -> Self { Self(count, times: 86_400_000) }

    /// The same length for clocks and tasks.
    package var duration: Duration { .milliseconds(milliseconds) }

    /// The same length in seconds, for metrics.
    package var seconds: Double { Double(milliseconds) / 1000 }

    /// This length taken `factor` times, at most the largest there is.
    package func multiplied(by factor: Int64) -> Self { Self(milliseconds, times: factor) }

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
        for unit in Unit.all where !unit.onlyWithoutRemainder || rest % unit.milliseconds == 0 {
            if rest >= unit.milliseconds { text += "\(rest / unit.milliseconds)\(unit.name)" }
            rest %= unit.milliseconds
        }
        return text
    }
}

extension PrometheusDuration {
    /// A unit, in the order in which a duration names them.
    struct Unit {
        let name: String
        let milliseconds: Int64
        let onlyWithoutRemainder: Bool

        static let all = [
            Unit(name: "y", milliseconds: 365 * 86_400_000, onlyWithoutRemainder: true),
            Unit(name: "w", milliseconds: 7 * 86_400_000, onlyWithoutRemainder: true),
            Unit(name: "d", milliseconds: 86_400_000, onlyWithoutRemainder: false),
            Unit(name: "h", milliseconds: 3_600_000, onlyWithoutRemainder: false),
            Unit(name: "m", milliseconds: 60_000, onlyWithoutRemainder: false),
            Unit(name: "s", milliseconds: 1000, onlyWithoutRemainder: false),
            Unit(name: "ms", milliseconds: 1, onlyWithoutRemainder: false),
        ]
    }
}
