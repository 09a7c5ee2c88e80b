import TestSupport

@testable import Ledger

/// Makes up the runs of a few jobs or profiles.
struct RunMaker {
    static let owners = ["1", "2", "3", "40"]

    /// When runs complete, by a right clock.
    let span: ClosedRange<Double>
    let clock: ModelClock
    /// In seconds.
    let lookback: Double
    let selection: ModelServer.Selection

    func callAsFunction(_ random: inout SeededRandom) -> [LoggedRun] {
        // Times that are multiples of an hour make many runs end at once.
        let grain = random.pick([1.0, 1, 60, 3600])
        let isShuffled = random.happens(0.3)
        var runs: [LoggedRun] = []
        for owner in Self.owners {
            var ends = (0..<random.pick([0, 3, 20, 60])).map { _ in Double.random(in: span, using: &random) }
            // A burst of runs that end about the same time.
            if let end = ends.first { ends += (0..<random.pick([0, 5])).map { end + Double($0) } }
            // Runs that are under way while the clock is set, some of which end before they began.
            ends += clock.jumps.map { $0.at + 600 }
            ends = isShuffled ? ends.shuffled(using: &random) : ends.sorted()
            for (index, end) in ends.enumerated() {
                let end = (end / grain).rounded(.down) * grain
                // Where the server goes by start, a run is within reach only while its start is.
                let longest = selection == .start ? lookback / 2 : 3 * lookback
                let start = ((end - random.seconds(1...longest)) / grain).rounded(.up) * grain
                let delay = random.happens(0.2) ? random.seconds(1...lookback / 4) : 0
                runs.append(
                    LoggedRun(
                        owner: owner, number: index + 1, start: clock.shown(at: start),
                        completion: clock.shown(at: end), appearance: end + delay,
                        result: random.pick(LoggedRun.words), items: random.pick([nil, 0, 1, 250])))
            }
        }
        return runs.shuffled(using: &random)
    }
}
