import Collection
import MailStoreAPI
import PlainText

/// Runs every collector once, as the exporter would at its first start, and counts the series that it would serve.
struct CollectorsCheck: TargetCheck {
    static let name = CheckName.collector
    static let needs = [CheckName.login]

    func run(_ examination: inout Examination) async -> [Finding] {
        var findings: [Finding] = []
        var run = DryRun(examination.parts)
        for collector in examination.target.allCollectors {
            findings.append(await run.run(collector, examination))
        }
        return findings
    }
}

/// The state of a dry run: outcomes accumulate in memory as they would in the exporter.
private struct DryRun {
    private let parts: TargetParts
    /// Series of outcomes, which come from the ledger and not from a single collector.
    private var ledgerSeries = 0
    private var unreadableWindows: UInt64 = 0

    init(_ parts: TargetParts) {
        self.parts = parts
    }

    mutating func run(_ collector: any Collector, _ examination: Examination) async -> Finding {
        let name = type(of: collector).name.rawValue
        let missing = type(of: collector).functions.filter { !examination.offers($0) }.map(\.rawValue)
        guard missing.isEmpty else {
            return Finding(
                .skipped, "not supported: the server does not offer \(missing.joined(separator: ", "))", part: name)
        }
        let start = examination.clock.uptime()
        let context = CollectionContext(parts, deadline: examination.deadline())
        do throws(APIError) {
            let facts = try await collector.collect(context)
            let duration = examination.clock.uptime() - start
            return finding(name, series: await countSeries(facts), took: duration)
        } catch {
            let duration = examination.clock.uptime() - start
            return Finding(
                .failed, "failed after \(duration.text)", remedy: error.description,
                details: [
                    .text("reason", error.reason.rawValue), .text("function", error.function),
                    .seconds("duration_seconds", duration.inSeconds),
                ], part: name)
        }
    }

    private mutating func finding(_ name: String, series: Int, took duration: Duration) -> Finding {
        let unreadable = parts.statistics.counts.calls.values.reduce(0) { $0 + $1.unreadableWindows }
        let isNewlyUnreadable = unreadable > unreadableWindows
        unreadableWindows = unreadable
        let message = "\(series) series in \(duration.text)"
        let details = [
            CheckDetail.number("series", series), .seconds("duration_seconds", duration.inSeconds),
        ]
        guard isNewlyUnreadable else { return Finding(.ok, message, details: details, part: name) }
        return Finding(
            .warning, "\(message); some minutes of results could not be read at all",
            remedy: "The server fails to list the runs of those minutes; their outcomes are not counted. A shorter "
                + "collection.lookback asks for fewer.", details: details, part: name)
    }

    /// The series of the facts, and those of outcomes that they have added.
    private mutating func countSeries(_ facts: any CollectedValues) async -> Int {
        let ledger = await parts.ledger.ledger
        var own = parts.makeWriter()
        facts.write(to: &own, ledger: ledger)
        var outcomes = parts.makeWriter()
        Collectors.writeCounters(ledger, to: &outcomes)
        VerificationOutcomes.write(ledger, nil, success: parts.rules.success, to: &outcomes)
        let before = ledgerSeries
        let after = outcomes.finish().reduce(0) { $0 + $1.seriesCount }
        ledgerSeries = after
        return own.finish().reduce(0) { $0 + $1.seriesCount } + max(0, after - before)
    }
}
