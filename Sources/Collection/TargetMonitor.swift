package import Configuration
import Exposition
import Ledger
package import Logging
import MailStoreAPI
package import OperatingSystem

/// Collects one target by the clock and puts what it learns on the page.
///
/// Each collector has its own loop, so that one that hangs or fails takes nothing of the others along. The server's own
/// collector goes first: its call finds out whether the login works.
package actor TargetMonitor {
    /// How long a list of functions is believed.
    private static let capabilitiesInterval = Duration.seconds(3600)

    private let configuration: TargetConfiguration
    private let settings: CollectionSettings
    private let outcomes: OutcomeContext
    private let hidesNames: Bool
    private let api: APIClient
    private let login: LoginBackoff
    private let ledger: LedgerStore
    private let statistics: TargetStatistics
    private let server: ServerClock
    private let page: any PageSink
    private let collectors: [CollectorName: any Collector]
    private let verification: VerificationRunner?
    private let verificationNews: AsyncStream<Void>
    private let clock: Clock
    private var log: FailureLog

    private var capabilities = Capabilities.unknown
    private var capabilitiesRefresh: Duration?
    private var states: [CollectorName: CollectorState] = [:]
    private var blocks: [CollectorName: [FamilyBlock]] = [:]
    private var isUp: Bool?
    /// The newest state of the ledger that a page was made from.
    private var newest: LedgerStore.Snapshot?

    package init(_ parts: TargetParts, page: any PageSink, clock: Clock, logger: Logger) {
        configuration = parts.configuration
        settings = parts.settings
        outcomes = parts.outcomes
        hidesNames = parts.hidesNames
        api = parts.api
        login = parts.login
        ledger = parts.ledger
        statistics = parts.statistics
        server = parts.server
        verification = parts.verification
        verificationNews = parts.news
        self.page = page
        self.clock = clock
        log = FailureLog(logger: logger)
        // The server's collector always runs: it decides whether the target is up.
        let names = Set(configuration.collectors + [.server])
        collectors = Dictionary(
            uniqueKeysWithValues: Collectors.all.filter { names.contains(type(of: $0).name) }
                .map { (type(of: $0).name, $0) })
        for name in collectors.keys { states[name] = CollectorState() }
    }

    /// Collects until the task is cancelled, then saves what is not saved yet.
    package func run() async {
        await publish()
        await runOnce(.server)
        await withDiscardingTaskGroup { group in
            for name in collectors.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
                group.addTask { await self.repeatCollector(name, startsAtOnce: name != .server) }
                group.addTask { await self.watchAge(of: name) }
            }
            if let verification {
                group.addTask { await verification.run() }
                group.addTask { for await _ in self.verificationNews { await self.publish() } }
            }
        }
        await ledger.close()
    }

    /// Has the password read anew before the next call.
    func readPasswordAgain() async {
        await login.readAgain()
    }

    private func repeatCollector(_ name: CollectorName, startsAtOnce: Bool) async {
        let interval = settings.interval(for: name).duration
        var next = clock.uptime() + (startsAtOnce ? .zero : interval)
        while !Task.isCancelled {
            let wait = next - clock.uptime()
            if wait > .zero {
                do { try await clock.sleep(wait) } catch { return }
            }
            await runOnce(name)
            // Kept to the beat; beats that a slow run has missed are left out.
            next = max(next + interval, clock.uptime())
        }
    }

    /// Runs one collector once, whatever time it is.
    package func runOnce(_ name: CollectorName) async {
        guard let collector = collectors[name] else { return }
        let start = clock.uptime()
        if name == .server { await refreshCapabilities(at: start) }
        let isSupported = capabilities.offers(type(of: collector).functions)
        states[name]?.isSupported = isSupported
        guard isSupported != false else {
            await publish(changed: name) {
                states[name]?.isUnsupported()
                // Without a heartbeat the other calls tell; the target was tried all the same.
                if name == .server { isUp = wasLetIn(before: start) }
            }
            return
        }
        let context = CollectionContext(
            api: api, deadline: Deadline(after: settings.timeout.duration, clock: clock), ledger: ledger,
            statistics: statistics, server: server, settings: outcomes)
        let result: Result<any CollectedFacts, APIError>
        do throws(APIError) {
            result = .success(try await collector.collect(context))
        } catch {
            if Task.isCancelled { return }
            result = .failure(error)
        }
        let (now, uptime) = (clock.now(), clock.uptime())
        await publish(changed: name) {
            switch result {
            case .success(let facts):
                states[name]?.succeeded(with: facts, at: now, uptime: uptime)
                log.succeeded(name)
            case .failure(let error):
                states[name]?.failed(error)
                log.failed(name, error, at: uptime)
            }
            states[name]?.duration = uptime - start
            if name == .server { isUp = judge(since: start) }
        }
    }

    /// Whether the API was reached and let the exporter in.
    ///
    /// Where the heartbeat alone has trouble of a kind that one function can have by itself, the other calls of the
    /// last interval decide.
    private func judge(since start: Duration) -> Bool {
        switch states[.server]?.lastError?.reason {
        case nil, .apiError: true
        case .dns, .connect, .tls, .unauthorized, .forbidden, .cancelled: false
        case .timeout, .httpStatus, .badReply, .tooLarge:
            wasLetIn(before: start)
        }
    }

    /// Whether any call was let in during the last interval of the heartbeat, or since.
    private func wasLetIn(before start: Duration) -> Bool {
        statistics.wasLetIn(since: start - settings.interval(for: .server).duration)
    }

    /// Asks which functions there are; a server that does not say is believed to offer all.
    private func refreshCapabilities(at now: Duration) async {
        if let capabilitiesRefresh, now - capabilitiesRefresh < Self.capabilitiesInterval { return }
        // A third of the time: a server that hangs here must not cost the heartbeat its turn.
        let deadline = Deadline(after: settings.timeout.duration / 3, clock: clock)
        do throws(APIError) {
            capabilities = Capabilities(try await api.metadata(by: deadline))
            log.succeededMetadata()
            // A server that is still starting may list little: while something is missing it is asked again each time.
            let isComplete = collectors.values.allSatisfy { capabilities.offers(type(of: $0).functions) == true }
            capabilitiesRefresh = isComplete ? now : nil
        } catch {
            log.failedMetadata(error)
        }
    }

    // MARK: - The page

    private func watchAge(of name: CollectorName) async {
        let maximumAge = settings.maximumAge(for: name).duration
        while !Task.isCancelled {
            let expiry = states[name]?.expiry(maximumAge: maximumAge)
            let wait = expiry.map { $0 - clock.uptime() } ?? maximumAge
            if wait > .zero {
                do { try await clock.sleep(wait) } catch { return }
            }
            await expire(name)
        }
    }

    /// Takes what is too old off the page.
    package func expire(_ name: CollectorName) async {
        let maximumAge = settings.maximumAge(for: name).duration
        guard states[name]?.expire(at: clock.uptime(), maximumAge: maximumAge) == true else { return }
        log.expired(name, after: maximumAge)
        await publish(changed: name)
    }

    /// Hands over the page as it is now.
    ///
    /// Nothing suspends between the change and the page, so no page ever shows a half of it; and the newest ledger that
    /// was seen serves all pages, so no counter ever falls back because two collectors finished together.
    ///
    /// - Parameters:
    ///   - name: The collector whose facts have changed; `nil` where none has.
    ///   - change: What has changed.
    package func publish(changed name: CollectorName? = nil, _ change: () -> Void = {}) async {
        let snapshot = await ledger.snapshot
        if snapshot.revision >= newest?.revision ?? 0 { newest = snapshot }
        let ledger = newest?.ledger ?? snapshot.ledger
        change()
        if let name {
            var samples = makeWriter()
            states[name]?.facts?.write(to: &samples, ledger: ledger)
            blocks[name] = samples.finish()
        }
        var samples = makeWriter()
        status.write(to: &samples)
        OutcomeCounters.write(ledger, to: &samples)
        // The exporter's own verifications need no collector to be known.
        let hasJobs = states[.jobs]?.facts != nil && states[.stores]?.facts != nil
        if hasJobs || configuration.verification != nil {
            VerificationOutcomes.write(
                ledger, configuration.verification, success: outcomes.rules.success, to: &samples)
        }
        // What the exporter itself does is true whatever the server says.
        VerificationProgress.write(ledger, configuration.verification, to: &samples)
        let collected = collectors.keys.sorted { $0.rawValue < $1.rawValue }.flatMap { blocks[$0] ?? [] }
        page.update(
            TargetPage(
                target: configuration.name, blocks: samples.finish() + collected, wasTried: isUp != nil,
                stateSaveFailures: newest?.saveFailures ?? 0,
                newDuplicates: (name.flatMap { blocks[$0] } ?? []).reduce(0) { $0 + $1.duplicates },
                report: report(ledger)))
    }

    private func report(_ ledger: TargetLedger) -> TargetReport {
        let status = status
        return TargetReport(
            configuration: configuration, hidesNames: hidesNames, success: outcomes.rules.success, isUp: isUp,
            collectors: status.collectors, certificate: status.counts.certificate, clockSkew: status.clockSkew,
            ledger: ledger, calls: statistics.calls)
    }

    private func makeWriter() -> SampleWriter {
        SampleWriter(target: configuration.name, hidesNames: hidesNames)
    }

    private var status: TargetStatus {
        TargetStatus(
            isUp: isUp, counts: statistics.counts, clockSkew: server.skew,
            collectors: Collectors.all.map { type(of: $0).name }.compactMap { name in
                states[name].map { (name, settings.interval(for: name).duration, $0) }
            })
    }
}
