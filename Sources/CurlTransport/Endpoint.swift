internal import CCurl

/// The server of one transport, shared by all its requests.
final class Endpoint: Sendable {
    let options: CurlOptions
    let trust: CertificateTrust
    /// Host and port for people, `host:8463`, never with user information.
    let address: String
    /// The host alone.
    let host: String
    let port: String
    /// The proxy between this machine and the server.
    var proxy: Proxy? { options.proxy }
    /// The beginning of all URLs; `nil` if the configured URL is invalid.
    private let base: String?

    init(_ options: CurlOptions) {
        self.options = options
        self.trust = CertificateTrust(options)
        let parts = Self.hostAndPort(of: options.baseURL)
        var base = options.baseURL[...]
        while base.hasSuffix("/") { base.removeLast() }
        self.base = parts == nil ? nil : String(base)
        self.host = parts?.host ?? "the configured URL"
        self.port = parts?.port ?? ""
        self.address = parts.map { "\($0.host):\($0.port)" } ?? "the configured URL"
    }

    /// The URL of a path, or the invalid configured URL, which libcurl will refuse.
    func url(path: String) -> String { base.map { $0 + path } ?? options.baseURL }

    private static func hostAndPort(of url: String) -> (host: String, port: String)? {
        guard let parsed = curl_url() else { return nil }
        defer { curl_url_cleanup(parsed) }
        guard curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK,
            let host = part(CURLUPART_HOST, of: parsed),
            // CURLU_DEFAULT_PORT, which Swift does not import: the scheme's port if the URL has none.
            let port = part(CURLUPART_PORT, of: parsed, flags: 1 << 0)
        else { return nil }
        guard host.hasSuffix("]"), let zone = part(CURLUPART_ZONEID, of: parsed) else { return (host, port) }
        return ("\(host.dropLast())%\(zone)]", port)
    }

    static func part(_ part: CURLUPart, of url: OpaquePointer, flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}

/// The certificate authorities that the environment names instead of those of the operating system.
///
/// As for other programs, each variable replaces only its own part: the file of authorities, or the directory.
package struct EnvironmentAuthorities: Sendable, Equatable {
    /// The value of `SSL_CERT_FILE`, a PEM file.
    let file: String?
    /// The value of `SSL_CERT_DIR`: directories with hashed names (openssl-rehash(1)), separated by colons.
    let directory: String?

    package init(environment: [String: String] = [:]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        file = value("SSL_CERT_FILE")
        directory = value("SSL_CERT_DIR")
    }
}

/// The condition that a server's certificate must meet.
enum CertificateTrust: Sendable, Equatable {
    /// The certificate authorities of the operating system.
    case system
    /// The certificates of a PEM file, and no others.
    case authority(file: String)
    /// The public key alone: issuer, host name and validity are ignored.
    case publicKey(pin: String)
    /// Both the certificates of a PEM file and the public key.
    case authorityAndPublicKey(file: String, pin: String)
    /// No verification: every certificate is accepted.
    case nothing

    init(_ options: CurlOptions) {
        self =
            switch (options.skipVerification, options.caFile, options.pinnedPublicKey) {
            case (true, _, _): .nothing
            case (false, nil, nil): .system
            case (false, let file?, nil): .authority(file: file)
            case (false, nil, let pin?): .publicKey(pin: pin)
            case (false, let file?, let pin?): .authorityAndPublicKey(file: file, pin: pin)
            }
    }

    /// Whether issuer, validity and host name are checked.
    var checksChain: Bool {
        switch self {
        case .system, .authority, .authorityAndPublicKey: true
        case .publicKey, .nothing: false
        }
    }

    var caFile: String? {
        switch self {
        case .authority(let file), .authorityAndPublicKey(let file, _): file
        case .system, .publicKey, .nothing: nil
        }
    }

    var pin: String? {
        switch self {
        case .publicKey(let pin), .authorityAndPublicKey(_, let pin): pin
        case .system, .authority, .nothing: nil
        }
    }
}
