import Collection
import MailStoreAPI
import PlainText

/// Whether the archive can take in mail, and whether its stores are fit.
struct StoresCheck: TargetCheck {
    static let name = CheckName.stores
    static let needs = [CheckName.login]

    func run(_ examination: inout Examination) async -> [Finding] {
        guard examination.target.collectors.contains(.stores) else {
            return [Finding(.skipped, "stores are not collected")]
        }
        guard examination.offers(.getStores) else { return [Finding(.skipped, "the server does not offer GetStores")] }
        let stores: [Store]
        do throws(APIError) {
            stores = try await examination.parts.api.invoke(.getStores, as: [Store].self, by: examination.deadline())
        } catch {
            return [
                Finding(
                    .failed, "the stores could not be listed", remedy: error.description,
                    details: [.text("reason", error.reason.rawValue)])
            ]
        }
        let details = [CheckDetail.number("stores", stores.count)]
        let plural = stores.count == 1 ? "" : "s"
        guard stores.contains(where: { $0.requestedState?.lowercased() == "current" }) else {
            return [
                Finding(
                    .warning, "\(stores.count) store\(plural), none of which is the current one: nothing is archived",
                    remedy: "Make a store the current one, in MailStore's administration of storage locations.",
                    details: details)
            ]
        }
        let ill = stores.filter { $0.hasError == true }
        guard ill.isEmpty else {
            let names = ill.map { $0.label(hidesName: examination.parts.hidesNames) }.joined(separator: ", ")
            return [
                Finding(
                    .warning, "\(ill.count) of \(stores.count) store\(plural) with an error: \(names)",
                    remedy: "Look at the stores in MailStore's administration of storage locations.", details: details)
            ]
        }
        return [
            Finding(.ok, "\(stores.count) store\(plural), one of which takes in mail", details: details)
        ]
    }
}

extension Store {
    fileprivate func label(hidesName: Bool) -> String {
        guard let name, !hidesName else { return id }
        return "\(id) \(QuotedText(name))"
    }
}

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
        let context = CollectionContext(
            api: parts.api, deadline: examination.deadline(), ledger: parts.ledger, statistics: parts.statistics,
            server: parts.server, settings: parts.outcomes)
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
    private mutating func countSeries(_ facts: any CollectedFacts) async -> Int {
        let ledger = await parts.ledger.ledger
        var own = SampleWriter(target: parts.configuration.name, hidesNames: parts.hidesNames)
        facts.write(to: &own, ledger: ledger)
        var outcomes = SampleWriter(target: parts.configuration.name, hidesNames: parts.hidesNames)
        OutcomeCounters.write(ledger, to: &outcomes)
        VerificationOutcomes.write(ledger, nil, success: parts.outcomes.rules.success, to: &outcomes)
        let before = ledgerSeries
        let after = outcomes.finish().reduce(0) { $0 + $1.seriesCount }
        ledgerSeries = after
        return own.finish().reduce(0) { $0 + $1.seriesCount } + max(0, after - before)
    }
}
