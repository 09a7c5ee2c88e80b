import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration
@testable import OperatingSystem

@Suite("A collection counts as standing still")
struct CollectionPulseTests {
    private let time = ManualTime()
    private let shelf = Shelf()
    /// Two minutes, one minute, and a minute more are allowed from one page to the next.
    private let settings = CollectionSettings(baseInterval: .seconds(60), timeout: .seconds(30))

    private final class Shelf: PageSink {
        private let box = Locked<[String]>([])
        var targets: [String] { box.withLock { $0 } }

        func update(_ page: TargetPage) {
            box.withLock { $0.append(page.target) }
        }
    }

    private func page(_ target: String) -> TargetPage {
        TargetPage(target: target, blocks: [], wasTried: true, stateSaveFailures: 0, newDuplicates: 0)
    }

    @Test("when its pages stay away for longer than its interval and time-out explain, and no more when one comes")
    func standstill() async {
        let pulse = CollectionPulse(clock: time.clock)
        let archive = pulse.sink(for: "archive", settings, page: shelf)
        let branch = pulse.sink(for: "branch", settings, page: shelf)
        time.advance(by: .seconds(240))
        #expect(pulse.standstills.isEmpty)
        #expect(await pulse.check.problem() == nil)
        branch.update(page("branch"))
        time.advance(by: .seconds(1))
        #expect(pulse.standstills == ["archive"])
        #expect(await pulse.check.problem() == "the collection of archive stands still")
        archive.update(page("archive"))
        #expect(pulse.standstills.isEmpty)
        #expect(shelf.targets == ["branch", "archive"])
    }

    @Test("not before the next page of one that is collected once a day is due")
    func slow() {
        let pulse = CollectionPulse(clock: time.clock)
        let slow = CollectionSettings(intervals: [.server: .days(1)])
        let sink = pulse.sink(for: "archive", slow, page: shelf)
        time.advance(by: .seconds(36 * 3600))
        #expect(pulse.standstills.isEmpty)
        withExtendedLifetime(sink) {}
    }

    @Test("not when nobody collects it any more")
    func removed() {
        let pulse = CollectionPulse(clock: time.clock)
        var sink: (any PageSink)? = pulse.sink(for: "archive", settings, page: shelf)
        time.advance(by: .seconds(3600))
        #expect(pulse.standstills == ["archive"])
        withExtendedLifetime(sink) {}
        sink = nil
        #expect(pulse.standstills.isEmpty)
    }
}
