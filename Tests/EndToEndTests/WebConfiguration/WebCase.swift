import Testing

/// A web configuration file, and what has to become of the programs and the clients that go by it.
///
/// What is expected is what a program of the shared format does; where this exporter does something else, that stands
/// in ``WebDifference``.
struct WebCase: Sendable, CustomTestStringConvertible {
    var name: String
    /// The file's bytes, in which `INLINE(NAME)` stands for the text of a file of ``WebScenery``.
    ///
    /// With `nil` the programs are started without a file.
    var file: [UInt8]?
    /// `false`: the program ends, with an exit code that tells of a failure.
    var starts = true
    var scheme = "http"
    var clients: [WebClient] = []

    var testDescription: String { name }

    /// A file that a program of the shared format takes.
    static func taken(
        _ name: String, _ file: String?, _ clients: [WebClient] = [WebClient("anybody", gets: "200")]
    ) -> WebCase {
        WebCase(name: name, file: file.map { Array($0.utf8) }, clients: clients)
    }

    /// As ``taken(_:_:_:)``, where the file switches on TLS.
    static func encrypted(
        _ name: String, _ file: String, _ clients: [WebClient] = [WebClient("anybody", gets: "200")]
    ) -> WebCase {
        WebCase(name: name, file: Array(file.utf8), scheme: "https", clients: clients)
    }

    /// A file that keeps a program of the shared format from starting.
    static func refused(_ name: String, _ file: String) -> WebCase {
        refused(name, Array(file.utf8))
    }

    static func refused(_ name: String, _ file: [UInt8]) -> WebCase {
        WebCase(name: name, file: file, starts: false)
    }

    static let all = plain + passwords + headers + encryption + versions + suites + policies + badFiles + badTLS
}

/// One request of the curl program.
struct WebClient: Sendable {
    var name: String
    /// Arguments of curl.
    var arguments: [String]
    /// What comes of it, in the words of ``WebVerdict``.
    var gets: String
    /// Whether the version of HTTP is a part of it.
    var tellsVersion: Bool

    init(_ name: String, _ arguments: [String] = [], gets: String, tellsVersion: Bool = false) {
        self.name = name
        self.arguments = arguments
        self.gets = gets
        self.tellsVersion = tellsVersion
    }
}

extension WebCase {
    /// Files that say nothing, in all the ways there are.
    static let plain: [WebCase] = [
        .taken(
            "none at all", nil,
            [
                WebClient("anybody", gets: "200"),
                WebClient("with a password that nobody asked for", ["--user", "a:b"], gets: "200"),
                WebClient("with HTTP/1.0", ["--http1.0"], gets: "200"),
                WebClient("asking for the head alone", ["--head"], gets: "200"),
            ]),
        .taken("an empty one", ""),
        .taken("a comment alone", "# nothing is set\n"),
        .taken("nothing, written as such", "~\n"),
        .taken("an empty mapping", "{}\n"),
        .taken("sections without contents", "tls_server_config:\nhttp_server_config:\nbasic_auth_users:\n"),
        .taken("empty sections", "tls_server_config: {}\nhttp_server_config: {headers: {}}\nbasic_auth_users: {}\n"),
        .taken("lines that end as on Windows", "http_server_config:\r\n  http2: false\r\n"),
        .taken("a byte order mark", "\u{FEFF}http_server_config: {http2: false}\n"),
        .taken("HTTP/2 switched off", "http_server_config: {http2: off}\n"),
    ]

