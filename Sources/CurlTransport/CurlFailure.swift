internal import CCurl
internal import Glibc
internal import MailStoreAPI
internal import OperatingSystem
internal import PlainText

/// libcurl's report about a failed transfer, and its explanation.
struct CurlFailure {
    /// The step of the exchange that failed.
    enum Phase: Int, Comparable {
        case resolving
        case connecting
        case handshaking
        case awaitingReply
        case receiving

        static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
    }

    var code: CURLcode
    /// libcurl's message; it names hosts and causes, never credentials or bodies.
    var detail = ""
    /// The result of the verification, a number of X509_verify_cert_error_string(3): 0 if it passed, 0 or 1 if it was
    /// skipped.
    var verification = 0
    /// The `errno` of the last connection that failed; 0 if it is unknown.
    var systemError: Int32 = 0
    var phase = Phase.resolving
    var elapsed = Duration.zero
    /// How many bytes of the body have arrived.
    var received = 0
    /// Whether the reply was too large.
    var overflowed = false
    /// The status with which an HTTP proxy answered the request for a tunnel; 0 if it did not.
    var tunnelStatus = 0
    /// Whether the transfer used a kept-alive connection.
    var reusedConnection = false
    /// The `errno` of opening a file just after the failure: whether this process has run out of descriptors.
    var openError: Int32 = 0
    var certificate: CertificateInfo?
    /// The certificates that the server sent, its own first; empty if they are unknown.
    var chain: [CertificateInfo] = [] {
        didSet { certificate = chain.first }
    }
    /// The largest body that this transfer accepted, in bytes.
    var limit: Int
    let endpoint: Endpoint

    init(code: CURLcode, _ endpoint: Endpoint) {
        self.code = code
        self.endpoint = endpoint
        limit = endpoint.options.maximumReplySize
    }

    /// Reads the failure from a handle.
    init(code: CURLcode, _ handle: EasyHandle, _ endpoint: Endpoint) {
        self.init(code: code, endpoint)
        let curl = handle.curl
        detail = handle.errorDetail
        verification = ccurl_get_long(curl, CURLINFO_SSL_VERIFYRESULT)
        systemError = Int32(truncatingIfNeeded: ccurl_get_long(curl, CURLINFO_OS_ERRNO))
        elapsed = .microseconds(ccurl_get_offset(curl, CURLINFO_TOTAL_TIME_T))
        received = handle.buffer.bytes.count
        overflowed = handle.buffer.overflowed
        limit = handle.buffer.limit
        phase = Self.phase(of: handle)
        tunnelStatus = ccurl_get_long(curl, CURLINFO_HTTP_CONNECTCODE)
        reusedConnection = handle.reusedConnection
        openError = Self.errorOfOpening("/dev/null")
    }

    /// The error for the caller.
    var error: TransportError {
        TransportError(
            kind: kind, description: explanation, certificate: certificate, wasSent: phase >= .awaitingReply)
    }

    /// Equal for failures with the same cause.
    var signature: String { "\(code.rawValue)/\(verification)" }

    private static func phase(of handle: EasyHandle) -> Phase {
        func passed(_ time: CURLINFO) -> Bool { ccurl_get_offset(handle.curl, time) > 0 }
        // A reused connection has no handshake of its own, so the later steps are checked first.
        if handle.buffer.headerBytes > 0 { return .receiving }
        if passed(CURLINFO_PRETRANSFER_TIME_T) { return .awaitingReply }
        if handle.beganHandshake { return .handshaking }
        if passed(CURLINFO_NAMELOOKUP_TIME_T) { return .connecting }
        return .resolving
    }

