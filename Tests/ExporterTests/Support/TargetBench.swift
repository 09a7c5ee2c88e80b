import Exposition
import Logging
import MailStoreAPI
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Exporter

/// The collection of one target against a ``FakeServer``, on clocks that stand still.
struct TargetBench {
    let time: ManualTime
    let server: FakeServer
    let collection: TargetCollection
    let sink = LatestPage()

    /// - Parameters:
    ///   - target: changes the target's configuration.
    ///   - configuration: changes the rest of it.
    init(
        latency: Duration = .zero, logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        target change: (inout TargetConfiguration) -> Void = { _ in },
        configuration changeAll: (inout Configuration) -> Void = { _ in }
    ) throws {
        time = ManualTime()
        server = FakeServer(time: time, latency: latency)
        var target = TargetConfiguration(
            name: "archive", url: try ServerURL(parsing: "https://archive.example:8463"), username: "admin",
            password: .inline(Secret("correct horse")))
        change(&target)
        var configuration = Configuration(targets: [target])
        changeAll(&configuration)
        let parts = try TargetParts(
            target, of: configuration, transport: server, ledgerFile: nil, environment: [:],
            timekeeper: time.timekeeper, logger: logger)
        collection = TargetCollection(parts, page: sink, timekeeper: time.timekeeper, logger: logger)
    }

    /// Runs the collectors once, one after the other; all of them where none is named.
    func collect(_ names: CollectorName...) async {
        for name in names.isEmpty ? CollectorName.allCases : names { await collection.runOnce(name) }
    }

    /// What the target has on the page.
    var page: ScrapedPage {
        get throws { try ScrapedPage(sink.page?.blocks ?? []) }
    }
}

/// Keeps the newest page of a target.
final class LatestPage: PageSink {
    private let box = NIOLockedValueBox<(page: TargetPage?, duplicates: Int)>((nil, 0))

    var page: TargetPage? {
        box.withLockedValue { $0.page }
    }

    /// Duplicate series of all pages.
    var duplicates: Int {
        box.withLockedValue { $0.duplicates }
    }

    func update(_ page: TargetPage) {
        box.withLockedValue { box in
            box.page = page
            box.duplicates += page.newDuplicates
        }
    }
}
