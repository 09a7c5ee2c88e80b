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
