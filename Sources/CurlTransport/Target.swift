internal import CCurl
internal import MailStoreAPI

/// What the engine's thread keeps for one destination between its requests.
final class Target {
    let destination: Destination
    /// Transfers that wait for one of the destination's connections, the oldest first.
    var queue: [PendingTransfer] = []
    /// How many transfers are with libcurl.
    var running = 0
    var inquiry = CertificateInquiry()
    /// The facts of the connections that are kept alive: those of the last handshake that succeeded.
    private(set) var facts: CertificateFacts?
    private var factsSource = ""
    private var idle: [EasyHandle] = []
    private let sessions: UnsafeMutableRawPointer?

    init(_ destination: Destination) {
        self.destination = destination
        // Without a share each handle would keep TLS sessions for itself, and a new connection would seldom find one.
        sessions = curl_share_init()
        if let sessions { _ = ccurl_share_tls_sessions(sessions) }
    }

    /// Frees handles and TLS sessions; nothing may be running any more.
    func close() {
        idle = []
        if let sessions { curl_share_cleanup(sessions) }
    }

    /// Whether a handshake has shown the certificate.
    ///
    /// Until then no connection is used again: it could be one that
    /// another transport, which trusts alike, has left, and its certificate would stay unknown here.
    var hasSeenCertificate: Bool { !factsSource.isEmpty }

    var limit: Int { max(1, destination.options.maximumConnections) }

    /// An easy handle, used before if there is one; `nil` where there is no memory.
    func takeHandle() -> EasyHandle? {
        idle.popLast() ?? EasyHandle.forRequests(to: destination, sessions: sessions)
    }

    func giveBack(_ handle: EasyHandle) {
        if handle.refusal == nil { idle.append(handle) }
    }

    /// Remembers the certificate of a handshake that succeeded; parsed only when it is another one.
    func remember(leaf: String?) {
        guard let leaf, leaf != factsSource else { return }
        factsSource = leaf
        facts = CertificateParser.facts(pem: leaf, verified: destination.trust != .nothing)
    }
}
