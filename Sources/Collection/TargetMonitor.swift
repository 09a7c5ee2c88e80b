package import Configuration
import Exposition
import Ledger
import MailStoreAPI
import OperatingSystem

/// Collects one target on a timer and updates its page.
///
/// Each run of a collector is a task of its own, so that one that hangs or fails does not affect the others. The heartbeat
/// of the edition runs first: its call finds out whether the login works.
package actor TargetMonitor {
    /// How long a server's list of functions is used.
    private static let capabilitiesInterval = Duration.seconds(3600)
    /// How often a refused password is read again, which makes no call.
    private static let passwordInterval = Duration.seconds(5)
    /// How long the last save may take: the end of the program has a limit.
    private static let lastSavePatience = Duration.seconds(2)

    private let target: TargetDependencies
    /// Those of each edition that the server may be of.
    private let collectors: [Edition: [CollectorName: any Collector]]
    private let verification: VerificationRunner?
    private let pulse: CollectionPulse?
    private let update: @Sendable (TargetPage) -> Void
    private var log: FailureLog

    /// The edition of the server; `nil` until it is known, and then MailStore Server is assumed.
    private var edition: Edition?
    /// The edition that the functions show, if it is another one than the configuration says: nothing is collected.
    private var contradiction: Edition?
    private var capabilities = Capabilities.unknown
    private var capabilitiesRefresh: Duration?
    private var states: [CollectorName: CollectorState] = [:]
    private var timetable: Timetable
    /// Wakes the loop up at the next time when there is something to do.
    private let alarm: Alarm
    private var isUp: Bool?
    private var recovery = Recovery()
    /// When to look next whether a refused password has changed, on the monotonic clock.
    private var passwordLook: Duration?
    private var notes: [String] = []
    /// The newest ledger state that a page was rendered from.
    private var newest: LedgerStore.Snapshot?
    private var pages: PageMaker
    private var verifications: InstanceVerifications?

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
        edition = target.configuration.edition
        let editions = edition.map { [$0] } ?? Edition.allCases
        collectors = Dictionary(
            uniqueKeysWithValues: editions.map { edition in
                let all = Collectors.all(of: edition, for: target.configuration)
                return (edition, Dictionary(uniqueKeysWithValues: all.map { (type(of: $0).name, $0) }))
            })
        timetable = Timetable([], at: .zero, phase: 1)
        alarm = Alarm(clock: target.clock)
        pages = PageMaker(target)
        for name in (collectors[edition ?? .server] ?? [:]).keys { states[name] = CollectorState() }
    }

    private var heartbeat: CollectorName { (edition ?? .server).heartbeat }

    /// The collectors of the server's edition.
    private var activeCollectors: [CollectorName: any Collector] { collectors[edition ?? .server] ?? [:] }

    /// Collects until the task is cancelled, then saves unsaved state.
    package func run() async {
        let name = target.configuration.name
        pulse?.begin(name, target.settings)
        defer { pulse?.end(name) }
        await publish()
        let start = target.clock.uptime()
        timetable = Timetable(Set(collectors.values.flatMap(\.keys)), at: start, phase: target.phase)
        await runOnce(heartbeat)
        ended(heartbeat)
        // The archives of instances are collected when it is known which instances there are.
        if edition == .serviceProvider { timetable.hold(Collectors.archives.map { type(of: $0).name }) }
        await withDiscardingTaskGroup { group in
            if let verification, edition != .serviceProvider {
                group.addTask { await verification.run { await self.publish() } }
            }
            for await _ in alarm.rings {
                await lookForNewPassword()
                for name in timetable.takeDue(at: target.clock.uptime()) {
                    group.addTask {
                        await self.runOnce(name)
                        await self.ended(name)
                    }
                }
                if !staleNames.isEmpty { await publish() }
                alarm.set(nextEvent)
            }
            group.cancelAll()
        }
        await alarm.stop()
        await verifications?.stop()
        await saveAll()
    }

    /// Plans the next run of a collector.
    private func ended(_ name: CollectorName) {
        timetable.ended(
            name, at: target.clock.uptime(), interval: target.settings.interval(for: name).duration,
            // All collectors wait for the pause after a refused login to end, also those that run once an hour.
            pause: states[name]?.lastError?.retryAfter)
        if name == .instances { timetable.release() }
        timetable.hasten(repaired, at: target.clock.uptime())
        alarm.ring()
    }

    /// The collectors whose failure has a cause that is gone, and those whose functions the server did not list before.
    private var repaired: [CollectorName] {
        activeCollectors.compactMap { name, collector in
            guard let state = states[name] else { return nil }
            let isListed =
                state.isSupported == false && contradiction == nil
                && capabilities.offers(type(of: collector).functions) == true
            return isListed || recovery.ends(state) ? name : nil
        }
    }

    /// Has the heartbeat try a password at once that has changed since it was refused.
    private func lookForNewPassword() async {
        guard let error = states[heartbeat]?.lastError, error.reason == .unauthorized, !error.concernsFunctionAlone
        else { return passwordLook = nil }
        let now = target.clock.uptime()
        if let passwordLook, now < passwordLook { return }
        passwordLook = now + Self.passwordInterval
        if await target.login.hasNewPassword { timetable.hasten([heartbeat], at: now) }
    }

    /// When the next collector is due, or the next value too old.
    private var nextEvent: Duration? {
        let expiries = states.compactMap { name, state in
            state.expiry(maximumAge: target.settings.maximumAge(for: name).duration)
        }
        return ([timetable.earliest, passwordLook].compactMap(\.self) + expiries).min()
    }

    /// Saves what is not saved yet, that of all instances together.
    private func saveAll() async {
        let archives = target.instances.withLock { $0.all }.compactMap(\.archive)
        await withDiscardingTaskGroup { group in
            for ledger in [target.ledger] + archives.map(\.ledger) {
                group.addTask { await ledger.saveNow(patience: Self.lastSavePatience) }
            }
        }
    }

    /// Has the password read again before the next call, and tries a target at once that is not up.
    func readPasswordAgain() async {
        await target.login.readAgain()
        guard isUp == false else { return }
        timetable.hasten([heartbeat], at: target.clock.uptime())
        alarm.ring()
    }

    /// Runs one collector once, now; one that is not of the server's edition does nothing.
    ///
    /// The run of a heartbeat that finds out that the server is of the other edition is one of that edition's heartbeat.
    package func runOnce(_ wanted: CollectorName) async {
        let start = target.clock.uptime()
        let isHeartbeat = wanted == heartbeat
        if isHeartbeat { await refreshCapabilities(at: start) }
        let name = isHeartbeat ? heartbeat : wanted
        guard let collector = activeCollectors[name] else { return }
        let isSupported = contradiction == nil ? capabilities.offers(type(of: collector).functions) : false
        states[name]?.isSupported = isSupported
        guard isSupported != false else {
            await publish(changed: name) {
                states[name]?.becameUnsupported()
                states[name]?.ended(at: start)
                // Without the heartbeat's call, the other calls decide. Either way, the target was tried.
                if name == heartbeat {
                    found(isUp: wasAccepted(before: start))
                    log.heartbeatEnded(at: start)
                }
                updateNotes()
            }
            return
        }
        let deadline = Deadline(after: target.settings.timeout.duration, clock: target.clock)
        let result: Result<any CollectedValues, APIError>
        do throws(APIError) {
            result = .success(
                try await collector.collect(
                    CollectionContext(target, deadline: deadline, capabilities: capabilities)))
        } catch {
            if Task.isCancelled { return }
            result = .failure(error)
        }
        let (now, uptime) = (target.clock.now(), target.clock.uptime())
        let flaws = target.statistics.takeFlaws(of: type(of: collector).allFunctions.map(\.rawValue))
        log.found(flaws)
        let beat = activeCollectors[heartbeat].flatMap { type(of: $0).functions.first }
        let isHeartbeatRefusedAlone = await target.login.isOwnRefusal(of: beat?.rawValue ?? "")
        await publish(changed: name) {
            switch result {
            case .success(let values): states[name]?.collected(values, flaws: flaws, at: now, uptime: uptime)
            case .failure(let error): states[name]?.failed(error)
            }
            states[name]?.ended(at: uptime, after: uptime - start)
            let reason = states[heartbeat]?.lastError?.reason
            // While only the heartbeat's call is refused, every other call may change the verdict.
            if name == heartbeat || reason == .unauthorized || reason == .forbidden {
                found(isUp: judge(since: start, isHeartbeatRefusedAlone: isHeartbeatRefusedAlone))
            }
            if let error = states[name]?.lastError { log.failed(name, error, at: uptime) } else { log.succeeded(name) }
            if name == heartbeat { log.heartbeatEnded(at: uptime) }
            updateNotes()
        }
        if name == .instances { followVerifications() }
    }

    private func found(isUp newest: Bool) {
        let (now, state) = (target.clock.uptime(), states[heartbeat])
        recovery.take(heartbeat: state, wasUp: isUp, isUp: newest, at: now)
        isUp = newest
        log.found(
            isUp: newest, state?.lastError, target.statistics.counts.certificate,
            facts: OutageLog.facts(state?.values, hidesNames: target.hidesNames), at: now)
    }

    /// Runs the verifications of the instances that are listed now.
    private func followVerifications() {
        guard let settings = target.configuration.verification, !Task.isCancelled else { return }
        if verifications == nil {
            verifications = InstanceVerifications(settings, of: target) { [weak self] in await self?.publish() }
        }
        verifications?.follow()
    }

    /// Whether the API was reached and accepted the login.
    ///
    /// If the heartbeat's call failed for a reason that may be specific to one function, the other calls of the
    /// last interval decide.
    private func judge(since start: Duration, isHeartbeatRefusedAlone: Bool) -> Bool {
        switch states[heartbeat]?.lastError?.reason {
        case nil, .apiError: true
        case .dns, .connect, .tls, .cancelled: false
        case .unauthorized, .forbidden:
            isHeartbeatRefusedAlone && areOthersAccepted(at: start)
        case .timeout, .httpStatus, .badReply, .tooLarge:
            wasAccepted(before: start)
        }
    }

    /// Whether the server accepted any call during the last interval of the heartbeat, or since.
    private func wasAccepted(before start: Duration) -> Bool {
        target.statistics.wasAccepted(since: start - target.settings.interval(for: heartbeat).duration)
    }

    /// Whether the calls of the other collectors are accepted at present.
    private func areOthersAccepted(at now: Duration) -> Bool {
        let intervals = activeCollectors.keys.filter { $0 != heartbeat && states[$0]?.isSupported != false }
            .map { target.settings.interval(for: $0).duration }
        let window = max(intervals.min() ?? .zero, target.settings.interval(for: heartbeat).duration)
        return target.statistics.isAnswering(since: now - window - target.settings.timeout.duration)
    }

    /// Finds what does not fit between the configuration and the server, and logs it once.
    private func updateNotes() {
        let configuration = target.configuration
        let serviceProvider =
            contradiction == nil && edition != .serviceProvider
            ? TargetNotes.serviceProvider(
                at: configuration.url, errors: states.values.compactMap(\.lastError),
                isServer: states[.server]?.lastSuccess != nil) : nil
        notes =
            TargetNotes.unknownKeys(
                of: configuration.expectedIntervals,
                jobs: (states[.jobs]?.values as? JobsCollector.Values)?.jobs,
                profiles: (states[.profiles]?.values as? ProfilesCollector.Values)?.profiles,
                hidesNames: target.hidesNames)
            + [serviceProvider, contradiction.map { TargetNotes.contradiction(of: configuration, and: $0) }].compactMap(
                \.self)
            + (edition == .serviceProvider
                ? TargetNotes.instances(
                    of: configuration, states[.instances]?.values as? InstancesCollector.Values,
                    states[.instances]?.lastError) : [])
        log.noted(notes)
    }

    /// Asks which functions the server offers; a server that does not answer is assumed to offer all of them.
    private func refreshCapabilities(at now: Duration) async {
        if let capabilitiesRefresh, now - capabilitiesRefresh < Self.capabilitiesInterval { return }
        // A third of the time-out: a server that hangs here must not also prevent the heartbeat from running.
        let deadline = Deadline(after: target.settings.timeout.duration / 3, clock: target.clock)
        do throws(APIError) {
            let asksForLogin = (contradiction ?? edition) == .serviceProvider
            let metadata = try await target.api.metadata(by: deadline, sending: asksForLogin ? .always : .ifAsked)
            recognize(Edition(of: metadata))
            let kinds = activeCollectors.values.map { type(of: $0) }
            let needed = kinds.flatMap { $0.functions }
            capabilities = Capabilities(metadata, needed: needed)
            guard contradiction != nil || capabilities.names != nil else {
                let error = Capabilities.uselessList(metadata)
                target.statistics.callFailed(error)
                throw error
            }
            log.succeededMetadata()
            log.listed(Set(metadata.map(\.name)), needed: needed.map(\.rawValue))
            log.found(target.statistics.takeFlaws(of: [ServiceCall.getMetadata.rawValue]))
            // A server that is still starting may list only some functions: while one is missing, every run asks again.
            let isComplete = kinds.allSatisfy { capabilities.offers($0.functions) == true }
            capabilitiesRefresh = isComplete ? now : nil
        } catch {
            log.failedMetadata(error)
        }
    }

    /// Takes over the edition that the functions show.
    private func recognize(_ shown: Edition?) {
        guard let shown else { return }
        guard target.configuration.edition == nil else {
            contradiction = shown == edition ? nil : shown
            return
        }
        let former = edition
        edition = shown
        guard (former ?? .server) != shown else { return }
        target.logger.notice("the edition of the server is recognized", metadata: ["edition": "\(shown.rawValue)"])
        states = activeCollectors.mapValues { _ in CollectorState() }
        pages = PageMaker(target)
        target.statistics.begin(activeCollectors.values.flatMap { type(of: $0).allFunctions })
    }

    // MARK: - The page

    /// The collectors whose values are too old.
    private var staleNames: [CollectorName] {
        let now = target.clock.uptime()
        return states.keys.filter { name in
            let maximumAge = target.settings.maximumAge(for: name).duration
            return states[name]?.expiry(maximumAge: maximumAge).map { $0 <= now } ?? false
        }
    }

    /// Drops stale values.
    private func expire() -> Set<CollectorName> {
        let stale = staleNames
        for name in stale {
            let maximumAge = target.settings.maximumAge(for: name).duration
            _ = states[name]?.expire(at: target.clock.uptime(), maximumAge: maximumAge)
            log.expired(name, after: maximumAge)
        }
        return Set(stale)
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
        let shown = newest ?? snapshot
        change()
        let changed = expire().union(name.map { [$0] } ?? [])
        let page = pages.page(
            report(shown.ledger), changed: changed,
            stateSaveFailures: shown.saveFailures
        ) { log.limited($0, limit: target.limits.seriesPerTarget) }
        pulse?.beat(target.configuration.name)
        update(page)
    }

    private func report(_ ledger: TargetLedger) -> TargetReport {
        TargetReport(
            configuration: target.configuration, settings: target.settings, hidesNames: target.hidesNames,
            success: target.rules.success, isUp: isUp, edition: edition, notes: notes,
            collectors: CollectorName.allCases.compactMap { name in
                states[name].map { (name, target.settings.interval(for: name).duration, $0) }
            },
            counts: target.statistics.counts, stateAge: target.ledger.ageAtStart, clockSkew: target.server.skew,
            ledger: ledger, calls: target.statistics.calls)
    }
}
