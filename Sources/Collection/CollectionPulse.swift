package import Configuration
package import OperatingSystem
package import Systemd

/// Notices when the collection of a target has come to a standstill.
///
/// A collection hands over a page after every run of a collector, also of one that failed or timed out. So a server
/// that does not answer is no standstill; a collection whose calls never end, or whose task is stuck, is one.
package final class CollectionPulse: Sendable {
    private struct Entry: Sendable {
        weak var sink: PulseSink?
    }

    private let clock: Clock
    private let entries = Locked<[Entry]>([])

    package init(clock: Clock) {
        self.clock = clock
    }

    /// Where the collection of this target is to put its pages: they go on to `page`.
    ///
    /// It is watched for as long as the collection holds on to what is returned.
    package func sink(for target: String, _ settings: CollectionSettings, page: any PageSink) -> any PageSink {
        // Its collectors run side by side, so that the one that goes first and goes most often decides. Its run takes
        // no longer than its time-out, and two thirds as long again where the server is asked what it offers.
        let interval = settings.interval(for: .server).duration
        let allowance = interval * 2 + settings.timeout.duration * 2 + .seconds(60)
        let sink = PulseSink(target: target, allowance: allowance, next: page, clock: clock)
        entries.withLock { entries in
            entries.removeAll { $0.sink == nil }
            entries.append(Entry(sink: sink))
        }
        return sink
    }

    /// The names of the targets whose collections stand still.
    var standstills: [String] {
        let now = clock.uptime()
        return entries.withLock { $0.compactMap(\.sink) }.filter { $0.isSilent(at: now) }.map(\.target)
    }

    /// The check for the watchdog.
    package var check: LivenessCheck {
        LivenessCheck(silence: "collections cannot be asked how they are") { [self] in
            let standstills = standstills
            return standstills.isEmpty
                ? nil : "the collection of \(standstills.sorted().joined(separator: ", ")) stands still"
        }
    }
}

/// Notes when a target's pages come, and hands them on.
private final class PulseSink: PageSink {
    let target: String
    /// How long it may be from one page to the next.
    private let allowance: Duration
    private let next: any PageSink
    private let clock: Clock
    private let last: Locked<Duration>

    init(target: String, allowance: Duration, next: any PageSink, clock: Clock) {
        self.target = target
        self.allowance = allowance
        self.next = next
        self.clock = clock
        last = Locked(clock.uptime())
    }

    func update(_ page: TargetPage) {
        let now = clock.uptime()
        last.withLock { $0 = now }
        next.update(page)
    }

    func isSilent(at now: Duration) -> Bool {
        last.withLock { now - $0 > allowance }
    }
}
