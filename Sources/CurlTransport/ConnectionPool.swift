internal import CCurl
internal import MailStoreAPI

/// The state that the engine's thread keeps for one endpoint between requests.
final class ConnectionPool {
    let endpoint: Endpoint
    /// Transfers that wait for a connection to the endpoint, the oldest first.
    var queue: [Transfer] = []
    /// The number of running transfers.
    var running = 0
    var probe = CertificateProbe()
    /// The certificate of the kept-alive connections, from the last successful handshake.
    private(set) var facts: CertificateInfo?
    private var factsSource = ""
    private var idle: [EasyHandle] = []
    private let sessions: UnsafeMutableRawPointer?

    init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
        // Without a share each handle would keep its own TLS sessions, and a new connection could rarely reuse one.
        sessions = curl_share_init()
        if let sessions { _ = ccurl_share_tls_sessions(sessions) }
    }

    /// Frees handles and TLS sessions; no transfer may be running.
    func close() {
        idle = []
        if let sessions { curl_share_cleanup(sessions) }
    }

    /// Whether a handshake has shown the certificate.
    ///
    /// Until then no connection is reused: libcurl could reuse one of another transport with the same trust, and this
    /// pool would never see the certificate.
    var hasSeenCertificate: Bool { !factsSource.isEmpty }

    var limit: Int { max(1, endpoint.options.maximumConnections) }

    /// An idle easy handle, or a new one; `nil` if there is no memory.
    func takeHandle() -> EasyHandle? {
        idle.popLast() ?? EasyHandle.forRequests(to: endpoint, sessions: sessions)
    }

    func giveBack(_ handle: EasyHandle) {
        if handle.refusal == nil { idle.append(handle) }
    }

    /// Stores the certificate of a successful handshake; it is parsed only when it has changed.
    func remember(leaf: String?) {
        guard let leaf, leaf != factsSource else { return }
        factsSource = leaf
        facts = CertificateParser.facts(pem: leaf, verified: endpoint.trust != .nothing)
    }
}

/// Decides when to connect once more, without verification, to read a certificate that was refused.
///
/// This happens at most once a minute, unless the failure changes, so that a server that keeps failing does not cost
/// two handshakes each time.
struct CertificateProbe {
    enum Decision: Equatable {
        /// Open a connection and call ``finished(_:now:)`` with its certificate.
        case connect
        /// A connection is being opened: wait for it.
        case wait
        /// The last connection showed this certificate a short time ago.
        case known([CertificateInfo])
    }

    static let interval = Duration.seconds(60)

    /// The signature of the failure for which a connection is being opened.
    private var current: String?
    private var last: (signature: String, end: ContinuousClock.Instant, chain: [CertificateInfo])?
    /// The waiting transfers, with the failures that they will report.
    var waiters: [(transfer: Transfer, failure: CurlFailure)] = []

    /// The action for a failure; `signature` distinguishes failures that may have different certificates.
    mutating func decide(signature: String, now: ContinuousClock.Instant) -> Decision {
        if current != nil { return .wait }
        if let last, last.signature == signature, now - last.end < Self.interval { return .known(last.chain) }
        current = signature
        return .connect
    }

    /// Takes the certificates that the connection showed, the server's own first; empty if it showed none.
    mutating func finished(_ chain: [CertificateInfo], now: ContinuousClock.Instant) {
        if let current { last = (current, now, chain) }
        current = nil
    }

    /// Clears the last result, after a successful handshake.
    mutating func forget() {
        last = nil
    }
}
