import Collection
import Configuration
internal import CurlTransport
internal import Exposition
import Ledger
import Logging
internal import MailStoreAPI
internal import MicroHTTPServer
import OperatingSystem
import Systemd
internal import UnixSignals
import Web

/// The running exporter: collects all targets and answers scrapes until it is stopped.
///
/// `init` detects all startup errors and already listens; after it the program runs until it is stopped.
struct ExporterProgram: LongRunning {
    private let supervisor: TargetSupervisor
    private let reloader: Reloader?
    private let webConfiguration: WebConfigurationWatcher
    /// Handled from the start, so that an early signal does not end the program.
    private let hangups: UnixSignalsSequence?
    private let store: SnapshotStore
    private let server: HTTPServer
    private let connectionLog: ConnectionLog
    private let metrics: MetricsEndpoint
    private let engine: CurlEngine
    private let notifier: ServiceNotifier
    /// The check that must pass before a watchdog keep-alive is sent.
    private let check: LivenessCheck
    private let targetCount: Int
    /// The path of the metrics.
    let telemetryPath: String
    /// What the log says of the program at its start.
    private let facts: Logger.Metadata
    /// Locked while the program runs.
    private let stateDirectory: StateDirectory
    private let state: StateDatabase
    private let logger: Logger

    /// Prepares the state directory, the targets and the web endpoint, and listens.
    ///
    /// The first page is ready before the program listens: no scrape after a restart misses the counters.
    ///
    /// - Parameter source: Where a reload reads the configuration, with the state of the target files; nil if it cannot
    ///   change.
    /// - Throws: ``StartupError`` with the remedy.
    init(
        _ configuration: Configuration, from source: (ConfigurationSource, TargetFileReport)? = nil, web: WebSettings,
        environment: [String: String], build: BuildInformation, logger: Logger
    ) async throws(StartupError) {
        let descriptors = Descriptors.raiseLimit()
        try Descriptors.requireMinimum()
        let clock = Clock.system
        FreedMemory.returnLargeBlocks()
        let budget = ConnectionBudget(web, for: configuration, descriptors: descriptors)
        if let limit = budget.limit {
            logger.warning(
                """
                the limit on file descriptors is too low for --web.max-connections beside the collecting; fewer \
                connections are allowed: raise it (LimitNOFILE= in the systemd unit, or ulimit -Hn)
                """,
                metadata: ["descriptors": "\(limit)", "connections": "\(budget.total)"])
        }
        let manager = ServiceEnvironment.take(from: environment)
        let notifier = ServiceNotifier(manager, logger: logger)
        let places = try Self.listenPlaces(web, manager, logger)
        let catalogue = try Self.catalogue()
        let stateDirectory = try StateDirectory(configuration.stateDirectory, logger: logger)
        self.stateDirectory = stateDirectory
        let state = try Self.state(in: configuration, owner: stateDirectory, clock: clock, logger: logger)
        let store = SnapshotStore(
            catalogue: catalogue, targets: configuration.targets.map(\.name), clock: clock, logger: logger)
        let engine = CurlEngine()
        let pulse = CollectionPulse(clock: clock)
        let sharedLimiter = SharedCallLimiter()
        let supervisor = TargetSupervisor(store: store) { settings, configuration throws(StartupError) in
            let parts = try await Self.parts(
                settings.target, of: configuration, state: state, engine: engine,
                limiter: sharedLimiter.limiter(configuration.collection.maximumConcurrentCallsToAll),
                environment: environment, clock: clock, logger: logger)
            return TargetMonitor(parts, pulse: pulse, update: store.update)
        }
        let changes = try await supervisor.apply(configuration)
        for failure in changes.failures { logger.error("target not collected", metadata: ["error": "\(failure)"]) }
        store.render()

        let status = ConfigurationStatus(
            configuration, targetFiles: source?.1 ?? TargetFileReport(), start: clock.now())
        let webConfiguration = try Self.webConfiguration(web, status, clock, logger)
        let reloader = source.map {
            Reloader(
                $0.0, supervisor: supervisor, web: webConfiguration, status: status, clock: clock, logger: logger,
                notifier: notifier)
        }
        hangups = source == nil ? nil : await UnixSignalsSequence(trapping: .sighup)

        metrics = MetricsEndpoint(
            store: store, catalogue: catalogue, build: build, configuration: status, clock: clock)
        let reload = reloader.map { reloader in { @Sendable () async -> ReloadOutcome in await reloader.reload() } }
        let router = Router(
            metrics: metrics, probes: ProbeEndpoint(store: store, catalogue: catalogue), store: store,
            pages: StatusPages(
                store: store, build: build, configuration: status, telemetryPath: web.telemetryPath, clock: clock),
            telemetryPath: web.telemetryPath, reload: web.enablesLifecycle ? reload : nil)
        let access = WebAccess(await webConfiguration.configuration, clock: clock)
        let server = try Self.listen(
            on: places, web, budget, tls: await webConfiguration.configuration.tls, access: access, router: router)
        metrics.watch(server)
        await webConfiguration.attach {
            // A reload that failed because of these files is retried.
            if !status.isValid { await reloader?.reload() }
        } apply: { new in
            if let tls = new.tls { try server.replace(tls: tls.identity, policy: tls.policy) }
            access.apply(new)
        }
        self.supervisor = supervisor
        self.state = state
        self.reloader = reloader
        self.webConfiguration = webConfiguration
        self.store = store
        self.server = server
        connectionLog = ConnectionLog(
            counts: { server.connectionCounts }, budget: budget, clock: clock, logger: logger)
        self.engine = engine
        self.notifier = notifier
        check = pulse.check
        targetCount = configuration.targets.count
        telemetryPath = web.telemetryPath
        facts = [
            "version": "\(BuildInformation.version)", "targets": "\(targetCount)",
            "config_file": "\(source?.0.file ?? "none")", "tls": "\(await webConfiguration.configuration.tls != nil)",
        ]
        self.logger = logger
    }

