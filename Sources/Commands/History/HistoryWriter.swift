import Exposition

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
