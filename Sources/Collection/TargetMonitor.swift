package import Configuration
import Exposition
import Ledger
import MailStoreAPI
import OperatingSystem

/// Collects one target on a timer and updates its page.
///
/// Each collector has its own loop, so that one that hangs or fails does not affect the others. The server's collector
/// runs first: its call finds out whether the login works.
package actor TargetMonitor {
    /// How long a server's list of functions is used.
    private static let capabilitiesInterval = Duration.seconds(3600)
    /// How long the last save may take: the end of the program has a limit.
    private static let lastSavePatience = Duration.seconds(2)

    private let target: TargetDependencies
    private let collectors: [CollectorName: any Collector]
    private let verification: VerificationRunner?
    private let pulse: CollectionPulse?
    private let update: @Sendable (TargetPage) -> Void
    private var log: FailureLog

    private var capabilities = Capabilities.unknown
    private var capabilitiesRefresh: Duration?
    private var states: [CollectorName: CollectorState] = [:]
    private var blocks: [CollectorName: [FamilyBlock]] = [:]
    private var isUp: Bool?
    private var notes: [String] = []
    /// The newest ledger state that a page was rendered from.
    private var newest: LedgerStore.Snapshot?
    /// The ledger that the blocks of jobs and profiles were rendered from.
    private var rendered = TargetLedger()
    /// The items on the newest page.
    private var budget = SeriesBudget()

    /// - Parameters:
    ///   - pulse: Where the monitor reports its progress.
    ///   - update: Takes the newest page.
    package init(
        _ target: TargetDependencies, pulse: CollectionPulse? = nil, update: @escaping @Sendable (TargetPage) -> Void
    ) {
        self.target = target
        self.pulse = pulse
        self.update = update
        verification = target.configuration.verification.map { VerificationRunner($0, of: target) }
        log = FailureLog(logger: target.logger)
        // The server's collector always runs: it decides whether the target is up.
        let names = Set(target.configuration.collectors + [.server])
        collectors = Dictionary(
            uniqueKeysWithValues: Collectors.all.map { (type(of: $0).name, $0) }.filter { names.contains($0.0) })
        for name in collectors.keys { states[name] = CollectorState() }
    }

    /// Collects until the task is cancelled, then saves unsaved state.
    package func run() async {
        let name = target.configuration.name
        pulse?.begin(name, target.settings)
        defer { pulse?.end(name) }
        await publish()
        await runOnce(.server)
        await withDiscardingTaskGroup { group in
            for name in collectors.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
                group.addTask { await self.repeatCollector(name, startsAtOnce: name != .server) }
                group.addTask { await self.watchAge(of: name) }
            }
            if let verification {
                group.addTask { await verification.run { await self.publish() } }
            }
        }
        await target.ledger.saveNow(patience: Self.lastSavePatience)
    }

    /// Has the password read again before the next call.
    func readPasswordAgain() async {
        await target.login.readAgain()
    }

    private func repeatCollector(_ name: CollectorName, startsAtOnce: Bool) async {
        let clock = target.clock
        let interval = target.settings.interval(for: name).duration
        var next = clock.uptime() + (startsAtOnce ? .zero : interval)
        while !Task.isCancelled {
            let wait = next - clock.uptime()
            if wait > .zero {
                do { try await clock.sleep(wait) } catch { return }
            }
            await runOnce(name)
            // If a slow run delays later runs past their time, those runs are skipped.
            next = max(next + interval, clock.uptime())
            // All collectors wait for the pause after a refused login to end, also those that run once an hour.
            if let pause = states[name]?.lastError?.retryAfter { next = min(next, clock.uptime() + pause) }
        }
    }

    /// Runs one collector once, now.
    package func runOnce(_ name: CollectorName) async {
        guard let collector = collectors[name] else { return }
        let start = target.clock.uptime()
        if name == .server { await refreshCapabilities(at: start) }
        let isSupported = capabilities.offers(type(of: collector).functions)
        states[name]?.isSupported = isSupported
        guard isSupported != false else {
            await publish(changed: name) {
                states[name]?.becameUnsupported()
                states[name]?.ended(at: start)
                // Without the server collector's call, the other calls decide. Either way, the target was tried.
                if name == .server { isUp = wasAccepted(before: start) }
            }
            return
        }
        let deadline = Deadline(after: target.settings.timeout.duration, clock: target.clock)
        let result: Result<any CollectedValues, APIError>
        do throws(APIError) {
            result = .success(try await collector.collect(CollectionContext(target, deadline: deadline)))
        } catch {
            if Task.isCancelled { return }
            result = .failure(error)
        }
        let (now, uptime) = (target.clock.now(), target.clock.uptime())
        let flaws = target.statistics.takeFlaws(of: type(of: collector).functions.map(\.rawValue))
        log.found(flaws)
        let isHeartbeatRefusedAlone = await target.login.isOwnRefusal(of: InformationalFunction.getServerInfo.rawValue)
        await publish(changed: name) {
            switch result {
            case .success(let values):
                states[name]?.succeeded(
                    with: values, flaws: flaws, at: now, uptime: uptime)
                log.succeeded(name)
            case .failure(let error):
                states[name]?.failed(error)
                log.failed(name, error, at: uptime)
            }
            states[name]?.ended(at: uptime, after: uptime - start)
            let heartbeat = states[.server]?.lastError?.reason
            // While only the server collector's call is refused, every other call may change the verdict.
            if name == .server || heartbeat == .unauthorized || heartbeat == .forbidden {
                isUp = judge(since: start, isHeartbeatRefusedAlone: isHeartbeatRefusedAlone)
            }
            updateNotes()
        }
    }

    /// Whether the API was reached and accepted the login.
    ///
    /// If the server collector's call failed for a reason that may be specific to one function, the other calls of the
    /// last interval decide.
    private func judge(since start: Duration, isHeartbeatRefusedAlone: Bool) -> Bool {
        switch states[.server]?.lastError?.reason {
        case nil, .apiError: true
        case .dns, .connect, .tls, .cancelled: false
        case .unauthorized, .forbidden:
            isHeartbeatRefusedAlone && areOthersAccepted(at: start)
        case .timeout, .httpStatus, .badReply, .tooLarge:
            wasAccepted(before: start)
        }
    }

    /// Whether the server accepted any call during the last interval of its collector, or since.
    private func wasAccepted(before start: Duration) -> Bool {
        target.statistics.wasAccepted(since: start - target.settings.interval(for: .server).duration)
    }

    /// Whether the calls of the other collectors are accepted at present.
    private func areOthersAccepted(at now: Duration) -> Bool {
        let intervals = collectors.keys.filter { $0 != .server && states[$0]?.isSupported != false }
            .map { target.settings.interval(for: $0).duration }
        let window = max(intervals.min() ?? .zero, target.settings.interval(for: .server).duration)
        return target.statistics.isAnswering(since: now - window - target.settings.timeout.duration)
    }

    /// Finds what does not fit between the configuration and the server, and logs it once.
    private func updateNotes() {
        let configuration = target.configuration
        let serviceProvider = TargetNotes.serviceProvider(
            at: configuration.url, functions: capabilities.names, errors: states.values.compactMap(\.lastError),
            isServer: states[.server]?.lastSuccess != nil)
        notes =
            TargetNotes.unknownKeys(
                of: configuration.expectedIntervals,
                jobs: (states[.jobs]?.values as? JobsCollector.Values)?.jobs,
                profiles: (states[.profiles]?.values as? ProfilesCollector.Values)?.profiles,
                hidesNames: target.hidesNames) + (serviceProvider.map { [$0] } ?? [])
        log.noted(notes)
    }

    /// Asks which functions the server offers; a server that does not answer is assumed to offer all of them.
    private func refreshCapabilities(at now: Duration) async {
        if let capabilitiesRefresh, now - capabilitiesRefresh < Self.capabilitiesInterval { return }
        // A third of the time-out: a server that hangs here must not also prevent the server collector from running.
        let deadline = Deadline(after: target.settings.timeout.duration / 3, clock: target.clock)
        do throws(APIError) {
            let metadata = try await target.api.metadata(by: deadline)
            let needed = collectors.values.flatMap { type(of: $0).functions }
            capabilities = Capabilities(metadata, needed: needed)
            guard capabilities.names != nil else {
                let error = Capabilities.uselessList(metadata)
                target.statistics.callFailed(error)
                throw error
            }
            log.succeededMetadata()
            log.listed(Set(metadata.map(\.name)), needed: needed.map(\.rawValue))
            log.found(target.statistics.takeFlaws(of: [ServiceCall.getMetadata.rawValue]))
            // A server that is still starting may list only some functions: while one is missing, every run asks again.
            let isComplete = collectors.values.allSatisfy { capabilities.offers(type(of: $0).functions) == true }
            capabilitiesRefresh = isComplete ? now : nil
        } catch {
            log.failedMetadata(error)
        }
    }

    // MARK: - The page

    private func watchAge(of name: CollectorName) async {
        let clock = target.clock
        let maximumAge = target.settings.maximumAge(for: name).duration
        while !Task.isCancelled {
            let expiry = states[name]?.expiry(maximumAge: maximumAge)
            let wait = expiry.map { $0 - clock.uptime() } ?? maximumAge
            if wait > .zero {
                do { try await clock.sleep(wait) } catch { return }
            }
            await expire(name)
        }
    }

    /// Drops stale values from the page.
    func expire(_ name: CollectorName) async {
        let maximumAge = target.settings.maximumAge(for: name).duration
        guard states[name]?.expire(at: target.clock.uptime(), maximumAge: maximumAge) == true else { return }
        log.expired(name, after: maximumAge)
        await publish(changed: name)
    }

    /// Updates the page.
    ///
    /// There is no suspension between the change and the page, so no page shows a partial change. All pages use the
    /// newest ledger seen so far, so no counter decreases when two collectors finish together. After the task was
    /// cancelled nothing is rendered any more: a page of very many series would delay the end of the program.
    ///
    /// - Parameters:
    ///   - name: The collector whose values have changed, if any.
    ///   - change: Applies the change.
    package func publish(changed name: CollectorName? = nil, _ change: () -> Void = {}) async {
        guard !Task.isCancelled else { return }
        let snapshot = await target.ledger.snapshot
        if snapshot.revision >= newest?.revision ?? 0 { newest = snapshot }
        let ledger = newest?.ledger ?? snapshot.ledger
        change()
        var outdated = Set(name.map { [$0] } ?? [])
        // Every page has the newest counters, so it must have the last results that belong to them.
        if ledger.jobs.entries != rendered.jobs.entries { outdated.insert(.jobs) }
        if ledger.profiles.entries != rendered.profiles.entries { outdated.insert(.profiles) }
        rendered = ledger
        var report = report(ledger)
        let families = TargetFamilies.writer(for: report)
        if updateBudget(ledger, besides: families.seriesCount + Self.otherSeries) {
            outdated.formUnion(collectors.keys)
            report.budget = budget
        }
        for name in outdated {
            var samples = target.makeWriter(budget)
            states[name]?.values?.write(to: &samples, ledger: ledger)
            blocks[name] = samples.finish()
        }
        pulse?.beat(target.configuration.name)
        update(
            TargetPage(
                report, families, collected: blocks, stateSaveFailures: newest?.saveFailures ?? 0,
                newDuplicates: (name.flatMap { blocks[$0] } ?? []).reduce(0) { $0 + $1.duplicates }))
    }

    /// The most series of the server, its licence, users and sessions, and one about the limit itself.
    private static let otherSeries = ResultVocabulary.limit + 9

    /// Chooses the items to show; returns whether the choice has changed.
    ///
    /// - Parameter others: How many series the target has besides those of its items.
    private func updateBudget(_ ledger: TargetLedger, besides others: Int) -> Bool {
        let newBudget = SeriesBudget(ledger, limit: target.limits.seriesPerTarget, besides: others)
        guard newBudget != budget else { return false }
        log.limited(newBudget, limit: target.limits.seriesPerTarget)
        budget = newBudget
        return true
    }

    private func report(_ ledger: TargetLedger) -> TargetReport {
        TargetReport(
            configuration: target.configuration, settings: target.settings, hidesNames: target.hidesNames,
            success: target.rules.success, isUp: isUp, notes: notes,
            collectors: Collectors.all.map { type(of: $0).name }.compactMap { name in
                states[name].map { (name, target.settings.interval(for: name).duration, $0) }
            },
            counts: target.statistics.counts, stateAge: target.ledger.ageAtStart, clockSkew: target.server.skew,
            ledger: ledger,
            calls: target.statistics.calls, budget: budget)
    }
}
