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
