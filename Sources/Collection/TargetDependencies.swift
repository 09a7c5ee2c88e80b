package import Configuration
package import CurlTransport
package import Ledger
package import Logging
package import MailStoreAPI
package import OperatingSystem

/// The components that collect one target, or one instance of a Service Provider Edition, created from the configuration.
package struct TargetDependencies: Sendable {
    package let configuration: TargetConfiguration
    /// The id of the instance; `nil` for the target itself.
    package private(set) var instance: String?
    package let settings: CollectionSettings
    package let rules: OutcomeRules
    let expectations: Expectations
    /// The part of an interval by which the rounds of this target follow those of the first target, above 0, up to 1.
    let phase: Double
    package let hidesNames: Bool
    let limits: LimitSettings
    package private(set) var api: APIClient
    /// A separate client: the long polls of a verification must not use up the collectors' concurrent calls.
    private(set) var verificationAPI: APIClient
    private(set) var verificationLogs: VerificationLogArchive
    /// The thread that writes state and logs.
    let stateFiles: WorkerThread
    let login: LoginBackoff
    package private(set) var ledger: LedgerStore
    let state: StateDatabase?
    private let ledgerLimits: OutcomeLedger.Limits
    package let statistics: TargetStatistics
    package let server: ServerClock
    private(set) var outcomeLog: OutcomeLog
    /// What is known of the instances of a Service Provider Edition.
    let instances = Locked(InstanceTable())
    /// How many instances are asked at a time: one call of the target is left to its other collectors.
    var instancesAtATime: Int { max(1, settings.maximumConcurrentCalls - 1) }
    /// Limits them, over the rounds of all collectors.
    let instanceTurns: CallLimiter
    let clock: Clock
    private(set) var logger: Logger

    /// - Parameters:
    ///   - transport: Carries the calls to the target.
    ///   - state: Where the ledger survives restarts; `nil` keeps it in memory.
    ///   - saved: What `state` has of it.
    ///   - stateFiles: The thread that writes the logs of verifications.
    ///   - sharedLimiter: Limits the calls to all targets together; `nil` for no limit.
    package init(
        _ target: TargetConfiguration, of configuration: Configuration, transport: any HTTPTransport,
        state: StateDatabase?, saved: StateDatabase.Saved? = nil, stateFiles: WorkerThread = .stateFiles,
        ledgerLimits: OutcomeLedger.Limits = .standard, sharedLimiter: CallLimiter? = nil,
        environment: [String: String], clock: Clock, logger: Logger
    ) {
        self.configuration = target
        settings = configuration.collection
        hidesNames = configuration.hideNames
        limits = configuration.limits
        var rules = OutcomeRules(configuration.outcomes, configuration.collection, target)
        rules.limits = ledgerLimits
        (self.state, self.ledgerLimits) = (state, ledgerLimits)
        self.rules = rules
        expectations = Expectations(
            configured: target.expectedIntervals, automaticProfile: configuration.outcomes.profileExpectedInterval)
        let place = configuration.targets.firstIndex { $0.name == target.name } ?? configuration.targets.count - 1
        phase = Double(place + 1) / Double(max(1, configuration.targets.count))
        server = ServerClock(localZone: target.serverTimeZone, clock: clock)
        let statistics = TargetStatistics(
            functions: Collectors.all(of: target.edition ?? .server, for: target).flatMap { type(of: $0).allFunctions },
            server: server, clock: clock)
        self.statistics = statistics
        outcomeLog = OutcomeLog(
            statistics: statistics, server: server, limits: ledgerLimits, clock: clock, logger: logger)
        if saved == nil { logger.notice("no state yet: counting starts with the runs of the lookback") }
        ledger = LedgerStore(
            ledger: Self.ledger(saved, of: target, logger: logger), saved: saved, of: StateKey(target.name), in: state,
            rules: rules, logger: logger, clock: clock)
        Self.logGap(ledger.ageAtStart, target, logger)
        self.stateFiles = stateFiles
        instanceTurns = CallLimiter(limit: max(1, settings.maximumConcurrentCalls - 1))
        let password = target.password
        let login = LoginBackoff(username: target.username, clock: clock) { () throws(PasswordError) in
            try password.read(environment: environment)
        }
        self.login = login
        let maximumRows = limits.rowsPerReply
        func client(concurrentCalls: Int) -> APIClient {
            APIClient(
                transport: transport, login: login, limiter: CallLimiter(limit: concurrentCalls),
                sharedLimit: sharedLimiter.map { SharedCallLimit($0, clock: clock) }, observer: statistics,
                maximumRows: maximumRows, clock: clock)
        }
        api = client(concurrentCalls: settings.maximumConcurrentCalls)
        verificationAPI = client(concurrentCalls: 1)
        verificationLogs = VerificationLogArchive(
            stateDirectory: configuration.stateDirectory, target: target.name,
            limit: target.verification?.keptLogs ?? 1)
        self.clock = clock
        self.logger = logger
    }

    /// The components that collect one instance of this target.
    ///
    /// It shares the target's login, limits, clock and statistics, and has a ledger of its own.
    ///
    /// - Throws: ``StateError`` if there is state that must not be overwritten, or if the disk does not answer.
    func on(_ instance: Instance) async throws(StateError) -> TargetDependencies {
        let key = StateKey(configuration.name, instance: instance.id)
        let saved = try await state?.load(key, now: clock.now())
        var copy = self
        copy.instance = instance.id
        copy.logger[metadataKey: "instance_id"] = "\(instance.id)"
        copy.api = api.on(instance: instance.argument)
        // Each instance waits for its own verification.
        copy.verificationAPI = verificationAPI.on(instance: instance.argument, limiter: CallLimiter(limit: 1))
        copy.verificationLogs = verificationLogs.on(instance: instance.id)
        copy.outcomeLog = OutcomeLog(
            statistics: statistics, server: server, limits: ledgerLimits, clock: clock, logger: copy.logger)
        copy.ledger = LedgerStore(
            ledger: Self.ledger(saved, of: configuration, logger: copy.logger), saved: saved, of: key, in: state,
            rules: rules, logger: copy.logger, clock: clock)
        return copy
    }

    /// Logs that results have not been read for long: the exporter was stopped, or its state comes from a backup.
    private static func logGap(_ age: Duration?, _ target: TargetConfiguration, _ logger: Logger) {
        guard let age, age >= .seconds(86_400) else { return }
        logger.warning(
            target.verification == nil
                ? "results have not been read for long: the runs since then are counted now"
                : """
                results have not been read for long: the runs since then are counted now; if the state comes from a \
                backup, verifications that the exporter ran since then are not known
                """,
            metadata: ["days": "\(Int64(age.inSeconds / 86_400))"])
    }

    /// The saved ledger, as far as it applies to the target as it is configured now.
    private static func ledger(
        _ saved: StateDatabase.Saved?, of target: TargetConfiguration, logger: Logger
    ) -> TargetLedger {
        var ledger = saved?.ledger ?? TargetLedger()
        ledger.learnWords()
        if target.verification == nil, let abandoned = ledger.ownVerifications.current {
            logger.warning(
                "a running verification is no longer watched: verification was removed from the configuration",
                metadata: ["stores": "\(abandoned.stores.joined(separator: ","))"])
            ledger.ownVerifications = VerificationQueue()
        }
        if let former = ledger.server, former != target.url.description {
            logger.warning(
                "the target's URL has changed: its counters continue, its verifications are no longer watched",
                metadata: ["former_server": "\(former)"])
            ledger.ownVerifications.current = nil
            ledger.ownVerifications.pending = []
        }
        ledger.server = target.url.description
        return ledger
    }

    /// - Parameter budget: The items to show.
    package func makeWriter(_ budget: SeriesBudget = SeriesBudget()) -> SampleWriter {
        SampleWriter(target: configuration.name, instance: instance, hidesNames: hidesNames, budget: budget)
    }
}

