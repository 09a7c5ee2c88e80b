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
