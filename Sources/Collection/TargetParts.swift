package import Configuration
import CurlTransport
package import Ledger
package import Logging
package import MailStoreAPI
package import OperatingSystem

/// What the collection of one target is made of, put together from the configuration.
package struct TargetParts: Sendable {
    package let configuration: TargetConfiguration
    package let settings: CollectionSettings
    package let outcomes: OutcomeContext
    package let hidesNames: Bool
    package let api: APIClient
    package let login: LoginBackoff
    /// Runs the exporter's own verifications; `nil` where the configuration asks for none.
    package let verification: VerificationRunner?
    /// Told when a verification has news for the page.
    let news: AsyncStream<Void>
    package let ledger: LedgerStore
    package let statistics: TargetStatistics
    package let server: ServerClock

    /// - Parameters:
    ///   - transport: Carries the calls to the target.
    ///   - ledgerFile: Where the ledger survives restarts; `nil` keeps it in memory.
    /// - Throws: ``LedgerFileError`` where there is a state file that must not be touched.
    package init(
        _ target: TargetConfiguration, of configuration: Configuration, transport: any HTTPTransport,
        ledgerFile: LedgerFile?, environment: [String: String], clock: Clock, logger: Logger
    ) throws(LedgerFileError) {
        self.configuration = target
        settings = configuration.collection
        hidesNames = configuration.hideNames
        outcomes = OutcomeContext(configuration.outcomes, configuration.collection, target)
        server = ServerClock(localZone: target.serverTimeZone, clock: clock)
        statistics = TargetStatistics(
            functions: Collectors.all.filter { ([.server] + target.collectors).contains(type(of: $0).name) }
                .flatMap { type(of: $0).functions },
            server: server, clock: clock)
        ledger = LedgerStore(
            ledger: try Self.loadLedger(
                ledgerFile, server: target.url.description, verifies: target.verification != nil,
                now: clock.now(), logger: logger),
            file: ledgerFile,
            rules: outcomes.rules, logger: logger, clock: clock)
        let password = target.password
        let login = LoginBackoff(username: target.username, clock: clock) { () throws(PasswordError) in
            try password.read(environment: environment)
        }
        self.login = login
        let observer = statistics
        func client(concurrentCalls: Int) -> APIClient {
            APIClient(
                transport: transport, login: login, limiter: CallLimiter(limit: concurrentCalls), observer: observer,
                clock: clock)
        }
        api = client(concurrentCalls: settings.maximumConcurrentCalls)
        let (news, hasNews) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.news = news
        let parts = VerificationParts(
            api: client(concurrentCalls: 1), ledger: ledger,
            archive: VerificationLogArchive(
                stateDirectory: configuration.stateDirectory, target: target.name,
                limit: target.verification?.keptLogs ?? 1),
            server: server, statistics: statistics, clock: clock, logger: logger
        ) { hasNews.yield() }
        verification = target.verification.map { VerificationRunner($0, parts: parts) }
    }

    private static func loadLedger(
        _ file: LedgerFile?, server: String, verifies: Bool, now: Timestamp, logger: Logger
    ) throws(LedgerFileError) -> TargetLedger {
        switch try file?.load(now: now) ?? .nothing {
        case .ledger(var ledger):
            ledger.learnWords()
            if !verifies, let abandoned = ledger.ownVerifications.current {
                logger.warning(
                    "a verification was under way and is no longer watched: verification is gone from the configuration",
                    metadata: ["stores": "\(abandoned.stores.joined(separator: ","))"])
                ledger.ownVerifications = VerificationQueue()
            }
            if let former = ledger.server, former != server {
                logger.warning(
                    "the target is another server than before: its counters go on, its verifications are not watched",
                    metadata: ["former_server": "\(former)"])
                ledger.ownVerifications.current = nil
                ledger.ownVerifications.pending = []
            }
            ledger.server = server
            return ledger
        case .nothing:
            logger.notice("no state yet: counting starts with the runs of the lookback")
        case .putAside(let reason, let path):
            logger.error(
                "state cannot be used: it was put aside, and counting starts anew",
                metadata: ["error": "\(reason)", "kept_as": "\(path)"])
        }
        var ledger = TargetLedger()
        ledger.server = server
        return ledger
    }
}

extension CurlOptions {
    /// How to reach a target.
    package init(_ target: TargetConfiguration, _ settings: CollectionSettings, userAgent: String) {
        self.init(
            baseURL: target.url.description, caFile: target.trust.caFile,
            pinnedPublicKey: target.trust.pin?.description, skipVerification: target.trust.skipsVerification,
            connectTimeout: settings.connectTimeout.duration, maximumReplySize: settings.maximumReplySize,
            // One more for the long polls of a verification.
            maximumConnections: settings.maximumConcurrentCalls + 1, userAgent: userAgent)
    }
}

extension OutcomeContext {
    package init(_ outcomes: OutcomeSettings, _ collection: CollectionSettings, _ target: TargetConfiguration) {
        self.init(
            rules: OutcomeRules(
                success: SuccessRule(includesCompletedWithErrors: outcomes.completedWithErrorsIsSuccess),
                reach: ReadingPlan.Reach(
                    // A run that took longer than a week and is listed by its start is beyond reach.
                    lookback: min(collection.lookback.duration, .seconds(7 * 86_400)),
                    overlap: min(collection.overlap.duration, .seconds(7 * 86_400)),
                    first: collection.lookback.duration),
                waitsForStores: target.collectors.contains(.stores)),
            expectations: Expectations(
                configured: target.expectedIntervals, automaticProfile: outcomes.profileExpectedInterval))
    }
}
