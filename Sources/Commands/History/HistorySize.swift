import Configuration

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