    /// The `errno` of opening a file for reading; 0 if it can be opened.
    static func errorOfOpening(_ path: String) -> Int32 {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return errno }
        close(descriptor)
        return 0
    }

    /// Whether the process could open no more files, connections included.
    var isOutOfDescriptors: Bool {
        [EMFILE, ENFILE].contains(openError) || [EMFILE, ENFILE].contains(systemError)
    }

    /// The kind of error for a code; the nearest one if none matches exactly.
    var kind: TransportError.Kind {
        if overflowed { return .tooLarge }
        if let proxy = endpoint.proxy, proxy.url == nil { return .connect }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST where isOutOfDescriptors, CURLE_SSL_CACERT_BADFILE where isOutOfDescriptors:
            return .connect
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return .dns
        case CURLE_OPERATION_TIMEDOUT:
            return .timeout
        case CURLE_FILESIZE_EXCEEDED:
            return .tooLarge
        case CURLE_PARTIAL_FILE:
            return .truncated
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_WEIRD_SERVER_REPLY,
            CURLE_BAD_CONTENT_ENCODING:
            return phase == .receiving ? .truncated : .connect
        case CURLE_ABORTED_BY_CALLBACK:
            return .cancelled
        case _ where failedAtProxy:
            return .connect
        case _ where concernsCertificate || Self.tlsCodes.contains(code.rawValue):
            return .tls
        default:
            return .connect
        }
    }

    /// Whether the server's certificate is, or could be, the cause, so that the error should describe it.
    var concernsCertificate: Bool {
        switch code {
        case _ where failedAtProxy || isOutOfDescriptors:
            false
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            true
        default:
            false
        }
    }

    private static let tlsCodes: Set<UInt32> = Set(
        [
            CURLE_SSL_CONNECT_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_SHUTDOWN_FAILED, CURLE_SSL_CRL_BADFILE,
            CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED,
        ].map(\.rawValue))

    // MARK: - Explanations

    /// The problem and the remedy, without credentials or bodies.
    var explanation: String {
        switch kind {
        case .dns, .connect, .timeout:
            if isOutOfDescriptors { return outOfDescriptors }
            if let atProxy { return atProxy }
        default: break
        }
        return switch kind {
        case .dns: unresolved
        case .connect: noConnection
        case .tls: tlsExplanation
        case .timeout: timedOut
        case .truncated where code == CURLE_BAD_CONTENT_ENCODING:
            "The reply of \(address) is compressed in a form that cannot be read\(reason): "
                + "MailStore does not compress replies, so switch this off in the proxy in front of it."
        case .truncated:
            "The reply of \(address) broke off in its body (bytes received: \(received))\(reason): "
                + "was MailStore restarted, or does a proxy or firewall on the way cut connections?"
        case .tooLarge: tooLarge
        case .cancelled: TransportError.cancelled(endpoint).description
        }
    }

    var address: String { endpoint.address }

    /// libcurl's message in brackets.
    var reason: String { detail.isEmpty ? "" : " (\(Self.printable(detail)))" }

    static func printable(_ text: String) -> String { TerminalText.clean(text, longest: 200) }

    private var outOfDescriptors: String {
        "This process cannot open a connection to \(address), because too many of its files and connections are open: "
            + "raise its limit of open files (LimitNOFILE= in the systemd unit, or ulimit -n)."
    }

    private var unresolved: String {
        "The host name \(endpoint.host) does not resolve: "
            + "check its spelling in the URL and this machine's DNS."
    }

    private var noConnection: String {
        switch code {
        case CURLE_COULDNT_CONNECT where systemError == ECONNREFUSED || systemError == 0:
            return "\(address) refuses the connection: is the Administration API enabled? It is off by default "
                + "(MailStore Server Service Configuration). The default port is 8463 (SPE 8474)."
        case CURLE_COULDNT_CONNECT:
            return "\(address) cannot be reached (\(String(cString: strerror(systemError)))): "
                + "check the address, the network and the firewalls on the way."
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            return "\(address) closed the connection before it replied\(reason): "
                + "is it a MailStore server, and does its service run?"
        case CURLE_UNSUPPORTED_PROTOCOL where phase >= .awaitingReply, CURLE_WEIRD_SERVER_REPLY:
            return "What \(address) replied is not HTTP: is this the port of the Administration API? "
                + "The default is 8463 (SPE 8474)."
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED:
            return "The URL of \(address) cannot be used\(reason): "
                + "write it as https://host:8463, without user name and password."
        default:
            return "The exchange with \(address) failed: \(String(cString: curl_easy_strerror(code)))\(reason). "
                + "Check the URL, and the installed libcurl (7.87 or later is needed)."
        }
    }

    private var timedOut: String {
        let (doing, remedy) =
            switch phase {
            case .resolving:
                ("resolving the host name", "check this machine's DNS")
            case .connecting:
                (
                    "connecting",
                    "check the address and the firewalls on the way. The default port is 8463 (SPE 8474)"
                )
            case .handshaking:
                ("negotiating TLS", "does that port speak TLS, and does it belong to MailStore?")
            case .awaitingReply:
                ("waiting for the reply", "is the server busy? A longer time-out may be needed")
            case .receiving:
                ("receiving the reply (bytes received: \(received))", "a longer time-out may be needed")
            }
        let end = remedy.hasSuffix("?") ? "" : "."
        return "\(address): timed out after \(elapsed.secondsText) while \(doing): \(remedy)\(end)"
    }

    private var tooLarge: String {
        if received == 0 && overflowed && phase == .receiving && limit > 0 {
            return "\(address) sent too much: the first part of its reply or its headers are larger than the limit "
                + "(\(limit) bytes of body, \(ReplyBuffer.headerLimit) of headers). "
                + "Is it a MailStore server?"
        }
        return "The reply of \(address) is larger than the limit of \(limit) bytes: "
            + "raise collection.max_reply_size if such replies are expected."
    }
}

extension TransportError {
    /// The error for a request that timed out before a connection became free.
    static func expiredInQueue(_ request: TransferRequest) -> TransportError {
        let endpoint = request.endpoint
        return TransportError(
            kind: .timeout,
            description: "\(endpoint.address): timed out after \(request.http.timeout.secondsText) while waiting "
                + "for one of \(max(1, endpoint.options.maximumConnections)) connections: the requests before it "
                + "took too long. Raise the time-out or collection.max_concurrent_calls."
        )
    }

    static func cancelled(_ endpoint: Endpoint) -> TransportError {
        TransportError(kind: .cancelled, description: "The request to \(endpoint.address) was cancelled.")
    }
}

extension Duration {
    /// Seconds with at most one decimal place: `2 s`, `0.5 s`.
    var secondsText: String { "\(inSeconds.shortText) s" }
}
