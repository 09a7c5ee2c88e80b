import TestSupport

/// Makes up the runs of a few jobs or profiles.
struct RunMaker {
    static let owners = ["1", "2", "3", "40"]

    /// When runs complete, by a right clock.
    let span: ClosedRange<Double>
    let clock: ModelClock
    /// In seconds.
    let lookback: Double
    let selection: ModelServer.Selection
    /// Whether ids come again, rows lack ids, and times are unknown or lie in the future.
    let isOdd: Bool

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
                // Where the server goes by start, the longest runs are met by the longest windows alone.
                let longest = selection == .start && random.happens(0.8) ? lookback / 2 : 60 * 86_400
                let start = ((end - random.seconds(1...longest)) / grain).rounded(.up) * grain
                let delay = random.happens(0.2) ? random.seconds(1...lookback / 4) : 0
                runs.append(
                    LoggedRun(
                        owner: owner, number: index + 1, start: clock.shown(at: start),
                        completion: clock.shown(at: end), appearance: end + delay,
                        result: random.pick(LoggedRun.words), items: random.pick([nil, 0, 1, 250])))
            }
        }
        if isOdd { makeOdd(&runs, &random) }
        return runs.shuffled(using: &random)
    }

    private func makeOdd(_ runs: inout [LoggedRun], _ random: inout SeededRandom) {
        // After how many runs the database was restored, so that their ids come again.
        let restored = random.pick([nil, 4, 13])
        let share = random.pick([0, 0.1, 1])
        let oddTimes = random.pick([0.05, 0.3])
        var identities: Set<[String]> = []
        for index in runs.indices {
            if random.happens(oddTimes) {
                let ahead = LoggedRun.TimeForm.ahead(random.seconds(500 * 86_400...4000 * 86_400).rounded())
                let unknown = random.pick([LoggedRun.TimeForm.absent, .none])
                (runs[index].startForm, runs[index].completionForm) = random.pick([
                    (.right, unknown), (.right, unknown), (unknown, .right), (unknown, unknown), (.right, ahead),
                    (ahead, .right), (ahead, ahead), (unknown, ahead), (ahead, unknown),
                ])
            }
            runs[index].hasID = !random.happens(share)
            if let restored { runs[index].number = (runs[index].number - 1) % restored + 1 }
            if runs[index].believedCompletion == nil, restored != nil || !runs[index].hasID {
                // Once its start is long past, such a run could not be told from one that was counted then.
                runs[index].start = max(runs[index].start, runs[index].completion - lookback / 2)
            }
            // A run with the id and the start of another one is that run.
            while runs[index].hasID, !identities.insert(runs[index].identity).inserted { runs[index].number += 1000 }
        }
    }
}

extension LoggedRun {
    /// What identifies a run with an id: its start, or its end if it has no start.
    fileprivate var identity: [String] {
        func second(_ time: Double?) -> String? { time.map { "\($0.rounded(.down))" } }
        return [owner, "\(number)", second(writtenStart) ?? second(writtenCompletion).map { "end \($0)" } ?? ""]
    }
}
