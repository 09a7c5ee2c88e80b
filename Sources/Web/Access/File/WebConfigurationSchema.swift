import PlainText

/// The keys that each section of the web configuration file knows.
enum WebConfigurationSchema {
    static let root = [
        "tls_server_config", "http_server_config", "basic_auth_users", "auth_excluded_paths", "rate_limit",
    ]
    static let tls = [
        "cert", "cert_file", "key", "key_file", "client_auth_type", "client_ca", "client_ca_file",
        "client_allowed_sans", "min_version", "max_version", "cipher_suites", "prefer_server_cipher_suites",
        "curve_preferences",
    ]
    static let http = ["http2", "headers"]
    static let headers = [
        "Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options",
        "X-XSS-Protection",
    ]
    static let rateLimit = ["interval", "burst"]

    private static let sections = [
        ("the top level", root), ("tls_server_config", tls), ("http_server_config", http),
        ("http_server_config.headers", headers), ("rate_limit", rateLimit),
    ]

    /// What to say about a key that its section does not know: the section it belongs to, or the nearest one there.
    static func explainUnknown(_ key: String, known: [String]) -> String {
        if let (section, _) = sections.first(where: { $0.1.contains(key) }) {
            return "unknown key here; it belongs in \(section)"
        }
        if let near = NearestName.find(key, among: known) { return "unknown key; did you mean \"\(near)\"?" }
        return "unknown key; known here: \(known.joined(separator: ", "))"
    }
}
