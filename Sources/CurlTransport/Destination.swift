internal import CCurl

/// The unchanging facts of one transport, shared by all its requests.
final class Destination: Sendable {
    /// Tells the destinations of one engine apart.
    let id: UInt64
    let options: CurlOptions
    let trust: Trust
    /// Host and port for people, `host:8463`; no user information can be in it.
    let endpoint: String
    /// The host alone.
    let host: String
    /// What all URLs begin with; `nil` where the configured URL is none.
    private let base: String?

    init(id: UInt64, options: CurlOptions) {
        self.id = id
        self.options = options
        self.trust = Trust(options)
        let parts = Self.hostAndPort(of: options.baseURL)
        var base = options.baseURL[...]
        while base.hasSuffix("/") { base.removeLast() }
        self.base = parts == nil ? nil : String(base)
        self.host = parts?.host ?? "the configured URL"
        self.endpoint = parts.map { "\($0.host):\($0.port)" } ?? "the configured URL"
    }

    /// The URL of a path; what was configured, for libcurl to refuse, where that is no URL.
    func url(path: String) -> String { base.map { $0 + path } ?? options.baseURL }

    private static func hostAndPort(of url: String) -> (host: String, port: String)? {
        guard let parsed = curl_url() else { return nil }
        defer { curl_url_cleanup(parsed) }
        guard curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK,
            let host = part(CURLUPART_HOST, of: parsed),
            let port = part(CURLUPART_PORT, of: parsed)
        else { return nil }
        return (host, port)
    }

    private static func part(_ part: CURLUPart, of url: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        // CURLU_DEFAULT_PORT, which Swift does not import: the scheme's port where the URL names none.
        let defaultPort: UInt32 = 1 << 0
        guard curl_url_get(url, part, &text, defaultPort) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
