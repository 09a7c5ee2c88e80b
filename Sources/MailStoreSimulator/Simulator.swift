internal import MicroHTTPServer
internal import OperatingSystem

/// A simulated MailStore server that listens on the network, for demonstrations and for tests of API clients.
///
/// It behaves as `docs/api.md` describes MailStore Server or, with ``SimulatorOptions/Edition/serviceProvider``, the
/// management server of the Service Provider Edition, peculiarities included (see ``Quirks``). Everything that happens
/// in it depends only on the seed and the clock, so a run can be repeated.
///
/// ```swift
/// var options = SimulatorOptions()
/// options.speed = 60  // a simulated hour takes a minute
/// let simulator = try Simulator(options)
/// simulator.inject(.hang, for: "GetStores", times: 1)
/// print(simulator.url)  // https://127.0.0.1:40123
/// simulator.stop()
/// ```
///
/// A simulator also serves control pages under `/simulator/`, with which other processes can inject faults. They need
/// no login, so never let a simulator listen on a publicly reachable address.
public final class Simulator: Sendable {
    /// A secret in some replies, which no client may ever show or store.
    public static let plantedSecret = "planted-secret-4f1c9e"

    /// The server's base URL, such as `https://127.0.0.1:8463`.
    public let url: String
    /// The port it listens on; the actual one if the options asked for port 0.
    public let port: Int
    /// The server's certificate in PEM; empty with plain HTTP.
    public let certificatePEM: String
    /// The SHA-256 hash of the server's public key in Base64, without curl's prefix `sha256//`; empty with plain HTTP.
    public let publicKeyPin: String

    private let core: Locked<SimulatorCore>
    private let now: @Sendable () -> Double
    private let isStopping: Locked<Bool>
    private let server: HTTPServer

    /// Starts a simulated server, which runs until ``stop()``.
    ///
    /// - Throws: ``SimulatorError`` if the time zone is unknown, the certificate cannot be made or the server cannot
    ///   listen on the address.
    public init(_ options: SimulatorOptions) throws(SimulatorError) {
        guard WindowsTimeZone.named(options.localTimeZone) != nil else {
            let known = WindowsTimeZone.known.map(\.id).joined(separator: ", ")
            throw SimulatorError(
                "the simulated server does not know the time zone '\(options.localTimeZone)'; choose one of: \(known)")
        }
        var identity: TLSIdentity?
        if options.plainHTTP {
            certificatePEM = ""
            publicKeyPin = ""
        } else {
            let certificate = try SimulatedCertificate(
                machineName: options.machineName, kind: options.certificate, now: SimulatorOptions.systemClock())
            identity = TLSIdentity(
                certificatePEM: certificate.certificatePEM, privateKeyPEM: certificate.privateKeyPEM)
            certificatePEM = certificate.certificatePEM
            publicKeyPin = certificate.publicKeyHash
        }
        let core = Locked(SimulatorCore(options))
        let isStopping = Locked(false)
        let responder = Responder(core: core, isStopping: isStopping, now: options.now)
        var serverOptions = ServerOptions(host: options.host, port: options.port)
        serverOptions.tls = identity
        serverOptions.maximumBodySize = 1 << 20
        serverOptions.idleTimeout = 120
        do {
            server = try HTTPServer(serverOptions) { request in responder.reply(to: request) }
        } catch {
            throw SimulatorError("the simulated server cannot start: \(error.description)")
        }
        self.core = core
        self.isStopping = isStopping
        now = options.now
        port = server.port
        url = Self.url(options, port: server.port)
    }

    deinit {
        stop()
    }

    /// Stops listening and drops pending requests.
    ///
    /// A second call has no effect.
    public func stop() {
        isStopping.withLock { $0 = true }
        server.stop()
    }

    /// Runs `body` with the core, after it has caught up with the clock.
    func withCore<Result>(_ body: (inout SimulatorCore, _ real: Double) throws -> Result) rethrows -> Result {
        let real = now()
        return try core.withLock { core in
            core.advance(to: real)
            return try body(&core, real)
        }
    }

    private static func url(_ options: SimulatorOptions, port: Int) -> String {
        let scheme = options.plainHTTP ? "http" : "https"
        let host =
            switch options.host {
            case "", "0.0.0.0", "::": "127.0.0.1"
            case let address where address.contains(":"): "[\(address)]"
            default: options.host
            }
        return "\(scheme)://\(host):\(port)"
    }
}

