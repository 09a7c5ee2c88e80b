internal import CCurl
internal import MailStoreAPI

/// What is known about a transfer that libcurl gave up, and what it means.
struct CurlFailure {
    /// How far the exchange had come.
    enum Phase: Int, Comparable {
        case resolving
        case connecting
        case handshaking
        case awaitingReply
        case receiving

        static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
    }

    var code: CURLcode
    /// libcurl's own words; they name hosts and causes, never credentials or bodies.
    var detail = ""
    /// The result of the verification, a number of X509_verify_cert_error_string(3); 0 where it passed,
    /// 0 or 1 where it was not asked for.
    var verification = 0
    /// The `errno` of the last connection that failed; 0 where libcurl does not know it.
    var systemError: Int32 = 0
    var phase = Phase.resolving
    var elapsed = Duration.zero
    /// The bytes of the body that had come.
    var received = 0
    /// Whether the reply was given up for its size.
    var overflowed = false
    var certificate: CertificateFacts?
    let destination: Destination

    init(code: CURLcode, _ destination: Destination) {
        self.code = code
        self.destination = destination
    }

    /// Gathers what a handle knows about its failure.
    init(code: CURLcode, _ handle: EasyHandle, _ destination: Destination) {
        self.init(code: code, destination)
        let curl = handle.curl
        detail = handle.errorDetail
        verification = ccurl_get_long(curl, CURLINFO_SSL_VERIFYRESULT)
        systemError = Int32(truncatingIfNeeded: ccurl_get_long(curl, CURLINFO_OS_ERRNO))
        elapsed = .microseconds(ccurl_get_offset(curl, CURLINFO_TOTAL_TIME_T))
        received = handle.buffer.bytes.count
        overflowed = handle.buffer.overflowed
        phase = Self.phase(of: handle)
    }

    /// The answer for the caller.
    var error: TransportError {
        TransportError(kind: kind, description: explanation, certificate: certificate)
    }

    /// Equal for failures that have the same cause.
    var signature: String { "\(code.rawValue)/\(verification)" }

    private static func phase(of handle: EasyHandle) -> Phase {
        func passed(_ time: CURLINFO) -> Bool { ccurl_get_offset(handle.curl, time) > 0 }
        // A connection that is used again has passed no handshake of its own: the later steps count first.
        if handle.buffer.headerBytes > 0 { return .receiving }
        if passed(CURLINFO_PRETRANSFER_TIME_T) { return .awaitingReply }
        if handle.beganHandshake { return .handshaking }
        if passed(CURLINFO_NAMELOOKUP_TIME_T) { return .connecting }
        return .resolving
    }
}
