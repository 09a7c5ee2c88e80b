extension WebCase {
    /// What every file of TLS begins with.
    static let pair = "cert_file: server.pem, key_file: server.key"

    static func tls(_ more: String, pair: String = WebCase.pair, http2: Bool = true) -> String {
        "tls_server_config: {\(pair)\(more.isEmpty ? "" : ", ")\(more)}\n"
            + (http2 ? "" : "http_server_config: {http2: false}\n")
    }

    /// Clients of one version of TLS each.
    ///
    /// OpenSSL's level 0 is the one that still speaks TLS 1.0 and 1.1.
    static func ofVersions(_ spoken: [String]) -> [WebClient] {
        ["1.0", "1.1", "1.2", "1.3"].map { version in
            WebClient(
                "TLS \(version)",
                ["--tlsv\(version)", "--tls-max", version, "--ciphers", "DEFAULT@SECLEVEL=0", "--http1.1"],
                gets: spoken.contains(version) ? "200" : WebVerdict.noReply)
        }
    }

    /// TLS and what a server shows of itself.
    static let encryption: [WebCase] = [
        .encrypted(
            "TLS", tls(""),
            [
                WebClient("anybody", gets: "200"),
                WebClient(
                    "who checks the server's certificate", ["--no-insecure", "--cacert", "CERTIFICATES/ca.pem"],
                    gets: "200"),
                WebClient("with HTTP/1.1", ["--http1.1"], gets: "200"),
                WebClient("with HTTP/1.1 and no extension for it", ["--http1.1", "--no-alpn"], gets: "200"),
                WebClient("with HTTP/2", ["--http2"], gets: "200 by HTTP/2", tellsVersion: true),
                WebClient("with a certificate that nobody asked for", certificate("foreign"), gets: "200"),
            ]),
        WebCase(
            name: "TLS, to which a client speaks without it", file: Array(tls("").utf8), scheme: "http",
            clients: [WebClient("in plain text", gets: "400")]),
        WebCase(
            name: "no TLS, to which a client speaks with it", file: [], scheme: "https",
            clients: [WebClient("anybody", gets: WebVerdict.noReply)]),
        .encrypted(
            "a certificate with that of its issuer", tls("", pair: "cert_file: chain.pem, key_file: server.key")),
        .encrypted("a certificate that expired", tls("", pair: "cert_file: expired.pem, key_file: expired.key")),
        .encrypted("a certificate for clients", tls("", pair: "cert_file: right.pem, key_file: right.key")),
        .encrypted("an RSA key", tls("", pair: "cert_file: rsa.pem, key_file: rsa.key"), ofVersions(["1.2", "1.3"])),
        .encrypted("a key in the traditional form", tls("", pair: "cert_file: server.pem, key_file: traditional.key")),
        .encrypted(
            "TLS, with a value for each key", tls(everyKey),
            [WebClient("with a certificate", certificate("right"), gets: "200")]),
        .encrypted("TLS, with keys without values", tls("client_ca_file: '', client_auth_type: '', min_version: ")),
        .encrypted("TLS, with empty lists", tls("cipher_suites: [], curve_preferences: []")),
    ]

    private static let everyKey = """
        client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem, min_version: TLS12, max_version: TLS13,
        cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256], prefer_server_cipher_suites: false,
        curve_preferences: [CurveP256, X25519]
        """

    /// The lowest and the highest version.
    static let versions: [WebCase] = [
        .encrypted("no version named", tls(""), ofVersions(["1.2", "1.3"])),
        .encrypted("from TLS 1.0", tls("min_version: TLS10"), ofVersions(["1.0", "1.1", "1.2", "1.3"])),
        .encrypted("from TLS 1.1", tls("min_version: TLS11"), ofVersions(["1.1", "1.2", "1.3"])),
        .encrypted("from TLS 1.2", tls("min_version: TLS12"), ofVersions(["1.2", "1.3"])),
        .encrypted("from TLS 1.3", tls("min_version: TLS13"), ofVersions(["1.3"])),
        .encrypted("up to TLS 1.2", tls("max_version: TLS12"), ofVersions(["1.2"])),
        .encrypted("up to TLS 1.3", tls("max_version: TLS13"), ofVersions(["1.2", "1.3"])),
        .encrypted("TLS 1.1 alone", tls("min_version: TLS11, max_version: TLS11"), ofVersions(["1.1"])),
        .encrypted("TLS 1.2 alone", tls("min_version: TLS12, max_version: TLS12"), ofVersions(["1.2"])),
        .encrypted("TLS 1.3 down to 1.2", tls("min_version: TLS13, max_version: TLS12"), ofVersions([])),
    ]
}

