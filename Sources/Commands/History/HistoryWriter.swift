import Collection
import Configuration
import Exposition
import Ledger

/// Writes the past of targets as OpenMetrics text: family by family, series by series, each in the order of time.
struct HistoryWriter {
    /// The labels that Prometheus adds to what it scrapes.
    var commonLabels: [(String, String)]
    /// Takes the text, piece by piece.
    var write: ([UInt8]) throws(CommandError) -> Void

    private static let pieceSize = 1 << 20

    func write(_ targets: [TargetHistory]) throws(CommandError) {
        for family in HistoryFamily.all {
            var samples = TimedSamples(family.descriptor, commonLabels: commonLabels.map(\.0))
            var hasHeader = false
            func flush() throws(CommandError) {
                guard samples.count > 0 else { return }
                if !hasHeader { try write(samples.header) }
                hasHeader = true
                try write(samples.take())
            }
            for target in targets {
                guard let part = family.part(target) else { continue }
                for thing in part.things {
                    let labels = commonLabels + [("target", target.target)] + thing.labels
                    for series in family.series(thing, part.moments, target.success) {
                        samples.beginSeries(labels + series.labels, state: series.state)
                        for (offset, value) in series.values.enumerated() {
                            guard let value else { continue }
                            samples.add(value, at: part.moments.times[series.start + offset])
                        }
                        if samples.count >= Self.pieceSize { try flush() }
                    }
                }
            }
            try flush()
        }
        try write(TimedSamples.end)
    }
}

/// One family of the page, as it is worked out for the past.
struct HistoryFamily: Sendable {
    /// One series of a thing: its values from a place among the moments on.
    struct Series: Sendable {
        /// Labels beyond those of the thing.
        var labels: [(String, String)] = []
        /// The value of the state label, in a state set.
        var state: String?
        var start: Int
        /// `nil` where there is no value, and hence no sample.
        var values: [Double?] = []
    }

    let descriptor: FamilyDescriptor
    let part: @Sendable (TargetHistory) -> TargetHistory.Part?
    /// How many series a thing has.
    var width: @Sendable (HistoryThing) -> Int = { _ in 1 }
    let series: @Sendable (HistoryThing, HistoryMoments, SuccessRule) -> [Series]

    /// The families that can be known of the past, in page order.
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
            HistoryFamily(descriptor: runs, part: part, width: width(results)) { thing, moments, _ in
                counters(of: thing, moments, results: results, source)
            },
            HistoryFamily(descriptor: outcomes.lastResult, part: part, width: width(outcomes.states)) {
                thing, moments, success in
                states(of: thing, moments, success, outcomes.states)
            },
        ]
            + (outcomes.gauges + gauges).map { gauge in
                HistoryFamily(descriptor: gauge.family, part: part) { thing, moments, success in
                    var series: Series?
                    thing.replaySummaries(at: moments, success: success) { place, summary in
                        series = series ?? Series(start: place)
                        series?.values.append(gauge.value(summary))
                    }
                    return [series].compactMap { $0 }
                }
            }
    }

    private static let items = HistoryFamily(
        descriptor: ProfilesCollector.items, part: { $0.profiles },
        series: { thing, moments, _ in
            var series: Series?
            thing.replayCounts(at: moments) { place, counts in
                series = series ?? Series(start: place)
                series?.values.append(counts.itemsArchived.asSample)
            }
            return [series].compactMap { $0 }
        })

    /// A counter a result: the known ones, and those that the thing's runs had besides.
    private static func counters(
        of thing: HistoryThing, _ moments: HistoryMoments, results: [String], _ source: [(String, String)]
    ) -> [Series] {
        let results = results + others(than: results, in: thing)
        var series: [Series] = []
        thing.replayCounts(at: moments) { place, counts in
            if series.isEmpty { series = results.map { Series(labels: source + [("result", $0)], start: place) } }
            for index in results.indices {
                series[index].values.append(Double(counts.totals[results[index]] ?? 0))
            }
        }
        return series
    }

    /// A series a state; one that is no known word is there only while it is the current one, as on the page.
    private static func states(
        of thing: HistoryThing, _ moments: HistoryMoments, _ success: SuccessRule, _ known: [String]
    ) -> [Series] {
        let states = known + others(than: known, in: thing)
        var series: [Series] = []
        thing.replaySummaries(at: moments, success: success) { place, summary in
            if series.isEmpty { series = states.map { Series(state: $0, start: place) } }
            for index in states.indices {
                let isCurrent = states[index] == summary.lastRun?.result
                series[index].values.append(isCurrent ? 1 : index < known.count ? 0 : nil)
            }
        }
        return series
    }

    private static func width(_ known: [String]) -> @Sendable (HistoryThing) -> Int {
        { known.count + others(than: known, in: $0).count }
    }

    private static func others(than known: [String], in thing: HistoryThing) -> [String] {
        Set(thing.runs.map(\.run.result)).subtracting(known).sorted()
    }
}

/// About how many samples the past of targets comes to, before they are worked out.
struct HistorySize {
    let samples: Int
    /// The distance of the samples, as it was given.
    let step: PrometheusDuration

    /// From here on it is worth a second thought: gigabytes of text, and minutes of promtool's time.
    static let large = 20_000_000

    init(of targets: [TargetHistory], step: PrometheusDuration) {
        self.init(samples: targets.reduce(0) { $0 + Self.samples(of: $1) }, step: step)
    }

    init(samples: Int, step: PrometheusDuration) {
        self.samples = samples
        self.step = step
    }

    /// What to tell the user; `nil` where there is nothing to tell.
    var warning: String? {
        guard samples > Self.large else { return nil }
        return
            "about \(samples / 1_000_000) million samples, some \(samples * Self.bytes / 1_000_000_000) GB of text: a "
            + "--step longer than \(step) makes them fewer, a later --since too"
    }

    /// What a line of the text takes, by the labels of a server with names of usual length.
    private static let bytes = 200

    private static func samples(of target: TargetHistory) -> Int {
        HistoryFamily.all.reduce(0) { sum, family in
            guard let part = family.part(target) else { return sum }
            return part.things.reduce(sum) { $0 + $1.sampledMoments(of: part.moments) * family.width($1) }
        }
    }
}
