import TestSupport

@testable import Ledger
@testable import PlainText

/// A server's log of runs and the life of the exporter that reads it, made from a seed.
///
/// What has to be counted: the runs whose *selected time* (their start or their completion, whichever the server goes
/// by) lies within the first lookback or after it, and in no minute that stays unreadable. With a server that goes by
/// completion, these are all runs that ended after the first lookback began. With one that goes by start, a run that
/// began before it counts if it ended after counting began: the longest windows reach it, though it took weeks.
///
/// In an *odd* scenario ids come again for runs with other starts, rows lack their ids, and times are unknown or lie in the
/// future. What belongs to every window counts unless it is known to be older than the first one.
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
    let isOdd: Bool

    /// 2026-01-05T00:00:00Z.
    static let origin = 1_767_571_200.0

    /// - Parameter isOdd: `nil` leaves it to chance.
    init(seed: Int, isOdd: Bool? = nil) {
        var random = SeededRandom(seed: seed)
        let isOdd = isOdd ?? random.happens(0.6)
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
            selection: selection, isOdd: isOdd)
        var server = ModelServer(
            runs: makeRuns(&random), selection: selection, listsNewestFirst: random.happens(0.5), rowLimit: nil)
        server.runs = server.runs.filter { run in
            let time = server.selectedTime(of: run) ?? run.instant
            return !(time.map((quiet..<beginning).contains) ?? false)
        }
        // Where the clocks are days apart, nobody knows whether a run of before the first window ended before the first
        // reading: there are none that ended in between.
        let (shown, local) = (clock.shown(at: Self.origin), Self.origin + localOffset)
        if shown > local + PresentTime.tolerance.inSeconds {
            server.runs = server.runs.filter {
                server.selectedTime(of: $0) ?? .infinity >= beginning || !(local..<shown).contains($0.completion)
            }
        }
        // A run that began before the first window and ended before the first reading, but is listed later: the longest
        // windows take it for one that ended before counting began. There are none.
        server.runs = server.runs.filter { run in
            run.appearance <= Self.origin || run.start >= beginning || run.completion >= shown
        }
        if random.happens(0.25), let run = server.runs.randomElement(using: &random),
            let minute = server.selectedMinute(of: run)
        {
            server.unreadableMinutes = [minute, minute + 5]
        }
        if random.happens(0.4) {
            // A minute that holds too many rows could never be read.
            let byMinute = Dictionary(grouping: server.runs, by: server.selectedMinute).mapValues(\.count)
            let most = byMinute.filter { $0.key != nil }.values.max() ?? 1
            server.rowLimit = most + (byMinute[nil] ?? 0) + Int.random(in: 0...20, using: &random)
        }
        self.seed = seed
        self.isOdd = isOdd
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
        return server.runs.filter { run in
            guard run.isFinished else { return false }
            guard let time = server.selectedTime(of: run) else {
                return run.instant.map { $0 >= beginning } ?? true || run.appearance <= Self.origin
            }
            let endsLater = run.believedCompletion.map { $0 >= max(beginning, firstReading) } ?? false
            return (time >= beginning || endsLater)
                && !(server.selectedMinute(of: run).map(server.unreadableMinutes.contains) ?? false)
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