    /// The five headers that can be set.
    static let headers: [WebCase] = [
        .taken(
            "every header",
            """
            http_server_config:
              headers:
                Content-Security-Policy: default-src 'none'; frame-ancestors 'self'
                Strict-Transport-Security: max-age=31536000; includeSubDomains
                X-Content-Type-Options: nosniff
                X-Frame-Options: deny
                X-XSS-Protection: "0"
            """,
            [
                WebClient(
                    "anybody",
                    gets: """
                        200
                        Content-Security-Policy: default-src 'none'; frame-ancestors 'self'
                        Strict-Transport-Security: max-age=31536000; includeSubDomains
                        X-Content-Type-Options: nosniff
                        X-Frame-Options: deny
                        X-XSS-Protection: 0
                        """)
            ]),
        .taken(
            "headers, and a password",
            """
            basic_auth_users: {ada: \(WebPassword.ada.hash)}
            http_server_config: {headers: {X-Frame-Options: sameorigin}}
            """,
            [
                WebClient("right", ["--user", WebPassword.ada.pair], gets: "200\nX-Frame-Options: sameorigin"),
                WebClient(
                    "missing",
                    gets: "401\nX-Content-Type-Options: nosniff\nX-Frame-Options: sameorigin\nWWW-Authenticate: Basic"),
            ]),
        .taken("an empty header", "http_server_config: {headers: {Strict-Transport-Security: ''}}"),
        .taken(
            "a header that is a number", "http_server_config: {headers: {X-XSS-Protection: 0}}",
            [WebClient("anybody", gets: "200\nX-XSS-Protection: 0")]),
        .taken(
            "a header of two lines", #"http_server_config: {headers: {Content-Security-Policy: "a\nb"}}"#,
            [WebClient("anybody", gets: "200\nContent-Security-Policy: a b")]),
        .refused("a header that is not one of the five", "http_server_config: {headers: {Server: none}}"),
        .refused("a header in small letters", "http_server_config: {headers: {x-frame-options: deny}}"),
        .refused("a header with a list", "http_server_config: {headers: {Content-Security-Policy: [a]}}"),
        .refused("a list of headers", "http_server_config: {headers: [X-Frame-Options]}"),
        .refused("X-Frame-Options in capitals", "http_server_config: {headers: {X-Frame-Options: DENY}}"),
        .refused("X-Frame-Options without a value", "http_server_config: {headers: {X-Frame-Options: }}"),
        .refused(
            "X-Content-Type-Options of any kind", "http_server_config: {headers: {X-Content-Type-Options: sniff}}"),
        .refused("X-Content-Type-Options, empty", "http_server_config: {headers: {X-Content-Type-Options: ''}}"),
    ]
}

extension WebCase {
    /// Files that are wrong as such.
    static let badFiles: [WebCase] = [
        .refused("no mapping but a text", "hello"),
        .refused("no mapping but a list", "[]"),
        .refused("an unknown key", "no_such_key: 1"),
        .refused("a key in capitals", "TLS_server_config: {}"),
        .refused("a key of another section", "cert_file: server.pem"),
        .refused("an unknown key of TLS", tls("no_such_key: 1")),
        .refused("an unknown key of HTTP", "http_server_config: {http3: true}"),
        .refused("brackets that are not closed", "tls_server_config: {cert_file: server.pem"),
        .refused("a tab for spaces", "tls_server_config:\n\tcert_file: server.pem\n"),
        .refused("spaces that do not fit", "tls_server_config:\n  cert_file: server.pem\n key_file: server.key\n"),
        .refused("an alias of nothing", "tls_server_config: *nothing"),
        .refused("a zero byte", "http_server_config: {}\u{0}"),
        .refused("bytes that are not UTF-8", Array("basic_auth_users: {".utf8) + [0xFF, 0xFE] + Array(": a}".utf8)),
        .refused("a section twice", "http_server_config: {}\nhttp_server_config: {}\n"),
        .refused("a key twice", tls("cert_file: server.pem")),
        .refused("a header twice", "http_server_config: {headers: {X-Frame-Options: deny, X-Frame-Options: deny}}"),
        .refused("a text for a section", "tls_server_config: server.pem"),
        .refused("a list for a section", "http_server_config: [headers]"),
        .refused("a number for a switch", "http_server_config: {http2: 1}"),
        .refused("a text for a switch", "http_server_config: {http2: perhaps}"),
        .refused("a switch in quotes", "http_server_config: {http2: 'true'}"),
        .refused("a list for a file name", tls("", pair: "cert_file: [server.pem], key_file: server.key")),
        .encrypted("an anchor and its alias", "tls_server_config: {cert_file: &same both.pem, key_file: *same}"),
        .encrypted("a merge key", "tls_server_config: {<<: {cert_file: server.pem}, key_file: server.key}"),
        .taken("a second document", "http_server_config: {}\n---\nno_such_key: 1\n"),
        .refused("paths without a password", "auth_excluded_paths: [/-/healthy]"),
        .refused("a rate limit", "rate_limit: {interval: 1s, burst: 5}"),
    ]