extension WebCase {
    /// Which ciphers and curves are agreed on.
    static let suites: [WebCase] = [
        .encrypted(
            "no suite named", tls(""),
            [
                of12("ECDHE-ECDSA-AES128-GCM-SHA256", gets: "200"),
                of12("ECDHE-ECDSA-AES256-GCM-SHA384", gets: "200"),
                of12("ECDHE-ECDSA-CHACHA20-POLY1305", gets: "200"),
                of12("ECDHE-ECDSA-AES128-SHA", gets: "200"),
                of12("ECDHE-ECDSA-AES256-SHA", gets: "200"),
                of12("ECDHE-ECDSA-AES128-SHA256", gets: WebVerdict.noReply),
                of12("ECDHE-ECDSA-AES128-CCM", gets: WebVerdict.noReply),
                // The server's key is of another kind.
                of12("ECDHE-RSA-AES128-GCM-SHA256", gets: WebVerdict.noReply),
                WebClient(
                    "ECDHE-ECDSA-AES128-SHA with HTTP/2",
                    ["--tls-max", "1.2", "--ciphers", "ECDHE-ECDSA-AES128-SHA", "--http2"], gets: WebVerdict.noReply),
            ] + of13(gets: "200")),
        .encrypted(
            "no suite named, and an RSA key", tls("", pair: "cert_file: rsa.pem, key_file: rsa.key"),
            [
                of12("ECDHE-RSA-AES128-GCM-SHA256", gets: "200"),
                of12("ECDHE-RSA-AES256-SHA", gets: "200"),
                of12("AES128-GCM-SHA256", gets: "200"),
                of12("DHE-RSA-AES128-GCM-SHA256", gets: WebVerdict.noReply),
            ]),
        .encrypted(
            "one suite", tls("cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]", http2: false),
            [
                of12("ECDHE-ECDSA-AES256-GCM-SHA384", gets: "200"),
                of12("ECDHE-ECDSA-AES128-GCM-SHA256", gets: WebVerdict.noReply),
                of12("ECDHE-ECDSA-AES256-SHA", gets: WebVerdict.noReply),
            ] + of13(gets: "200")),
        .encrypted(
            "suites without one of TLS 1.3's ciphers",
            tls("cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA]", http2: false),
            [
                of12("ECDHE-ECDSA-AES128-SHA", gets: "200"),
                of12("ECDHE-ECDSA-AES128-GCM-SHA256", gets: WebVerdict.noReply),
            ] + of13(gets: "200")),
        .encrypted(
            "two suites",
            tls("cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]"),
            [
                of12("ECDHE-ECDSA-AES256-GCM-SHA384", gets: "200"),
                of12("ECDHE-ECDSA-AES128-GCM-SHA256", gets: WebVerdict.noReply),
            ]),
        .encrypted(
            "a suite without forward secrecy",
            tls(
                "cipher_suites: [TLS_RSA_WITH_AES_128_GCM_SHA256], max_version: TLS12",
                pair: "cert_file: rsa.pem, key_file: rsa.key", http2: false),
            [
                of12("AES128-GCM-SHA256", gets: "200"),
                of12("ECDHE-RSA-AES128-GCM-SHA256", gets: WebVerdict.noReply),
            ]),
        .encrypted(
            "suites of TLS 1.3, up to TLS 1.2",
            tls("cipher_suites: [TLS_AES_128_GCM_SHA256], max_version: TLS12", http2: false),
            [of12("ECDHE-ECDSA-AES128-GCM-SHA256", gets: WebVerdict.noReply)]),
        .refused("suites that HTTP/2 forbids", tls("cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]")),
        .encrypted(
            "one curve", tls("curve_preferences: [CurveP384]"),
            [
                WebClient("P-384", ["--curves", "P-384"], gets: "200"),
                WebClient("P-256", ["--curves", "P-256"], gets: WebVerdict.noReply),
                WebClient(
                    "X25519, with TLS 1.2", ["--curves", "X25519", "--tls-max", "1.2"], gets: WebVerdict.noReply),
                WebClient("both", ["--curves", "P-256:P-384"], gets: "200"),
            ]),
        .encrypted(
            "no curve named", tls(""),
            ["X25519", "P-256", "P-384", "P-521"].map { WebClient($0, ["--curves", $0], gets: "200") }),
    ]