    private static func catalogue() throws(StartupError) -> Catalogue {
        do throws(CatalogueError) {
            return try MetricCatalogue.make()
        } catch {
            throw StartupError("the metric catalogue contradicts itself, please report this: \(error)")
        }
    }

    private static func webConfiguration(
        _ web: WebSettings, _ status: ConfigurationStatus, _ clock: Clock, _ logger: Logger
    ) throws(StartupError) -> WebConfigurationWatcher {
        do throws(ConfigurationError) {
            return try WebConfigurationWatcher(
                path: web.configurationFile, status: status, clock: clock, logger: logger)
        } catch {
            throw StartupError("\(error)", isMistake: true)
        }
    }

    private static func state(
        in configuration: Configuration, owner: StateDirectory, clock: Clock, logger: Logger
    ) throws(StartupError) -> StateDatabase {
        do throws(StateError) {
            return try StateDatabase(in: configuration.stateDirectory, owner: owner, clock: clock, logger: logger)
        } catch {
            throw StartupError(error.description)
        }
    }

    private static func parts(
        _ target: TargetConfiguration, of configuration: Configuration, state: StateDatabase, engine: CurlEngine,
        limiter: CallLimiter, environment: [String: String], clock: Clock, logger: Logger
    ) async throws(StartupError) -> TargetDependencies {
        var logger = logger
        logger[metadataKey: "target"] = "\(target.name)"
        let transport = CurlTransport(
            engine: engine,
            options: CurlOptions(
                target, configuration.collection, environment: environment,
                userAgent: "mailstore_exporter/\(BuildInformation.version)"))
        do throws(StateError) {
            let saved = try await state.load(StateKey(target.name), now: clock.now())
            return TargetDependencies(
                target, of: configuration, transport: transport, state: state, saved: saved, sharedLimiter: limiter,
                environment: environment, clock: clock, logger: logger)
        } catch {
            throw StartupError(error.description)
        }
    }

    private static func listenPlaces(
        _ web: WebSettings, _ manager: ServiceEnvironment, _ logger: Logger
    ) throws(StartupError) -> [ListenEndpoint] {
        if web.usesSystemdSocket { return try ActivationSocket.adopt(manager).map(ListenEndpoint.init) }
        if manager.listening != nil {
            logger.warning("sockets from systemd are not used: --web.systemd-socket is not set")
        }
        return web.listenAddresses.map(ListenEndpoint.init)
    }

    private static func listen(
        on places: [ListenEndpoint], _ web: WebSettings, _ budget: ConnectionBudget, tls: WebTLS?, access: WebAccess,
        router: Router
    ) throws(StartupError) -> HTTPServer {
        let options = ServerOptions(
            endpoints: places.map {
                ServerEndpoint(host: $0.host, port: $0.port, descriptor: $0.adopted?.descriptor)
            },
            tls: tls?.identity, tlsPolicy: tls?.policy ?? TLSPolicy(), connectionLimit: budget.total,
            perAddressConnectionLimit: budget.perAddress, headTimeout: 10,
            // Longer than Prometheus's usual interval, so that its connections stay open.
            idleTimeout: 180,
            // Longer than any scrape takes.
            replyTimeout: 30)
        do throws(ServerError) {
            return try HTTPServer(options) { request in access.reply(to: request, from: router) }
        } catch {
            guard error.kind != .badCertificate, error.kind != .badPolicy else {
                throw StartupError("\(web.configurationFile ?? ""): \(error)", isMistake: true)
            }
            guard !web.usesSystemdSocket else { throw StartupError("--web.systemd-socket: \(error)") }
            throw StartupError("\(error); --web.listen-address sets the address")
        }
    }

    /// The time for the last saves and for requests in flight, when the program ends; see ``LongRunning``.
    private static let grace = Duration.seconds(4)

    /// The listen addresses, with their ports.
    var boundAddresses: [String] {
        server.endpoints.map { endpoint in
            // A local socket has no port.
            if endpoint.port == 0 { return endpoint.host }
            return endpoint.host.contains(":")
                ? "[\(endpoint.host)]:\(endpoint.port)" : "\(endpoint.host):\(endpoint.port)"
        }
    }

    /// Collects and answers until the task is cancelled.
    func run() async {
        for address in boundAddresses {
            logger.notice("listening", metadata: facts.merging(["address": "\(address)"]) { $1 })
        }
        notifier.ready(
            "\(ServiceNotifier.watching(targetCount)), listening on \(boundAddresses.joined(separator: ", "))")
        let end = Locked(ContinuousClock.now)
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await notifier.run(check, clock: .system) }
                group.addTask { await store.run() }
                group.addTask { await supervisor.run() }
                group.addTask { await webConfiguration.run() }
                group.addTask { await connectionLog.run() }
                if let reloader { group.addTask { await reloader.watchTargetFiles() } }
                if let reloader, let hangups {
                    group.addTask { for await _ in hangups { await reloader.reload() } }
                }
            }
        } onCancel: {
            end.withLock { $0 = .now + Self.grace }
        }
        server.stop(grace: max(0, (end.withLock { $0 } - .now) / .seconds(1)))
        metrics.watch(nil)
        engine.shutdown()
        await state.close(within: .seconds(1))
        logger.notice("stopped")
    }
}
