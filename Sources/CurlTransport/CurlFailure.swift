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
    var certificate: CertificateInfo?
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

    /// The kind of error for a code; the nearest one if none matches exactly.
    var kind: TransportError.Kind {
        if overflowed { return .tooLarge }
        switch code {
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
        case _ where concernsCertificate || Self.tlsCodes.contains(code.rawValue):
            return .tls
        default:
            return .connect
        }
    }

    /// Whether the server's certificate is, or could be, the cause, so that the error should describe it.
    var concernsCertificate: Bool {
        switch code {
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
        case .dns: unresolved
        case .connect: noConnection
        case .tls: tlsExplanation
        case .timeout: timedOut
        case .truncated:
            "The reply of \(address) broke off after \(received) bytes of its body\(reason): "
                + "was MailStore restarted, or does a proxy or firewall on the way cut connections?"
        case .tooLarge: tooLarge
        case .cancelled: TransportError.cancelled(endpoint).description
        }
    }

    private var address: String { endpoint.address }

    /// libcurl's message in brackets.
    private var reason: String { detail.isEmpty ? "" : " (\(Self.printable(detail)))" }

    private static func printable(_ text: String) -> String { TerminalText.clean(text, longest: 200) }

    private var unresolved: String {
        if code == CURLE_COULDNT_RESOLVE_PROXY {
            return "The name of the proxy on the way to \(address) does not resolve: "
                + "check the environment variable https_proxy and this machine's DNS."
        }
        return "The host name \(endpoint.host) does not resolve: "
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
                ("receiving the reply, of which \(received) bytes had arrived", "a longer time-out may be needed")
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

    // MARK: - TLS

    /// The explanation of a failed handshake.
    private var tlsExplanation: String {
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION: unverified
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH: wrongKey
        case CURLE_SSL_CACERT_BADFILE: unusableFile
        case CURLE_SSL_CONNECT_ERROR: failedHandshake
        default:
            "TLS with \(address) failed: \(String(cString: curl_easy_strerror(code)))\(reason). "
                + "Check the server's certificate and TLS settings."
        }
    }

    private var unverified: String {
        switch verification {
        case Verdict.none where detail.contains("name"), Verdict.passed where detail.contains("name"):
            "The certificate of \(address) is not made for the name \(endpoint.host)\(shown). "
                + "Use the name in the certificate in the URL, or \(trustByKey)."
        case Verdict.notYetValid:
            "The certificate of \(address) is not valid yet\(shown). Check the clocks of both machines."
        case Verdict.expired:
            "The certificate of \(address) has expired\(shown). Renew it on the server, or \(trustByKey)."
        case Verdict.selfSigned:
            "The certificate of \(address) is self-signed, so no certificate authority confirms it\(shown). \(trustRemedy)"
        default:
            "No certificate authority that is trusted here has signed the certificate of \(address)"
                + "\(reason)\(shown). \(trustRemedy)"
        }
    }

    /// Numbers of X509_verify_cert_error_string(3).
    private enum Verdict {
        static let passed = 0
        /// libcurl's value before the verification: it checks the host name first.
        static let none = 1
        static let notYetValid = 9
        static let expired = 10
        static let selfSigned = 18
    }

    private var wrongKey: String {
        if let pin = endpoint.trust.pin, !pin.hasPrefix("sha256//") {
            return "The pin for \(address) is not one: tls.pinned_public_key (--mailstore.pinned-public-key) "
                + "must begin with sha256//\(shown)."
        }
        return "The public key of \(address) is not the pinned one\(shown). "
            + "If its certificate was renewed on purpose, set \(pinSetting); if not, somebody may be intercepting the "
            + "connection."
    }

    private var unusableFile: String {
        let file = endpoint.trust.caFile ?? "of the system"
        let cause: String
        if endpoint.trust.caFile != nil, access(file, R_OK) != 0 {
            cause = String(cString: strerror(errno))
        } else {
            cause = "it holds no certificate in PEM form"
        }
        return "The CA file \(file) for \(address) cannot be used: \(cause). "
            + "Correct tls.ca_file (--mailstore.ca-file) or let the exporter's user read the file."
    }

    private var failedHandshake: String {
        let plain = ["wrong version number", "packet length too long", "http request", "unexpected message"]
        if plain.contains(where: detail.contains) {
            return "\(address) does not speak TLS: is it a plain HTTP port? "
                + "The Administration API's default port is 8463 (SPE 8474)."
        }
        if detail.contains("SYSCALL") || detail.contains("eof") || detail.contains("reset by peer") {
            return "\(address) closed the connection during the TLS handshake: "
                + "is this the port of the Administration API? The default is 8463 (SPE 8474)."
        }
        return "The TLS handshake with \(address) failed\(reason): an old Windows server may offer only "
            + "TLS versions or ciphers that this machine does not accept."
    }

    private var trustRemedy: String {
        "If it is the right server, \(trustByKey), or save its certificate or that of its issuer as a PEM file "
            + "and give that as tls.ca_file (--mailstore.ca-file)."
    }

    private var trustByKey: String { "trust its key with \(pinSetting)" }

    private var pinSetting: String {
        let pin = certificate?.publicKeyPin ?? ""
        return "tls.pinned_public_key: \(pin.isEmpty ? "sha256//…" : pin) (or --mailstore.pinned-public-key)"
    }

    /// The facts in the certificate, as a separate clause.
    private var shown: String {
        guard let certificate else { return "" }
        return
            "; it shows subject \"\(Self.printable(certificate.subject))\", issuer \"\(Self.printable(certificate.issuer))\", "
            + "valid until \(Self.day(certificate.notAfter))"
    }

    /// The day in UTC, as in ISO 8601.
    static func day(_ secondsSince1970: Int64) -> String {
        let isKnown = CivilDateTime.range.contains(secondsSince1970)
        return isKnown ? CivilDateTime(secondsSince1970: secondsSince1970).date : "an unknown day"
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