extension CurlOptions {
    /// The connection settings of a target.
    ///
    /// - Parameter environment: The environment of the process, which may name a proxy and certificate authorities.
    package init(
        _ target: TargetConfiguration, _ settings: CollectionSettings, environment: [String: String], userAgent: String
    ) {
        self.init(
            baseURL: target.url.description, caFile: target.trust.caFile,
            pinnedPublicKey: target.trust.pin?.description, skipVerification: target.trust.skipsVerification,
            connectTimeout: settings.connectTimeout.duration,
            connectionMaximumAge: settings.connectionMaximumAge.duration, maximumReplySize: settings.maximumReplySize,
            // One more connection for the long polls of a verification.
            maximumConnections: settings.maximumConcurrentCalls + 1, userAgent: userAgent)
        proxy = Proxy(for: target.url.host, environment: environment)
        authorities = EnvironmentAuthorities(environment: environment)
    }
}

extension OutcomeRules {
    package init(_ outcomes: OutcomeSettings, _ collection: CollectionSettings, _ target: TargetConfiguration) {
        self.init(
            success: SuccessRule(includesCompletedWithErrors: outcomes.completedWithErrorsIsSuccess),
            reach: ReadingPlan.Reach(
                lookback: min(collection.lookback.duration, .seconds(7 * 86_400)),
                overlap: min(collection.overlap.duration, .seconds(7 * 86_400)),
                first: collection.lookback.duration,
                // On a server that lists runs by their start, no run that takes longer than this is found.
                long: .seconds(100 * 86_400)),
            waitsForStores: target.collectors.contains(.stores))
    }
}
