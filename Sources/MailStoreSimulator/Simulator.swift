internal import MicroHTTPServer
internal import OperatingSystem

/// A simulated MailStore server that listens on the network: for the demo, and for tests of programs that use the API.
///
/// Written from `mailstore-api.md`, sections 1, 2 and 4. What happens in it follows from the seed and the clock alone:
///
/// ```swift
/// var options = SimulatorOptions()
/// options.speed = 60  // a simulated hour a minute
/// let simulator = try Simulator(options)
/// simulator.order(.hang, for: "GetStores", times: 1)
/// print(simulator.url)  // https://127.0.0.1:40123
/// simulator.stop()
/// ```
public final class Simulator: Sendable {
    /// A secret that replies to some calls hold and that no client may ever show.
    public static let plantedSecret = "planted-secret-4f1c9e"

    /// Where it listens, such as `https://127.0.0.1:8463`.
    public let url: String
    /// The port that it listens on, also where 0 was asked for.
    public let port: Int
    /// The certificate that it shows, in PEM; empty where it speaks plain HTTP.
    public let certificatePEM: String
    /// The pin of its public key: SHA-256 in Base64, without curl's prefix `sha256//`; empty with plain HTTP.
    public let publicKeyPin: String

    private let core: Locked<SimulatorCore>
    private let now: @Sendable () -> Double
    private let isStopping: Locked<Bool>
    private let server: HTTPServer

    /// Starts a simulated server; it runs until ``stop()``.
    ///
    /// - Throws: where the certificate cannot be made or the address not be listened on.
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
            let certificate = try CertificateMaker.make(
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

    /// Stops listening and drops the requests that wait.
    ///
    /// Does nothing the second time.
    public func stop() {
        isStopping.withLock { $0 = true }
        server.stop()
    }

    /// Does something with the core once it has caught up with the clock.
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
