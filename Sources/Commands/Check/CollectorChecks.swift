import Collection
import MailStoreAPI
import PlainText

/// Whether one store receives new mail, and whether the stores report errors.
struct StoresCheck: TargetCheck {
    static let name = CheckName.stores
    static let needs = [CheckName.login]

    func run(_ context: inout CheckContext) async -> [Finding] {
        guard context.edition == .server else {
            return [Finding(.skipped, "see the collector stores, which lists those of one instance of each kind")]
        }
        guard context.target.collectors.contains(.stores) else {
            return [Finding(.skipped, "the collector stores is not enabled")]
        }
        guard context.offers(.getStores) else { return [Finding(.skipped, "the server does not offer GetStores")] }
        let stores: [Store]
        do throws(APIError) {
            stores = try await context.parts.api.invoke(.getStores, as: [Store].self, by: context.deadline())
        } catch {
            return [
                Finding(
                    .failed, "cannot list the stores", remedy: error.description,
                    details: [.text("reason", error.reason.rawValue)])
            ]
        }
        let details = [CheckDetail.number("stores", stores.count)]
        let count = "\(stores.count) store\(stores.count == 1 ? "" : "s")"
        guard stores.contains(where: { $0.requestedState?.lowercased() == "current" }) else {
            return [
                Finding(
                    .warning, "\(count), none of them the current one: no mail can be archived",
                    remedy: "Under storage locations in MailStore Client, make one store the current one.",
                    details: details)
            ]
        }
        let faulty = stores.filter { $0.hasError == true }
        guard faulty.isEmpty else {
            let names = faulty.map { $0.label(hidesName: context.parts.hidesNames) }.joined(separator: ", ")
            return [
                Finding(
                    .warning, "\(faulty.count) of \(count) \(faulty.count == 1 ? "has" : "have") an error: \(names)",
                    remedy: "Check these stores under storage locations in MailStore Client.", details: details)
            ]
        }
        return [
            Finding(.ok, "\(count); one receives new mail", details: details)
        ]
    }
}

extension Store {
    fileprivate func label(hidesName: Bool) -> String {
        guard let name, !hidesName else { return id }
        return "\(id) \(QuotedText(name))"
    }
}

/// Runs every collector once, as the exporter does at its first start, and counts the series it would export.
struct CollectorsCheck: TargetCheck {
    static let name = CheckName.collector
    static let needs = [CheckName.login]

    func run(_ context: inout CheckContext) async -> [Finding] {
        var findings: [Finding] = []
        var run = DryRun(context.parts)
        for collector in context.collectors {
            findings.append(await run.run(collector, context))
        }
        (context.jobs, context.profiles) = (run.jobs, run.profiles)
        return findings
    }
}

/// Whether each key of `expected_intervals` is the id or the name of a job or profile of the server.
struct ExpectedIntervalsCheck: TargetCheck {
    static let name = CheckName.expectedIntervals
    static let needs: [CheckName] = []

    func run(_ context: inout CheckContext) async -> [Finding] {
        let intervals = context.target.expectedIntervals
        let keys = intervals.jobKeys.count + intervals.profileKeys.count
        guard keys > 0 else { return [] }
        let notes = TargetNotes.unknownKeys(
            of: intervals, jobs: context.jobs, profiles: context.profiles, hidesNames: context.parts.hidesNames)
        let details = [CheckDetail.number("keys", keys), .number("unknown", notes.count)]
        guard notes.isEmpty else {
            return [
                Finding(
                    .warning, "expected_intervals has keys that nothing on the server has",
                    remedy: notes.joined(separator: " "), details: details)
            ]
        }
        let isComplete =
            (intervals.jobKeys.isEmpty || context.jobs != nil)
            && (intervals.profileKeys.isEmpty || context.profiles != nil)
        guard isComplete else { return [Finding(.skipped, "the jobs or the profiles are not known", details: details)] }
        return [Finding(.ok, "the server has everything that expected_intervals names", details: details)]
    }
}

/// A dry run: outcomes accumulate in memory as in the exporter.
private struct DryRun {
    private let parts: TargetDependencies
    /// The series of outcomes so far, which come from the ledger and not from a single collector.
    private var ledgerSeries = 0
    private var unreadableWindows: UInt64 = 0
    private(set) var jobs: [Job]?
    private(set) var profiles: [Profile]?