// The parts that a test can inspect and change while the server runs.
extension Simulator {
    /// Injects a fault into calls of a function.
    ///
    /// Faults of the same function apply in the order in which they were injected.
    ///
    /// - Parameters:
    ///   - fault: What goes wrong.
    ///   - function: The name of a function, `get-status`, `get-metadata`, `cancel-async`, or `*` for all.
    ///   - instance: The id of an instance of the Service Provider Edition, on which alone calls are affected; nil: all
    ///     calls.
    ///   - times: The number of calls that the fault affects; nil: until it is cleared.
    public func inject(
        _ fault: Fault,
        for function: String = "*",
        instance: String? = nil,
        times: Int? = nil
    ) {
        withCore { core, _ in core.faults.add(fault, for: function, instance: instance, times: times) }
    }

    /// Removes the faults that were injected for this function and this instance, or all faults.
    ///
    /// - Parameters:
    ///   - function: The name that ``inject(_:for:instance:times:)`` was called with; nil: any.
    ///   - instance: The id that it was called with; nil: any, or none.
    public func clearFaults(for function: String? = nil, instance: String? = nil) {
        withCore { core, _ in core.faults.clear(function: function, instance: instance) }
    }

    /// The current state of the server: stores, users, profiles, jobs and finished runs.
    ///
    /// With the Service Provider Edition it is that of the management server, which has a clock and system
    /// administrators, and no archive; ``state(ofInstance:)`` returns that of an instance.
    public func state() -> World {
        withCore { core, _ in core.world }
    }

    /// Changes the state of the server.
    ///
    /// - Parameter body: Receives the state and changes it in place.
    /// - Returns: The result of `body`.
    @discardableResult
    public func change<Result>(_ body: (inout World) throws -> Result) rethrows -> Result {
        try withCore { core, _ in try body(&core.world) }
    }

    /// Changes the quirks of the server, from now on.
    ///
    /// - Parameter body: Receives the current quirks and changes them in place.
    public func changeQuirks(_ body: (inout Quirks) -> Void) {
        withCore { core, _ in body(&core.options.quirks) }
    }

    /// The API calls that the server received, oldest first.
    ///
    /// The log keeps at least the newest 10,000 calls.
    public func requestLog() -> [RequestRecord] {
        withCore { core, _ in core.log.records }
    }

    /// Empties the log of API calls.
    public func clearRequestLog() {
        withCore { core, _ in core.log.clear() }
    }

    /// The simulated time, in seconds since 1970 (UTC).
    public func simulatedNow() -> Double {
        withCore { core, _ in core.world.now }
    }

    /// Sets the simulated clock forward, and runs everything that was due until then.
    ///
    /// - Parameter instant: Seconds since 1970 (UTC); an instant in the past leaves the clock where it is.
    public func setClock(to instant: Double) {
        withCore { core, real in
            core.clock.set(to: max(instant, core.world.now), at: real)
            core.advance(to: real)
        }
    }

    /// Sets the simulated clock forward by a number of seconds, and runs everything that was due until then.
    public func advanceClock(by seconds: Double) {
        withCore { core, real in
            core.clock.set(to: core.world.now + max(0, seconds), at: real)
            core.advance(to: real)
        }
    }

    /// Changes the number of simulated seconds in a real second.
    public func setSpeed(_ speed: Double) {
        withCore { core, real in core.clock.set(speed: speed, at: real) }
    }

    /// Sets the `Date` header of replies ahead of the simulated clock by a number of seconds, or back if negative.
    public func setDateOffset(_ seconds: Double) {
        withCore { core, _ in core.clock.dateOffset = seconds }
    }

    /// Changes the password of the user that the options named.
    public func setPassword(_ password: String) {
        change { world in world.change(user: world.username) { $0.password = password } }
    }

    /// Simulates a restart of the service: tokens and sessions are lost, the archive is kept.
    public func restart() {
        withCore { core, _ in core.restart() }
    }
}

/// Why a simulated server could not start.
public struct SimulatorError: Error, CustomStringConvertible, Sendable {
    /// The problem and the remedy.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
