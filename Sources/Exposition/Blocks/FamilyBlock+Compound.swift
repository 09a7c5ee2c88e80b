// The types that write several lines for one label set. Such a set is a group: kept or left out as a whole.
extension FamilyBlock.Builder {
    /// Adds a state set: a series a state, 1 for the current one and 0 for the others.
    ///
    /// - Parameters:
    ///   - states: All states, in the order in which they are written. Repetitions and empty names are left out.
    ///   - current: The current state. One that is not among `states` gets a series of its own behind them; nil, while
    ///     none is known, leaves all at 0.
    package mutating func addStates(labels pairs: [(String, String)], states: [String], current: String?) {
        precondition(descriptor.type == .stateset, "not a state set")
        guard render(pairs) else {
            refused += 1
            return
        }
        var written: [String] = []
        for state in states + (current.map { [$0] } ?? []) where !state.isEmpty && !written.contains(state) {
            written.append(state)
        }
        guard !written.isEmpty else { return }
        let start = text.count
        let length = labels.count
        for state in written {
            Self.write(names.ownLabel, state, to: &labels)
            Self.write(names.sample, labels, state == current ? 1 : 0, to: &text)
            labels.truncate(to: length)
        }
        endGroup(textStart: start, openMetricsStart: start, opening: names.sample, lines: written.count)
    }

    /// Adds a summary without quantiles: how many observations there were, and their sum.
    ///
    /// - Parameter sum: In the family's unit. NaN is refused.
    package mutating func addSummary(labels pairs: [(String, String)], sum: Double, count: UInt64) {
        precondition(descriptor.type == .summary, "not a summary")
        guard !sum.isNaN, render(pairs) else {
            refused += 1
            return
        }
        let start = text.count
        Self.write(names.sum, labels, sum, to: &text)
        Self.write(names.count, labels, Double(count), to: &text)
        endGroup(textStart: start, openMetricsStart: start, opening: names.sum, lines: 2)
    }

    /// Adds a histogram.
    ///
    /// - Parameters:
    ///   - buckets: Upper bounds, rising, each with the number of observations up to it. The bucket `+Inf` may be left
    ///     out; it is then written with `count`.
    ///   - sum: In the family's unit.
    ///   - count: All observations.
    package mutating func addHistogram(
        labels pairs: [(String, String)], buckets: [(upperBound: Double, cumulativeCount: UInt64)], sum: Double,
        count: UInt64
    ) {
        precondition(descriptor.type == .histogram, "not a histogram")
        var buckets = buckets
        if buckets.last?.upperBound != .infinity {
            buckets.append((upperBound: .infinity, cumulativeCount: count))
        }
        guard !sum.isNaN, Self.areConsistent(buckets, count: count), render(pairs) else {
            refused += 1
            return
        }
        let textStart = text.count
        let openMetricsStart = openMetrics.count
        let length = labels.count
        for bucket in buckets {
            let value = Double(bucket.cumulativeCount)
            Self.write(names.ownLabel, Number.text(bucket.upperBound), to: &labels)
            Self.write(names.bucket, labels, value, to: &text)
            labels.truncate(to: length)
            Self.write(names.ownLabel, Number.canonicalText(bucket.upperBound), to: &labels)
            Self.write(names.bucket, labels, value, to: &openMetrics)
            labels.truncate(to: length)
        }
        Self.write(names.sum, labels, sum, to: &text)
        Self.write(names.sum, labels, sum, to: &openMetrics)
        Self.write(names.count, labels, Double(count), to: &text)
        Self.write(names.count, labels, Double(count), to: &openMetrics)
        endGroup(
            textStart: textStart, openMetricsStart: openMetricsStart, opening: names.bucket, lines: buckets.count + 2)
    }

    private static func areConsistent(
        _ buckets: [(upperBound: Double, cumulativeCount: UInt64)], count: UInt64
    ) -> Bool {
        guard let last = buckets.last, last.cumulativeCount == count, !last.upperBound.isNaN else { return false }
        return zip(buckets, buckets.dropFirst()).allSatisfy { lower, upper in
            lower.upperBound < upper.upperBound && lower.cumulativeCount <= upper.cumulativeCount
        }
    }
}