    init(_ parts: TargetDependencies) {
        self.parts = parts
    }

    mutating func run(_ collector: any Collector, _ context: CheckContext) async -> Finding {
        let name = type(of: collector).name.rawValue
        let missing = type(of: collector).functions.filter { !context.offers($0) }.map(\.rawValue)
        guard missing.isEmpty else {
            return Finding(
                .skipped, "not supported: the server does not offer \(missing.joined(separator: ", "))", part: name)
        }
        let start = context.clock.uptime()
        var warnings: [String] = []
        let collection = CollectionContext(
            parts, deadline: context.deadline(), capabilities: context.capabilities)
        do throws(APIError) {
            let facts = try await collector.collect(collection)
            let duration = context.clock.uptime() - start
            if let failure = facts.failure { return Self.failed(name, failure, after: duration) }
            if let values = facts as? InstancesCollector.Values {
                warnings = TargetNotes.instances(of: context.target, values, nil) + values.warnings
                // The archives of all instances would take long.
                parts.keepOneInstanceOfEachKind()
            } else if collector is any ArchivesCollecting {
                warnings = facts.warnings
            }
            if let values = facts as? JobsCollector.Values { jobs = values.jobs }
            if let values = facts as? ProfilesCollector.Values { profiles = values.profiles }
            return finding(
                name, series: await countSeries(facts), took: duration,
                flaws: parts.statistics.takeFlaws(of: type(of: collector).allFunctions.map(\.rawValue)),
                warnings: warnings)
        } catch {
            return Self.failed(name, error, after: context.clock.uptime() - start)
        }
    }

    private static func failed(_ name: String, _ error: APIError, after duration: Duration) -> Finding {
        Finding(
            .failed, "failed after \(duration.text)", remedy: error.description,
            details: [
                .text("reason", error.reason.rawValue), .text("function", error.function),
                .seconds("duration_seconds", duration.inSeconds),
            ], part: name)
    }

    private mutating func finding(
        _ name: String, series: Int, took duration: Duration, flaws: [ReplyFlaw], warnings: [String]
    ) -> Finding {
        let unreadable = parts.statistics.counts.calls.values.reduce(0) { $0 + $1.unreadableWindows }
        let isNewlyUnreadable = unreadable > unreadableWindows
        unreadableWindows = unreadable
        let message = "\(series) series in \(duration.text)"
        let details = [
            CheckDetail.number("series", series), .seconds("duration_seconds", duration.inSeconds),
        ]
        if !warnings.isEmpty {
            return Finding(
                .warning, message, remedy: warnings.map(TerminalText.line).joined(separator: "; "), details: details,
                part: name)
        }
        if !flaws.isEmpty {
            return Finding(
                .warning, "\(message); \(flaws.map { TerminalText.line($0.description) }.joined(separator: "; "))",
                remedy: "The rest of the reply counts. The list in MailStore Client shows what is odd about the entry.",
                details: details, part: name)
        }
        guard isNewlyUnreadable else { return Finding(.ok, message, details: details, part: name) }
        return Finding(
            .warning, "\(message); the results of some minutes cannot be read",
            remedy: "The server fails to list the runs of those minutes, so they are not counted. A shorter "
                + "collection.lookback requests fewer of them.", details: details, part: name)
    }

    /// The series of the collected values, and of the outcomes that they added.
    private mutating func countSeries(_ facts: any CollectedValues) async -> Int {
        let ledger = await parts.ledger.ledger
        var own = parts.makeWriter()
        facts.write(to: &own, ledger: ledger)
        var outcomes = parts.makeWriter()
        Collectors.writeCounters(ledger, to: &outcomes)
        VerificationOutcomes.write(ledger, nil, success: parts.rules.success, to: &outcomes)
        let before = ledgerSeries
        let after = outcomes.finish().reduce(0) { $0 + $1.seriesCount } + parts.instanceSeriesCount
        ledgerSeries = after
        return own.finish().reduce(0) { $0 + $1.seriesCount } + max(0, after - before)
    }
}