    /// Mistakes in `tls_server_config`.
    static let badTLS: [WebCase] = [
        .refused("a certificate file that is missing", tls("", pair: "cert_file: no.pem, key_file: server.key")),
        .refused("a key file that is missing", tls("", pair: "cert_file: server.pem, key_file: no.key")),
        .refused("a certificate without a key", tls("", pair: "cert_file: server.pem")),
        .refused("a key without a certificate", tls("", pair: "key_file: server.key")),
        .refused("a certificate with an empty key", tls("", pair: "cert_file: server.pem, key_file: ''")),
        .refused("the key of another certificate", tls("", pair: "cert_file: server.pem, key_file: second.key")),
        .refused("a key of another kind", tls("", pair: "cert_file: server.pem, key_file: rsa.key")),
        .refused("the two exchanged", tls("", pair: "cert_file: server.key, key_file: server.pem")),
        .refused("a certificate in DER", tls("", pair: "cert_file: server.der, key_file: server.key")),
        .refused("a text for a certificate", tls("", pair: "cert_file: text.pem, key_file: server.key")),
        .refused("a directory for a certificate", tls("", pair: "cert_file: directory, key_file: server.key")),
        .refused("a key under a passphrase", tls("", pair: "cert_file: server.pem, key_file: encrypted.key")),
        .refused("a certificate that is damaged", tls("", pair: "cert_file: damaged.pem, key_file: server.key")),
        .refused(
            "a certificate in the file itself", tls("", pair: "cert: INLINE(server.pem), key: INLINE(server.key)")),
        .taken("settings of TLS without a certificate", "tls_server_config: {min_version: TLS12}"),
        .refused("an unknown version", tls("min_version: TLS14")),
        .refused("a version in small letters", tls("min_version: tls12")),
        .refused("a version by its number", tls("max_version: 771")),
        .refused("an empty version", tls("min_version: ''")),
        .refused("a list of versions", tls("min_version: [TLS12]")),
        .refused("an unknown policy", tls("client_auth_type: Sometimes")),
        .refused("a client CA without a policy", tls("client_ca_file: ca.pem")),
        .refused("a client CA for nobody", tls("client_ca_file: ca.pem, client_auth_type: NoClientCert")),
        .refused("a client CA that is missing", tls("client_ca_file: no.pem, client_auth_type: RequireAnyClientCert")),
        .encrypted(
            "a client CA that is no certificate",
            tls("client_ca_file: text.pem, client_auth_type: RequireAndVerifyClientCert"),
            [WebClient("anybody", gets: WebVerdict.noReply)]),
        .refused("names of clients", tls("client_auth_type: RequireAnyClientCert, client_allowed_sans: [a]")),
        .refused("an unknown suite", tls("cipher_suites: [TLS_RSA_WITH_NULL]")),
        .refused("a suite that is insecure", tls("cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]")),
        .refused("a suite that is empty", tls("cipher_suites: ['']")),
        .refused("a suite without a list", tls("cipher_suites: TLS_AES_128_GCM_SHA256")),
        .refused("an unknown curve", tls("curve_preferences: [P256]")),
        .refused("a curve without a list", tls("curve_preferences: X25519")),
        .refused("a number for the order of suites", tls("prefer_server_cipher_suites: 1")),
    ]
}
