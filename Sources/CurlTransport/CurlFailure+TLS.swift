internal import CCurl
internal import Glibc

extension CurlFailure {
    /// The explanation of a failed handshake.
    var tlsExplanation: String {
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION: unverified
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH: wrongKey
        case CURLE_SSL_CACERT_BADFILE: unusableFile
        case CURLE_SSL_CONNECT_ERROR: failedHandshake
        default:
            "TLS with \(endpoint) failed: \(String(cString: curl_easy_strerror(code)))\(reason). "
                + "Check the server's certificate and TLS settings."
        }
    }

    private var unverified: String {
        switch verification {
        case Verdict.none where detail.contains("name"), Verdict.passed where detail.contains("name"):
            "The certificate of \(endpoint) is not made for the name \(destination.host)\(shown). "
                + "Use the name in the certificate in the URL, or \(trustByKey)."
        case Verdict.notYetValid:
            "The certificate of \(endpoint) is not valid yet\(shown). Check the clocks of both machines."
        case Verdict.expired:
            "The certificate of \(endpoint) has expired\(shown). Renew it on the server, or \(trustByKey)."
        case Verdict.selfSigned:
            "The certificate of \(endpoint) is self-signed, so that nobody vouches for it\(shown). \(trustRemedy)"
        default:
            "No certificate authority that is trusted here vouches for the certificate of \(endpoint)"
                + "\(reason)\(shown). \(trustRemedy)"
        }
    }

    /// Numbers of X509_verify_cert_error_string(3).
    private enum Verdict {
        static let passed = 0
        /// What libcurl has before it asks: it looks at the host name first.
        static let none = 1
        static let notYetValid = 9
        static let expired = 10
        static let selfSigned = 18
    }

    private var wrongKey: String {
        if let pin = destination.trust.pin, !pin.hasPrefix("sha256//") {
            return "The pin for \(endpoint) is not one: tls.pinned_public_key (--mailstore.pinned-public-key) "
                + "must begin with sha256//\(shown)."
        }
        return "The public key of \(endpoint) is not the pinned one\(shown). "
            + "If its certificate was renewed on purpose, set \(pinSetting); if not, somebody may be in between."
    }

    private var unusableFile: String {
        let file = destination.trust.caFile ?? "of the system"
        let cause: String
        if destination.trust.caFile != nil, access(file, R_OK) != 0 {
            cause = String(cString: strerror(errno))
        } else {
            cause = "it holds no certificate in PEM form"
        }
        return "The CA file \(file) for \(endpoint) cannot be used: \(cause). "
            + "Correct tls.ca_file (--mailstore.ca-file) or let the exporter's user read the file."
    }

    private var failedHandshake: String {
        let plain = ["wrong version number", "packet length too long", "http request", "unexpected message"]
        if plain.contains(where: detail.contains) {
            return "\(endpoint) does not speak TLS: is it a plain HTTP port? "
                + "The Administration API's default port is 8463 (SPE 8474)."
        }
        if detail.contains("SYSCALL") || detail.contains("eof") || detail.contains("reset by peer") {
            return "\(endpoint) closed the connection during the TLS handshake: "
                + "is this the port of the Administration API? The default is 8463 (SPE 8474)."
        }
        return "The TLS handshake with \(endpoint) failed\(reason): an old Windows server may offer only "
            + "TLS versions or ciphers that this machine turns down."
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

    /// What the certificate says, in a clause of its own.
    private var shown: String {
        guard let certificate else { return "" }
        return "; it shows subject \"\(certificate.subject.printable)\", issuer \"\(certificate.issuer.printable)\", "
            + "valid until \(Self.day(certificate.notAfter))"
    }

    /// The day in UTC, as ISO 8601 writes it.
    static func day(_ secondsSince1970: Int64) -> String {
        var seconds = time_t(secondsSince1970)
        var parts = tm()
        guard gmtime_r(&seconds, &parts) != nil else { return "an unknown day" }
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
    }
}
