internal import CCurl
internal import Glibc
internal import MailStoreAPI
internal import OperatingSystem
internal import PlainText

/// The explanations of failed handshakes and of certificates that were not accepted.
extension CurlFailure {
    /// The explanation of a failed handshake.
    var tlsExplanation: String {
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
        case Verdict.notYetValid, Verdict.expired:
            outsideValidity
        case Verdict.none where detail.contains("name"), Verdict.passed where detail.contains("name"):
            "The certificate of \(address) is not made for the name \(endpoint.host)\(shown). "
                + "Use the name in the certificate in the URL, or \(trustByKey)."
        case Verdict.selfSigned:
            "The certificate of \(address) is self-signed, so no certificate authority confirms it\(shown). \(trustRemedy)"
                + unhashedDirectory
        default:
            "No certificate authority that is trusted here has signed the certificate of \(address)"
                + "\(reason)\(shown). \(trustRemedy)\(unhashedDirectory)"
        }
    }

    /// A certificate is not valid now: the server's own, one between it and the authority, or the authority's.
    ///
    /// The verification reports the error, but not the certificate.
    private var outsideValidity: String {
        let isExpired = verification == Verdict.expired
        let state = isExpired ? "has expired" : "is not valid yet"
        let remedy = isExpired ? "" : " Check the clocks of both machines."
        let isInvalid = { (facts: CertificateInfo) in isExpired ? facts.notAfter < now : facts.notBefore > now }
        guard let certificate, !isInvalid(certificate) else {
            return "The certificate of \(address) \(state)\(shown)."
                + (isExpired ? " Renew it on the server, or \(trustByKey)." : remedy)
        }
        guard let between = chain.dropFirst().first(where: isInvalid) else {
            return
                "The certificate of \(address) is valid until \(Self.day(certificate.notAfter)), but the certificate "
                + "of an authority that signed it \(state)."
                + (isExpired ? " Install the authority's new certificate \(authorityPlace), or \(trustByKey)." : remedy)
        }
        return "An intermediate certificate that \(address) sends \(state)\(Self.facts(between)). "
            + "The server's own certificate is valid until \(Self.day(certificate.notAfter))."
            + (isExpired ? " Install the current intermediate certificate on the server, or \(trustByKey)." : remedy)
    }

    private var now: Int64 { Int64(time(nil)) }

    /// Where the trusted authorities are.
    private var authorityPlace: String {
        if let file = endpoint.trust.caFile { return "in the CA file \(file)" }
        return environmentFile.map { "in \($0) (environment variable SSL_CERT_FILE)" } ?? "on this machine"
    }

    /// The CA file that the environment names, if it is used.
    private var environmentFile: String? {
        endpoint.trust == .system ? endpoint.options.authorities.file : nil
    }

    /// A remark if the directories that the environment names have no file that OpenSSL would find.
    private var unhashedDirectory: String {
        guard endpoint.trust == .system, let list = endpoint.options.authorities.directory,
            !list.split(separator: ":").contains(where: { Self.hasHashedNames(String($0)) })
        else { return "" }
        return " SSL_CERT_DIR names \(list), where no file has a hashed name: run openssl rehash on it, or name a file "
            + "with SSL_CERT_FILE."
    }

    /// Whether a directory has a file with a name such as `5ed36f99.0`, the hash of a subject.
    private static func hasHashedNames(_ directory: String) -> Bool {
        guard let entries = opendir(directory) else { return false }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in Array(bytes.prefix { $0 != 0 }) }
            if name.count > 9, name[8] == UInt8(ascii: "."),
                String(decoding: name[..<8], as: UTF8.self).allSatisfy(\.isHexDigit)
            {
                return true
            }
        }
        return false
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
        let file = endpoint.trust.caFile ?? environmentFile
        let code = file.map(Self.errorOfOpening) ?? 0
        let cause =
            if code != 0 {
                String(cString: strerror(code))
            } else if file.map(Self.holdsCertificate) == true {
                "it could not be read a moment ago, perhaps because it was being replaced; the next call reads it again"
            } else {
                "it holds no certificate in PEM form"
            }
        guard endpoint.trust.caFile == nil else {
            return "The CA file \(file ?? "") for \(address) cannot be used: \(cause). "
                + "Correct tls.ca_file (--mailstore.ca-file) or let the exporter's user read the file."
        }
        return "The CA file \(file ?? "of the system") for \(address) cannot be used: \(cause). "
            + (file == nil
                ? "Install the package ca-certificates, or set tls.ca_file (--mailstore.ca-file)."
                : "Correct the environment variable SSL_CERT_FILE, or set tls.ca_file (--mailstore.ca-file).")
    }

    private static func holdsCertificate(_ file: String) -> Bool {
        let bytes = try? SmallFile.read(file, limit: 16 << 20)
        return bytes.map { String(decoding: $0, as: UTF8.self).contains("-----BEGIN ") } ?? false
    }

    private var failedHandshake: String {
        let plain = ["wrong version number", "packet length too long", "http request", "unexpected message"]
        if plain.contains(where: detail.contains) {
            return "\(address) does not speak TLS: is it a plain HTTP port? "
                + "The Administration API's default port is 8463 (SPE 8474)."
        }
        if detail.contains("SYSCALL") || detail.contains("eof") || detail.contains("reset by peer") {
            return "\(address) closed the connection during the TLS handshake: "
                + "is this the port of the Administration API, or is it a plain HTTP port? The default is 8463 (SPE 8474)."
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
    private var shown: String { certificate.map(Self.facts) ?? "" }

    private static func facts(_ certificate: CertificateInfo) -> String {
        "; it shows subject \"\(Self.printable(certificate.subject))\", issuer \"\(Self.printable(certificate.issuer))\", "
            + "valid until \(Self.day(certificate.notAfter))"
    }

    /// The day in UTC, as in ISO 8601.
    static func day(_ secondsSince1970: Int64) -> String {
        let isKnown = CivilDateTime.range.contains(secondsSince1970)
        return isKnown ? CivilDateTime(secondsSince1970: secondsSince1970).date : "an unknown day"
    }
}
