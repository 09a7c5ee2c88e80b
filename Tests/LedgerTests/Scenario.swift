import TestSupport

@testable import Ledger
@testable import PlainText

/// A server's log of runs and the life of the exporter that reads it, made from a seed.
///
/// What has to be counted: the runs whose *selected time* (their start or their completion, whichever the server goes
/// by) lies within the first lookback or after it, and in no minute that stays unreadable. With a server that goes by
/// completion, these are all runs that ended after the first lookback began. With one that goes by start, a run that
/// began before it counts if it ended after counting began: the longest windows reach it, though it took weeks.
struct Scenario: Sendable {
    let seed: Int
    let reach: ReadingPlan.Reach
    let server: ModelServer
    let clock: ModelClock
    /// How wrong the exporter's idea of the server's clock may be, in seconds.
    let clockError: Double
    /// The exporter's own clock against a right one, in seconds.
    let localOffset: Double
    /// The first reading and the last, by a right clock.
    let span: ClosedRange<Double>
    let errorsAreSuccess: Bool
    let areProfiles: Bool

    /// 2026-01-05T00:00:00Z.
    static let origin = 1_767_571_200.0

    init(seed: Int) {
        var random = SeededRandom(seed: seed)
        let lookback = random.pick([1.0, 3, 7]) * 86_400
        let first = lookback * random.pick([1, 1, 3])
        let overlap = random.seconds(60...lookback)
        let length = random.seconds(86_400...60 * 86_400)
        let span = Self.origin...(Self.origin + length)
        let clock = Self.clock(in: span, furthest: lookback / 16, &random)
        let clockError = random.pick([0, 30, lookback / 72])
        let localOffset: Double = random.pick([0, 0, -7200, 7200, -259_200, 259_200])
        let selection = random.pick([ModelServer.Selection.start, .completion])
        areProfiles = random.happens(0.5)

        let beginning = Self.beginning(clock: clock, first: first)
        // Whether runs just before the beginning are met hangs on a clock that errs: there are none.
        let quiet = beginning - clock.wander - 2 * clockError - abs(localOffset) - 60
        let makeRuns = RunMaker(
            span: (span.lowerBound - first - lookback)...span.upperBound, clock: clock, lookback: lookback,
            selection: selection)
        var server = ModelServer(
            runs: makeRuns(&random), selection: selection, listsNewestFirst: random.happens(0.5), rowLimit: nil)
        server.runs = server.runs.filter { !(quiet..<beginning).contains(server.selectedTime(of: $0)) }
        // Where the clocks are days apart, nobody knows whether a run of before the first window ended before the first
        // reading: there are none that ended in between.
        let (shown, local) = (clock.shown(at: Self.origin), Self.origin + localOffset)
        if shown > local + PresentTime.tolerance.inSeconds {
            server.runs = server.runs.filter {
                server.selectedTime(of: $0) >= beginning || !(local..<shown).contains($0.completion)
            }
        }
        if random.happens(0.25), let run = server.runs.randomElement(using: &random) {
            server.unreadableMinutes = [server.selectedMinute(of: run), server.selectedMinute(of: run) + 5]
        }
        if random.happens(0.4) {
            // A minute that holds too many rows could never be read.
            let most = Dictionary(grouping: server.runs, by: server.selectedMinute).values.map(\.count).max() ?? 1
            server.rowLimit = most + Int.random(in: 0...20, using: &random)
        }
        self.seed = seed
        self.server = server
        self.clock = clock
        self.clockError = clockError
        self.localOffset = localOffset
        self.span = span
        reach = ReadingPlan.Reach(
            lookback: .seconds(lookback), overlap: .seconds(overlap), first: .seconds(first),
            long: .seconds(100 * 86_400))
        errorsAreSuccess = random.happens(0.5)
    }

    /// The runs that have to be counted, each exactly once, and none but them.
    var countable: [LoggedRun] {
        let beginning = Self.beginning(clock: clock, first: reach.first.inSeconds)
        let firstReading = clock.shown(at: Self.origin)
        return server.runs.filter {
            (server.selectedTime(of: $0) >= beginning || $0.completion >= max(beginning, firstReading))
                && !server.unreadableMinutes.contains(server.selectedMinute(of: $0))
        }
    }

    /// When the server has told of all runs, by a right clock.
    var end: Double {
        max(span.upperBound, server.runs.map(\.appearance).max() ?? 0)
    }

    /// Where the first window begins, by the server's clock.
    private static func beginning(clock: ModelClock, first: Double) -> Double {
        ((clock.shown(at: origin) - first) / 60).rounded(.down) * 60
    }

    private static func clock(
        in span: ClosedRange<Double>, furthest: Double, _ random: inout SeededRandom
    ) -> ModelClock {
        // Set back by an hour: the hour that comes twice in autumn, on a server that tells local times.
        let furthest = max(furthest, 3600)
        return ModelClock(
            jumps: (0..<random.pick([0, 0, 1, 2])).map { _ in
                let size = random.happens(0.5) ? 3600 : random.seconds(1...furthest)
                return (Double.random(in: span, using: &random), random.happens(0.5) ? size : -size)
            })
    }
}

/// A server's clock that is set forward and back now and then.
struct ModelClock: Sendable {
    /// When the clock was set, by a clock that is never wrong, and by how many seconds.
    var jumps: [(at: Double, by: Double)] = []

    /// What the clock shows.
    func shown(at time: Double) -> Double {
        jumps.reduce(time) { shown, jump in time >= jump.at ? shown + jump.by : shown }
    }

    /// How far all jumps together may carry times from where they belong, in seconds.
    var wander: Double {
        jumps.reduce(0) { $0 + abs($1.by) }
    }
}

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
        return runs.shuffled(using: &random)
    }
}
