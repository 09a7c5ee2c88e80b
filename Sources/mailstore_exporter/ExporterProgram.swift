import Collection
import Configuration
internal import CurlTransport
internal import Exposition
import Ledger
import Logging
internal import MicroHTTPServer
import OperatingSystem
import ServiceLifecycle
import Systemd
internal import UnixSignals
import Web

/// The running exporter: collects all targets and answers scrapes until it is asked to stop.
///
/// Everything that can be wrong at the start is found by `init`, which already listens; so a program that got past it
/// runs until it is told to end.
struct ExporterProgram: Service {
    private let supervisor: TargetSupervisor
    private let reloader: Reloader?
    private let webConfiguration: WebConfigurationWatcher
    /// Trapped from the start, so that a signal that comes early does not end the program.
    private let hangups: UnixSignalsSequence?
    private let store: SnapshotStore
    private let servers: [HTTPServer]
    private let metrics: MetricsEndpoint
    private let engine: CurlEngine
    private let notifier: ServiceNotifier
    /// What must be well for a sign of life to the service manager.
    private let checks: [LivenessCheck]
    private let targetCount: Int
    /// Held for as long as the program runs.
    private let stateDirectory: StateDirectory
    private let logger: Logger

    /// Prepares the state directory, the targets and the web endpoint, and listens.
    ///
    /// The first page is there before anybody can ask for it: no scrape after a restart misses the counters.
    ///
    /// - Parameter source: Where the configuration is read again from; nil where it cannot change.
    /// - Throws: ``StartupError`` with the remedy.
    init(
        _ configuration: Configuration, from source: ConfigurationSource? = nil, web: WebSettings,
        environment: [String: String], build: BuildInformation, logger: Logger
    ) async throws(StartupError) {
        let clock = Clock.system
        let manager = ServiceEnvironment.take(from: environment)
        let notifier = ServiceNotifier(manager, logger: logger)
        let places =
            web.usesSystemdSocket
            ? try AdoptedSocket.adopt(manager).map(ListenPlace.init) : web.listenAddresses.map(ListenPlace.init)
        if !web.usesSystemdSocket, manager.listening != nil {
            logger.warning("systemd hands over sockets, which are used only with --web.systemd-socket")
        }
        let catalogue: Catalogue
        do throws(CatalogueError) {
            catalogue = try MetricCatalogue.make()
        } catch {
            throw StartupError("the metric catalogue contradicts itself, please report this: \(error)")
        }
        stateDirectory = try StateDirectory(configuration.stateDirectory)
        let store = SnapshotStore(
            catalogue: catalogue, targets: configuration.targets.map(\.name), clock: clock)
        let engine = CurlEngine()
        let pulse = CollectionPulse(clock: clock)
        let supervisor = TargetSupervisor(store: store) { settings, configuration throws(StartupError) in
            let parts = try Self.parts(
                settings.target, of: configuration, engine: engine, environment: environment, clock: clock,
                logger: logger)
            return TargetMonitor(parts, pulse: pulse, update: store.update)
        }
        try await supervisor.apply(configuration)
        store.render()
        let webConfiguration: WebConfigurationWatcher
        do throws(ConfigurationError) {
            webConfiguration = try WebConfigurationWatcher(
                path: web.configurationFile, clock: clock, logger: logger)
        } catch {
            throw StartupError("\(error)", isMistake: true)
        }
        let status = ReloadStatus(start: clock.now(), web: webConfiguration)
        let inForce = ConfigurationInForce(configuration)
        let reloader = source.map {
            Reloader(
                $0, supervisor: supervisor, status: status, inForce: inForce,
                web: webConfiguration, stateDirectory: configuration.stateDirectory, clock: clock,
                logger: logger, notifier: notifier)
        }
        self.supervisor = supervisor
        self.webConfiguration = webConfiguration
        self.reloader = reloader
        hangups = source == nil ? nil : await UnixSignalsSequence(trapping: .sighup)
        let counter = HTTPRequestCounter()
        let metrics = MetricsEndpoint(
            store: store, catalogue: catalogue, counter: counter, build: build, reload: status, clock: clock)
        let reload = reloader.map { reloader in { @Sendable () async -> ReloadOutcome in await reloader.reload() } }
        let router = Router(
            metrics: metrics,
            probes: ProbeEndpoint(store: store, catalogue: catalogue), store: store, counter: counter,
            pages: StatusPages(store: store, build: build, reload: status, clock: clock) { inForce.value },
            reload: web.enablesLifecycle ? reload : nil)
        self.store = store
        self.engine = engine
        self.logger = logger
        let access = WebAccess(await webConfiguration.configuration, clock: clock)
        let gate = WebGate(access: access, router: router)
        let servers = try Self.listen(on: places, web, tls: await webConfiguration.configuration.tls, gate)
        self.servers = servers
        self.metrics = metrics
        metrics.watch(servers)
        self.notifier = notifier
        targetCount = configuration.targets.count
        checks = [pulse.check]
        await webConfiguration.attach { new in
            if let tls = new.tls { for server in servers { try server.replace(tls: tls.identity, policy: tls.policy) } }
            access.take(new)
        }
        if let reloader {
            // A reload that was refused because of these files is made up for.
            await webConfiguration.attachRecovery {
                if !status.value.wasSuccessful { await reloader.reload() }
            }
        }
    }