    private static func of12(_ suite: String, gets: String) -> WebClient {
        WebClient(suite, ["--tlsv1.2", "--tls-max", "1.2", "--ciphers", suite, "--http1.1"], gets: gets)
    }

    private static func of13(gets: String) -> [WebClient] {
        ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"].map {
            WebClient($0, ["--tlsv1.3", "--tls13-ciphers", $0], gets: gets)
        }
    }
}

extension WebCase {
    /// The arguments by which curl shows a certificate.
    static func certificate(_ name: String) -> [String] {
        ["--cert", "CERTIFICATES/\(name).pem", "--key", "CERTIFICATES/\(name).key"]
    }

    /// Go's policies of client certificates (crypto/tls, type ClientAuthType), with whom each lets in.
    static let policies: [WebCase] =
        [
            policy("NoClientCert", ca: nil, lets: Shown.allCases),
            policy("RequestClientCert", lets: Shown.allCases),
            policy("RequireAnyClientCert", lets: Shown.allCases.filter { $0 != .nothing }),
            policy("RequireClientCert", lets: Shown.allCases.filter { $0 != .nothing }),
            policy("VerifyClientCertIfGiven", lets: [.nothing, .right, .unbound]),
            policy("RequireAndVerifyClientCert", lets: [.right, .unbound]),
            // Go by the authorities of the system, which know none of these.
            policy("VerifyClientCertIfGiven", ca: nil, lets: [.nothing]),
            policy("RequireAndVerifyClientCert", ca: nil, lets: []),
            policy("RequestClientCert", ca: nil, lets: Shown.allCases),
            policy("RequireAndVerifyClientCert", ca: "other-ca.pem", lets: [.foreign]),
        ]
        + [
            .encrypted(
                "a client's certificate and a password",
                tls("client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem")
                    + "basic_auth_users: {ada: \(WebPassword.ada.hash)}",
                [
                    WebClient("both", certificate("right") + ["--user", WebPassword.ada.pair], gets: "200"),
                    WebClient("the certificate", certificate("right"), gets: unauthorized),
                    WebClient("the password", ["--user", WebPassword.ada.pair], gets: WebVerdict.noReply),
                ])
        ]

    /// What a client shows of itself.
    private enum Shown: String, CaseIterable {
        case nothing
        /// Of the authority, for clients.
        case right
        /// Of the authority, for any use.
        case unbound
        /// Of another authority.
        case foreign
        case expired
        /// Of the authority, without the usage clientAuth.
        case forServers = "for-servers"
    }

    private static func policy(_ policy: String, ca: String? = "ca.pem", lets: [Shown]) -> WebCase {
        let clients = Shown.allCases.flatMap { shown in
            ["1.2", "1.3"].map { version in
                WebClient(
                    "\(shown.rawValue), by TLS \(version)",
                    ["--tlsv\(version)", "--tls-max", version] + (shown == .nothing ? [] : certificate(shown.rawValue)),
                    gets: lets.contains(shown) ? "200" : WebVerdict.noReply)
            }
        }
        return .encrypted(
            "\(policy) with \(ca ?? "no CA")",
            tls("client_auth_type: \(policy)" + (ca.map { ", client_ca_file: \($0)" } ?? "")),
            clients)
    }
}
