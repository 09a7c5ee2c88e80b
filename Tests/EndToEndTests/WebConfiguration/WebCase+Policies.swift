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