    private static func parts(
        _ target: TargetConfiguration, of configuration: Configuration, engine: CurlEngine,
        environment: [String: String], clock: Clock, logger: Logger
    ) throws(StartupError) -> TargetParts {
        var logger = logger
        logger[metadataKey: "target"] = "\(target.name)"
        let transport = CurlTransport(
            engine: engine,
            options: CurlOptions(
                target, configuration.collection, userAgent: "mailstore_exporter/\(BuildInformation.version)"))
        do throws(LedgerFileError) {
            return try TargetParts(
                target, of: configuration, transport: transport,
                ledgerFile: LedgerFile(directory: configuration.stateDirectory, target: target.name),
                environment: environment, clock: clock, logger: logger)
        } catch {
            throw StartupError(error.description)
        }
    }

    /// How long requests under way may still take when the program ends.
    private static let farewell = Duration.seconds(4)

    /// The addresses that are listened on, ports filled in.
    var boundAddresses: [String] {
        servers.map(Self.name(of:))
    }

    private static func name(of server: HTTPServer) -> String {
        // A local socket has no port.
        if server.port == 0 { return server.host }
        return server.host.contains(":") ? "[\(server.host)]:\(server.port)" : "\(server.host):\(server.port)"
    }

    /// Collects and answers until a graceful shutdown or a cancellation.
    func run() async {
        for address in boundAddresses {
            logger.notice("listening", metadata: ["address": "\(address)"])
        }
        notifier.ready(
            "\(ServiceNotifier.watching(targetCount)), listening on \(boundAddresses.joined(separator: ", "))")
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await notifier.run(checks, clock: .system) }
                group.addTask { await store.run() }
                group.addTask { await supervisor.run() }
                group.addTask { await webConfiguration.run() }
                if let reloader, let hangups {
                    group.addTask { for await _ in hangups { await reloader.reload() } }
                }
            }
        }
        // All of them together have the time that one would have.
        for server in servers { server.drain() }
        let clock = ContinuousClock()
        let end = clock.now + Self.farewell
        for server in servers { server.stop(grace: max(0, (end - clock.now) / .seconds(1))) }
        metrics.watch([])
        engine.shutdown()
        logger.notice("stopped")
    }

    private static func listen(
        on places: [ListenPlace], _ web: WebSettings, tls: WebTLS?, _ gate: WebGate
    ) throws(StartupError) -> [HTTPServer] {
        var servers: [HTTPServer] = []
        for place in places {
            let options = ServerOptions(
                host: place.host, port: place.port, listenDescriptor: place.adopted?.descriptor, tls: tls?.identity,
                tlsPolicy: tls?.policy ?? TLSPolicy(), connectionLimit: web.maximumConnections,
                perAddressConnectionLimit: web.maximumConnectionsPerAddress, headTimeout: 10,
                // Longer than Prometheus's usual interval, so that its connections are kept.
                idleTimeout: 180)
            do throws(ServerError) {
                servers.append(try HTTPServer(options) { request in gate.reply(to: request) })
            } catch {
                for server in servers { server.stop(grace: 0) }
                guard error.kind != .badCertificate, error.kind != .badPolicy else {
                    throw StartupError("\(web.configurationFile ?? ""): \(error)", isMistake: true)
                }
                guard place.adopted == nil else { throw StartupError("--web.systemd-socket: \(error)") }
                throw StartupError("cannot listen on \(place): \(error); another one goes by --web.listen-address")
            }
        }
        return servers
    }
}
