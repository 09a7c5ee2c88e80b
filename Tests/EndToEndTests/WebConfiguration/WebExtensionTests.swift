import Testing

/// What the reference of ``WebAgreementTests`` does not know.
@Suite("A key of the web configuration that later versions of the shared format have", WithWebScenery())
struct WebExtensionTests {
    private static let pair = "cert_file: server.pem, key_file: server.key"

    static let all: [WebCase] = [
        .encrypted(
            "certificate, key and client CA in the file itself",
            "tls_server_config: {cert: INLINE(server.pem), key: INLINE(server.key), client_ca: INLINE(ca.pem), "
                + "client_auth_type: RequireAndVerifyClientCert}",
            [
                WebClient(
                    "who checks the server's certificate",
                    ["--no-insecure", "--cacert", "CERTIFICATES/ca.pem"] + WebCase.certificate("right"), gets: "200"),
                WebClient("with a foreign certificate", WebCase.certificate("foreign"), gets: WebVerdict.noReply),
            ]),
        .encrypted(
            "the names that clients may have",
            "tls_server_config: {\(pair), client_ca_file: ca.pem, client_auth_type: RequireAndVerifyClientCert, "
                + "client_allowed_sans: [scraper.example]}",
            [
                WebClient("of the name", WebCase.certificate("right"), gets: "200"),
                WebClient("of another name", WebCase.certificate("unbound"), gets: WebVerdict.noReply),
                WebClient("without a certificate", gets: WebVerdict.noReply),
            ]),
        .taken(
            "a rate limit", "rate_limit: {interval: 1h, burst: 2}",
            [
                WebClient("the first", gets: "200"), WebClient("the second", gets: "200"),
                WebClient("the third", gets: "429\nX-Content-Type-Options: nosniff"),
            ]),
        .taken(
            "paths that need no password",
            "basic_auth_users: {ada: \(WebPassword.ada.hash)}\nauth_excluded_paths: [/-/healthy, /-/ready]",
            [
                WebClient("asking for one", ["--request-target", "/-/healthy"], gets: "200"),
                WebClient("asking for another one", ["--request-target", "/-/ready"], gets: "200"),
                WebClient(
                    "asking for one with a query", ["--request-target", "/-/healthy?verbose=1"], gets: "200"),
                WebClient(
                    "with a wrong password", ["--request-target", "/-/healthy", "--user", "ada:wrong"], gets: "200"),
                WebClient(
                    "asking for what begins like one", ["--request-target", "/-/healthy/"], gets: WebCase.unauthorized),
                WebClient(
                    "going up from one", ["--request-target", "/-/healthy/../../metrics"], gets: WebCase.unauthorized),
                WebClient("asking for metrics", gets: WebCase.unauthorized),
                WebClient("asking for metrics with a password", ["--user", WebPassword.ada.pair], gets: "200"),
            ]),
        .taken(
            "no paths that need no password", "basic_auth_users: {ada: \(WebPassword.ada.hash)}",
            [WebClient("asking whether all is well", ["--request-target", "/-/healthy"], gets: WebCase.unauthorized)]),
        .taken(
            "a header that some pages have by themselves",
            "http_server_config: {headers: {Content-Security-Policy: default-src 'self'}}",
            [
                WebClient(
                    "asking for such a page", ["--request-target", "/"],
                    gets: "200\nContent-Security-Policy: default-src 'self'\nX-Content-Type-Options: nosniff\n"
                        + "X-Frame-Options: DENY"),
                WebClient(
                    "asking for another page", gets: "200\nContent-Security-Policy: default-src 'self'"),
            ]),
    ]

    @Test("does what it says", arguments: all)
    func works(_ webCase: WebCase) async throws {
        let scenery = try WithWebScenery.scenery
        try await Seats.shared.seated {
            let file = try scenery.write(webCase)
            let found = try await WebProgram.exporter.verdicts(on: webCase, file, in: scenery)
            #expect(found[WebProgram.start] == WebVerdict.starts)
            for client in webCase.clients { #expect(found[client.name] == client.gets, "\(client.name)") }
        }
    }
}
