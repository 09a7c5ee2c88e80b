import Collection
import Configuration
import Exposition
import Ledger

/// Writes the history of targets as OpenMetrics text, by family and series, each in chronological order.
struct HistoryWriter {
    /// The labels that Prometheus adds to scraped series.
    var commonLabels: [(String, String)]
    /// Receives the text in pieces.
    var write: ([UInt8]) throws(CommandError) -> Void

    private static let pieceSize = 1 << 20

    /// What was written.
    struct Extent: Sendable, Equatable {
        var samples = 0
        /// The times of the first and the last sample, in seconds since 1970; `nil` without samples.
        var span: ClosedRange<Int64>?

        mutating func add(_ time: Int64) {
            samples += 1
            span = span.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
        }
    }

    @discardableResult
    func write(_ targets: [TargetHistory]) throws(CommandError) -> Extent {
        var extent = Extent()
        for family in HistoryFamily.all {
            var samples = TimestampedSamples(family.descriptor, commonLabels: commonLabels.map(\.0))
            var hasHeader = false
            func flush() throws(CommandError) {
                guard samples.count > 0 else { return }
                if !hasHeader { try write(samples.header) }
                hasHeader = true
                try write(samples.take())
            }
            for target in targets {
                guard let part = family.part(target) else { continue }
                for subject in part.subjects {
                    let labels = commonLabels + [("target", target.target)] + subject.labels
                    for series in family.series(subject, part.times, target.success) {
                        samples.beginSeries(labels + series.labels, state: series.state)
                        for (offset, value) in series.values.enumerated() {
                            guard let value else { continue }
                            let time = part.times.seconds[series.start + offset]
                            samples.add(value, at: time)
                            extent.add(time)
                        }
                        if samples.count >= Self.pieceSize { try flush() }
                    }
                }
            }
            try flush()
        }
        try write(TimestampedSamples.end)
        return extent
    }
}

/// One metric family of the exporter, computed for the past.
struct HistoryFamily: Sendable {
    /// One series: its values from the sample time with index `start` on.
    struct Series: Sendable {
        /// Labels in addition to those of the subject.
        var labels: [(String, String)] = []
        /// The value of the state label, in a state set.
        var state: String?
        var start: Int
        /// `nil` if there is no value, and hence no sample.
        var values: [Double?] = []
    }

    let descriptor: FamilyDescriptor
    let part: @Sendable (TargetHistory) -> TargetHistory.Part?
    /// The number of series of a subject.
    var width: @Sendable (HistorySubject) -> Int = { _ in 1 }
    let series: @Sendable (HistorySubject, SampleTimes, SuccessRule) -> [Series]

    /// The families whose past is known, in the exporter's order.
    static let all: [HistoryFamily] =
        kind(JobsCollector.outcomes, runs: JobsCollector.runs, results: ResultVocabulary.runs) { $0.jobs }
        + kind(
            ProfilesCollector.outcomes, runs: ProfilesCollector.runs, results: ResultVocabulary.runs,
            gauges: ProfilesCollector.gauges
        ) { $0.profiles }
        + [items]
        + kind(
            VerificationOutcomes.outcomes, runs: VerificationOutcomes.runs, source: [("source", "job")],
            results: ResultVocabulary.verifications
        ) { $0.verifications }

    private static func kind(
        _ outcomes: OutcomeFamilies, runs: FamilyDescriptor, source: [(String, String)] = [], results: [String],
        gauges: [OutcomeFamilies.Gauge] = [], of part: @escaping @Sendable (TargetHistory) -> TargetHistory.Part?
    ) -> [HistoryFamily] {
        [
            HistoryFamily(descriptor: runs, part: part, width: width(results)) { subject, times, _ in
                counters(of: subject, times, results: results, source)
            },
            HistoryFamily(descriptor: outcomes.lastResult, part: part, width: width(outcomes.states)) {
                subject, times, success in
                states(of: subject, times, success, outcomes.states)
            },
        ]
            + (outcomes.gauges + gauges).map { gauge in
                HistoryFamily(descriptor: gauge.family, part: part) { subject, times, success in
                    var series: Series?
                    subject.replaySummaries(at: times, success: success) { index, summary in
                        series = series ?? Series(start: index)
                        series?.values.append(gauge.value(summary))
                    }
                    return [series].compactMap { $0 }
                }
            }
    }

    private static let items = HistoryFamily(
        descriptor: ProfilesCollector.items, part: { $0.profiles },
        series: { subject, times, _ in
            var series: Series?
            subject.replayCounts(at: times) { index, counts in
                series = series ?? Series(start: index)
                series?.values.append(counts.itemsArchived.asSample)
            }
            return [series].compactMap { $0 }
        })

    /// One counter for each known result, and for each other result of the runs.
    private static func counters(
        of subject: HistorySubject, _ times: SampleTimes, results: [String], _ source: [(String, String)]
    ) -> [Series] {
        let results = results + others(than: results, in: subject)
        var series: [Series] = []
        subject.replayCounts(at: times) { start, counts in
            if series.isEmpty { series = results.map { Series(labels: source + [("result", $0)], start: start) } }
            for index in results.indices {
                series[index].values.append(Double(counts.totals[results[index]] ?? 0))
            }
        }
        return series
    }

    /// One series for each state; an unknown state has samples only while it is current, as in the exporter.
    private static func states(
        of subject: HistorySubject, _ times: SampleTimes, _ success: SuccessRule, _ known: [String]
    ) -> [Series] {
        let states = known + others(than: known, in: subject)
        var series: [Series] = []
        subject.replaySummaries(at: times, success: success) { start, summary in
            if series.isEmpty { series = states.map { Series(state: $0, start: start) } }
            for index in states.indices {
                let isCurrent = states[index] == summary.lastRun?.result
                series[index].values.append(isCurrent ? 1 : index < known.count ? 0 : nil)
            }
        }
        return series
    }

    private static func width(_ known: [String]) -> @Sendable (HistorySubject) -> Int {
        { known.count + others(than: known, in: $0).count }
    }

    private static func others(than known: [String], in subject: HistorySubject) -> [String] {
        Set(subject.runs.map(\.run.result)).subtracting(known).sorted()
    }
}

/// An estimate of the number of samples, before they are computed.
struct HistorySize {
    let samples: Int
    /// The interval between samples.
    let step: PrometheusDuration

    /// The number of samples that causes a warning: gigabytes of text, and minutes in promtool.
    private static let large = 20_000_000

    init(of targets: [TargetHistory], step: PrometheusDuration) {
        self.init(samples: targets.reduce(0) { $0 + Self.samples(of: $1) }, step: step)
    }

    init(samples: Int, step: PrometheusDuration) {
        self.samples = samples
        self.step = step
    }

    /// The warning to print, if any.
    var warning: String? {
        guard samples > Self.large else { return nil }
        return
            "warning: about \(samples / 1_000_000) million samples, \(samples * Self.bytes / 1_000_000_000) GB of text; a "
            + "--step longer than \(step) or a later --since reduces them"
    }

    /// The size of a sample in the text, with labels of usual length.
    private static let bytes = 200

    private static func samples(of target: TargetHistory) -> Int {
        HistoryFamily.all.reduce(0) { sum, family in
            guard let part = family.part(target) else { return sum }
            return part.subjects.reduce(sum) { $0 + $1.sampleCount(in: part.times) * family.width($1) }
        }
    }
}
