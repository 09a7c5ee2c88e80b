internal import CCurl
internal import Glibc
internal import MailStoreAPI

extension CurlFailure {
    /// What went wrong and what to do about it; neither credentials nor bodies are in it.
    var explanation: String {
        switch kind {
        case .dns: unresolved
        case .connect: noConnection
        case .tls: tlsExplanation
        case .timeout: timedOut
        case .truncated:
            "The reply of \(endpoint) broke off after \(received) bytes of its body\(reason): "
                + "was MailStore restarted, or does a proxy or firewall on the way cut connections?"
        case .tooLarge: tooLarge
        case .cancelled: TransportError.cancelled(destination).description
        }
    }

    var endpoint: String { destination.endpoint }

    /// libcurl's own words in brackets, made safe to print.
    var reason: String { detail.isEmpty ? "" : " (\(detail.printable))" }

    private var unresolved: String {
        if code == CURLE_COULDNT_RESOLVE_PROXY {
            return "The name of the proxy on the way to \(endpoint) does not resolve: "
                + "check the environment variable https_proxy and this machine's DNS."
        }
        return "The host name \(destination.host) does not resolve: "
            + "check its spelling in the URL and this machine's DNS."
    }

    private var noConnection: String {
        switch code {
        case CURLE_COULDNT_CONNECT where systemError == ECONNREFUSED || systemError == 0:
            return "\(endpoint) refuses the connection: is the Administration API enabled? It is off by default "
                + "(MailStore Server Service Configuration). The default port is 8463 (SPE 8474)."
        case CURLE_COULDNT_CONNECT:
            return "\(endpoint) cannot be reached (\(String(cString: strerror(systemError)))): "
                + "check the address, the network and the firewalls on the way."
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            return "\(endpoint) closed the connection before it replied\(reason): "
                + "is it a MailStore server, and is its service running well?"
        case CURLE_UNSUPPORTED_PROTOCOL where phase >= .awaitingReply, CURLE_WEIRD_SERVER_REPLY:
            return "What \(endpoint) replied is not HTTP: is this the port of the Administration API? "
                + "The default is 8463 (SPE 8474)."
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED:
            return "The URL of \(endpoint) cannot be used\(reason): "
                + "write it as https://host:8463, without user name and password."
        default:
            return "The exchange with \(endpoint) failed: \(String(cString: curl_easy_strerror(code)))\(reason). "
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
                ("the TLS handshake", "does that port speak TLS, and is it MailStore's?")
            case .awaitingReply:
                ("waiting for the reply", "is the server busy? A longer time-out may be needed")
            case .receiving:
                ("receiving the reply, of which \(received) bytes had come", "a longer time-out may be needed")
            }
        let end = remedy.hasSuffix("?") ? "" : "."
        return "\(endpoint): timed out after \(elapsed.inSeconds) while \(doing): \(remedy)\(end)"
    }

    private var tooLarge: String {
        if received == 0 && overflowed && phase == .receiving && destination.options.maximumReplySize > 0 {
            return "\(endpoint) sent too much: its first part or its headers are larger than what is taken "
                + "(\(destination.options.maximumReplySize) bytes of body, \(ReplyBuffer.headerLimit) of headers). "
                + "Is it a MailStore server?"
        }
        return "The reply of \(endpoint) is larger than the limit of \(destination.options.maximumReplySize) bytes: "
            + "raise collection.max_reply_size if such replies are expected."
    }
}

extension TransportError {
    /// For a transfer whose time was over before one of the connections became free.
    static func expiredInQueue(_ transfer: Transfer) -> TransportError {
        let destination = transfer.destination
        return TransportError(
            kind: .timeout,
            description: "\(destination.endpoint): timed out after \(transfer.request.timeout.inSeconds) while waiting "
                + "for one of \(max(1, destination.options.maximumConnections)) connections: the requests before it "
                + "took too long. Raise the time-out or collection.max_concurrent_calls."
        )
    }
}

extension Duration {
    /// Seconds with at most one decimal place: `2 s`, `0.5 s`.
    var inSeconds: String {
        let (seconds, attoseconds) = components
        let tenths = seconds * 10 + (attoseconds + 50_000_000_000_000_000) / 100_000_000_000_000_000
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
}

extension String {
    /// The text without control characters and of bounded length, since servers have a say in it.
    var printable: String {
        let limit = 200
        let cleaned = unicodeScalars.prefix(limit).map { $0.properties.generalCategory == .control ? " " : $0 }
        let text = String(String.UnicodeScalarView(cleaned))
        return unicodeScalars.count > limit ? text + "…" : text
    }
}
