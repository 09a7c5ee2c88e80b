import MailStoreAPI
import NIOConcurrencyHelpers

/// Notices when the collection of a target has come to a standstill.
///
/// A collection hands over a page after every run of a collector, also of one that failed or timed out. So a server
/// that does not answer is no standstill; a collection whose calls never end, or whose task is stuck, is one.
final class CollectionPulse: Sendable {
    private struct Entry: Sendable {
        weak var sink: PulseSink?
    }

    private let timekeeper: Timekeeper
    private let entries = NIOLockedValueBox<[Entry]>([])

    init(timekeeper: Timekeeper) {
        self.timekeeper = timekeeper
    }

    /// Where the collection of this target is to put its pages: they go on to `page`.
    ///
    /// It is watched for as long as the collection holds on to what is returned.
    func sink(for target: String, _ settings: CollectionSettings, page: any PageSink) -> any PageSink {
        // Its collectors run side by side, so that the one that goes first and goes most often decides. Its run takes
        // no longer than its time-out, and two thirds as long again where the server is asked what it offers.
        let interval = settings.interval(for: .server).duration
        let allowance = interval * 2 + settings.timeout.duration * 2 + .seconds(60)
        let sink = PulseSink(target: target, allowance: allowance, next: page, timekeeper: timekeeper)
        entries.withLockedValue { entries in
            entries.removeAll { $0.sink == nil }
            entries.append(Entry(sink: sink))
        }
        return sink
    }

    /// The names of the targets whose collections stand still.
    var standstills: [String] {
        let now = timekeeper.uptime()
        return entries.withLockedValue { $0.compactMap(\.sink) }.filter { $0.isSilent(at: now) }.map(\.target)
    }

    /// The check for the watchdog.
    var check: LivenessCheck {
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
    private let timekeeper: Timekeeper
    private let last: NIOLockedValueBox<Duration>

    init(target: String, allowance: Duration, next: any PageSink, timekeeper: Timekeeper) {
        self.target = target
        self.allowance = allowance
        self.next = next
        self.timekeeper = timekeeper
        last = NIOLockedValueBox(timekeeper.uptime())
    }

    func update(_ page: TargetPage) {
        let now = timekeeper.uptime()
        last.withLockedValue { $0 = now }
        next.update(page)
    }

    func isSilent(at now: Duration) -> Bool {
        last.withLockedValue { now - $0 > allowance }
    }
}
