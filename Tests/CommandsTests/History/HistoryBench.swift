import Logging
import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Commands
@testable import Configuration
@testable import Ledger
@testable import OperatingSystem

/// The exporter and the command history against a ``PastServer``.
struct HistoryBench {
    let past: PastServer
    private let parts: TargetDependencies
    private let collection: TargetMonitor
    private let configuration: Configuration
    private let sink = LatestPage()
    private let collected = Locked<[String]>([])

    init(_ past: PastServer, change: (inout Configuration) -> Void = { _ in }) throws {
        self.past = past
        var configuration = Configuration(targets: [
            TargetConfiguration(
                name: "archive", url: try ServerURL(parsing: "https://archive.example:8463"), username: "admin",
                password: .inline(Secret("correct horse")))
        ])
        change(&configuration)
        self.configuration = configuration
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        parts = TargetDependencies(
            configuration.targets[0], of: configuration, transport: past.server, state: nil, environment: [:],
            clock: past.time.clock, logger: logger)
        collection = TargetMonitor(parts, update: sink.update)
    }

    /// The warnings of the reader.
    var warnings: [String] { collected.withLock { $0 } }

    /// Lets the exporter collect everything once.
    func collect() async throws -> ScrapedPage {
        for name in CollectorName.allCases { await collection.runOnce(name) }
        return try ScrapedPage(sink.page?.sources.flatMap(\.blocks) ?? [])
    }

    /// What the exporter has counted.
    var ledger: TargetLedger {
        get async { await parts.ledger.ledger }
    }

    /// Reads the past.
    func past(
        since: String = "60d", until: HistoryTime? = nil, step: Int64 = 3600, ledger: TargetLedger?
    ) async throws -> TargetHistory {
        let collected = collected
        let reader = HistoryReader(
            target: configuration.targets[0], hidesNames: configuration.hideNames,
            success: parts.rules.success, since: try HistoryTime(parsing: since), until: until, step: step,
            ledger: ledger, firstReach: parts.rules.reach.first, api: parts.api,
            server: ServerClock(localZone: nil, clock: past.time.clock), callTime: .seconds(30),
            clock: past.time.clock, progress: { _, _, _, _ in },
            warn: { text in collected.withLock { $0.append(text) } })
        return try await reader.read()
    }

    /// Reads the past and writes it.
    func history(
        since: String = "60d", until: HistoryTime? = nil, step: Int64 = 3600, ledger: TargetLedger?
    ) async throws -> PastPage {
        let history = try await past(since: since, until: until, step: step, ledger: ledger)
        var text: [UInt8] = []
        try HistoryWriter(commonLabels: [("job", "mailstore"), ("instance", "a:1")]) { (piece) throws(CommandError) in
            text += piece
        }.write([history])
        return try PastPage(String(decoding: text, as: UTF8.self))
    }
}

/// The text of the command history, read back.
struct PastPage {
    let text: String
    /// The samples of each series in the order in which they came; the labels that Prometheus adds are left out.
    private(set) var samples: [ScrapedPage.Key: [(time: Int64, value: Double)]] = [:]

    init(_ text: String) throws {
        self.text = text
        var keys: [Substring: ScrapedPage.Key] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let bytes = line.utf8
            let timeEnd = try #require(bytes.lastIndex(of: UInt8(ascii: " ")))
            let valueEnd = try #require(bytes[..<timeEnd].lastIndex(of: UInt8(ascii: " ")))
            let time = try #require(Int64(line[bytes.index(after: timeEnd)...]))
            let value = try #require(Double(line[bytes.index(after: valueEnd)..<timeEnd]))
            let head = line[..<valueEnd]
            let key = try keys[head] ?? Self.key(of: head)
            keys[head] = key
            samples[key, default: []].append((time, value))
        }
    }

    private static func key(of head: Substring) throws -> ScrapedPage.Key {
        var series = try #require(try ScrapedPage(head + " 0").series.first)
        #expect(series.labels.removeValue(forKey: "job") == "mailstore")
        #expect(series.labels.removeValue(forKey: "instance") == "a:1")
        return series.key
    }

    /// The value of the one series of that name with these labels at a time.
    func value(_ name: String, _ labels: [String: String] = [:], at time: Int64) -> Double? {
        let found = samples.filter { key, _ in
            key.name == name && key.has(labels)
        }
        #expect(found.count < 2, "more than one series fits")
        return found.first?.value.first { $0.time == time }?.value
    }

    /// The lines of a family, without those of its head.
    func lines(_ name: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix(name + "{") }.map(String.init)
    }
}

extension ScrapedPage {
    /// What makes a series the same.
    struct Key: Hashable {
        var name: String
        var labels: [String: String]

        /// Whether it carries these labels, and maybe others.
        func has(_ labels: [String: String]) -> Bool {
            labels.allSatisfy { self.labels[$0.key] == $0.value }
        }
    }
}

extension ScrapedPage.Series {
    var key: ScrapedPage.Key { .init(name: name, labels: labels) }
}
