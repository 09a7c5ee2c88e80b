package import Collection
package import Configuration
import Exposition
package import Ledger
package import Logging
import MailStoreAPI
import OperatingSystem

/// The collection of one target against a ``FakeServer``, on clocks that stand still.
package struct TargetBench {
    package let time: ManualTime
    package let server: FakeServer
    package let collection: TargetMonitor
    package let sink = LatestPage()

    /// - Parameters:
    ///   - state: where the outcomes survive a restart.
    ///   - target: changes the target's configuration.
    ///   - configuration: changes the rest of it.
    package init(
        time: ManualTime = ManualTime(), pulse: CollectionPulse? = nil, latency: Duration = .zero,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        ledgerLimits: OutcomeLedger.Limits = .standard, state: StateDatabase? = nil,
        target change: (inout TargetConfiguration) -> Void = { _ in },
        configuration changeAll: (inout Configuration) -> Void = { _ in }
    ) throws {
        self.time = time
        server = FakeServer(time: time, latency: latency)
        var target = TargetConfiguration(
            name: "archive", url: try ServerURL(parsing: "https://archive.example:8463"), username: "admin",
            password: .inline(Secret("correct horse")))
        change(&target)
        var configuration = Configuration(targets: [target])
        changeAll(&configuration)
        let parts = TargetDependencies(
            target, of: configuration, transport: server, state: state, ledgerLimits: ledgerLimits,
            environment: [:], clock: time.clock, logger: logger)
        collection = TargetMonitor(parts, pulse: pulse, update: sink.update)
    }

    /// Runs the collectors once, one after the other; all of them where none is named.
    package func collect(_ names: CollectorName...) async {
        for name in names.isEmpty ? CollectorName.allCases : names { await collection.runOnce(name) }
    }

    /// What the target has on the page.
    package var page: ScrapedPage {
        get throws { try ScrapedPage(sink.page?.sources.flatMap(\.blocks) ?? []) }
    }
}

/// Keeps the newest page of a target.
package final class LatestPage: Sendable {
    private let box = Locked<(page: TargetPage?, duplicates: Int)>((nil, 0))

    package init() {}

    package var page: TargetPage? {
        box.withLock { $0.page }
    }

    /// Duplicate series of all pages.
    package var duplicates: Int {
        box.withLock { $0.duplicates }
    }

    package func update(_ page: TargetPage) {
        box.withLock { box in
            box.page = page
            box.duplicates += page.newDuplicates
        }
    }
}
