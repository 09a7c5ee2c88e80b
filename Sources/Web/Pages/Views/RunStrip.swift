/// The last runs of a thing as a row of cells, the oldest on the left.
struct RunStrip {
    var runs: [Status.RecentRun]
    /// What a run is: `run`, `verification`.
    var noun: String

    var html: HTML {
        guard !runs.isEmpty else { return "<span class=\"soft\">no \(noun) known</span>" }
        return "<span class=\"strip\" role=\"img\" aria-label=\"\(summary)\">\(runs.map(cell))</span>"
    }

    private func cell(_ run: Status.RecentRun) -> HTML {
        var parts = [run.time.map { Wording.minute($0.time) } ?? "time unknown", Wording.words(run.result)]
        if let duration = run.durationSeconds { parts.append(Wording.span(Double(duration))) }
        return "<i class=\"\(run.health.rawValue)\" title=\"\(parts.joined(separator: " · "))\"></i>"
    }

    /// What is to be seen in words, since cells are too many to be read out one by one.
    private var summary: String {
        let counts = Dictionary(grouping: runs, by: \.result).mapValues(\.count)
        let parts = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            "\($0.value) \(Wording.words($0.key))"
        }
        return "The last \(Wording.count(runs.count, noun)): \(parts.joined(separator: ", "))."
    }

    /// What the colours and signs mean.
    static let legend: HTML = """
        <ul class="legend">\
        <li><span class="strip"><i class="good"></i></span>succeeded</li>\
        <li><span class="strip"><i class="warning"></i></span>with warnings</li>\
        <li><span class="strip"><i class="bad"></i></span>no success</li>\
        <li><span class="strip"><i class="unknown"></i></span>unknown result</li>\
        <li>The newest run is on the right; rest the pointer on a cell for its time.</li></ul>
        """
}
