import MicroHTTPServer
import Testing

@Suite("TLS versions, cipher suites and curves", .serialized, .timeLimit(.minutes(2)))
struct TLSPolicyTests {
    private static let versions: [(TLSPolicy.Version, TLSPolicy.Version, spoken: [String])] = [
        (.tls10, .tls13, spoken: ["-tls1", "-tls1_1", "-tls1_2", "-tls1_3"]),
        (.tls10, .tls11, spoken: ["-tls1", "-tls1_1"]),
        (.tls11, .tls12, spoken: ["-tls1_1", "-tls1_2"]),
        (.tls12, .tls12, spoken: ["-tls1_2"]),
        (.tls12, .tls13, spoken: ["-tls1_2", "-tls1_3"]),
        (.tls13, .tls13, spoken: ["-tls1_3"]),
    ]

    @Test(
        "the versions between the minimum and the maximum are accepted, and no others", arguments: versions,
        [["rsa:2048"], ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]])
    func speaks(
        versions: (lowest: TLSPolicy.Version, highest: TLSPolicy.Version, spoken: [String]), key: [String]
    ) async throws {
        let identity = try await Certificate.make(key: key).identity
        let options = ServerOptions.loopback {
            $0.tls = identity
            $0.tlsPolicy.minimumVersion = versions.lowest
            $0.tlsPolicy.maximumVersion = versions.highest
        }
        try await withServer(options) { _ in
            .status(200)
        } test: { server in
            for version in ["-tls1", "-tls1_1", "-tls1_2", "-tls1_3"] {
                let isMade = try await server.connects(version)
                #expect(isMade == versions.spoken.contains(version), "\(version)")
            }
        }
    }

    private static func suites(_ names: String...) throws -> [CipherSuite] {
        try names.map { try #require(CipherSuite(named: $0)) }
    }

    @Test("a suite that is not listed is not accepted")
    func listedSuites() async throws {
        let identity = try await Certificate.make(key: ["rsa:2048"]).identity
        let suites = try Self.suites("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_CBC_SHA256")
        let options = ServerOptions.loopback {
            $0.tls = identity
            $0.tlsPolicy.cipherSuites = suites
        }
        let offers = [
            ("-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384", true), ("-tls1_2 -cipher AES128-SHA256", true),
            ("-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256", false), ("-tls1_2 -cipher AES128-SHA", false),
            ("-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305", false),
            ("-tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384", true),
            ("-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256", false),
        ]
        try await withServer(options) { _ in
            .status(200)
        } test: { server in
            for (offer, isSpoken) in offers {
                let isMade = try await server.connects(offer)
                #expect(isMade == isSpoken, "\(offer)")
            }
        }
    }

    @Test("TLS 1.3 is accepted even if none of its suites is listed")
    func suitesWithoutTLS13() async throws {
        let identity = try await Certificate.make(key: ["rsa:2048"]).identity
        let suites = try Self.suites("TLS_RSA_WITH_AES_128_CBC_SHA")
        try await withServer(
            .loopback {
                $0.tls = identity
                $0.tlsPolicy.cipherSuites = suites
            }
        ) { _ in
            .status(200)
        } test: { server in
            let isVersion13Spoken = try await server.connects("-tls1_3", saying: "Protocol version: TLSv1.3")
            #expect(isVersion13Spoken)
            let isListedSpoken = try await server.connects("-tls1_2 -cipher AES128-SHA", saying: ": AES128-SHA\n")
            #expect(isListedSpoken)
        }
    }

    @Test("every suite that has a name can be configured", arguments: CipherSuite.names)
    func everySuite(name: String) async throws {
        let suite = try #require(CipherSuite(named: name))
        #expect(suite.name == name)
        let identity = try await Certificate.make().identity
        let server = try HTTPServer(
            .loopback {
                $0.tls = identity
                $0.tlsPolicy.cipherSuites = [suite]
            }
        ) { _ in .status(200) }
        server.stop(grace: 0)
    }

    @Test("only the curves that are listed are used", arguments: ["-tls1_2", "-tls1_3"])
    func curves(version: String) async throws {
        let identity = try await Certificate.make(key: ["rsa:2048"]).identity
        try await withServer(
            .loopback {
                $0.tls = identity
                $0.tlsPolicy.curves = [.p384, .p521]
            }
        ) { _ in
            .status(200)
        } test: { server in
            let ecdhe = version == "-tls1_2" ? "\(version) -cipher ECDHE+AESGCM" : version
            for (curve, isListed) in [("P-384", true), ("P-521", true), ("P-256", false), ("X25519", false)] {
                let isMade = try await server.connects("\(ecdhe) -curves \(curve)")
                #expect(isMade == isListed, "\(curve)")
            }
        }
    }

    @Test("without a list there is forward secrecy only")
    func forwardSecrecy() async throws {
        let identity = try await Certificate.make(key: ["rsa:2048"]).identity
        try await withServer(.loopback { $0.tls = identity }) { _ in
            .status(200)
        } test: { server in
            for (exchange, isSpoken) in [("kRSA", false), ("kECDHE", true)] {
                let isMade = try await server.connects("-tls1_2 -cipher \(exchange)")
                #expect(isMade == isSpoken, "\(exchange)")
            }
        }
    }

    @Test("the configured order of suites has precedence", arguments: [true, false])
    func order(prefersOwn: Bool) async throws {
        let identity = try await Certificate.make(key: ["rsa:2048"]).identity
        let suites = try Self.suites(
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
        try await withServer(
            .loopback {
                $0.tls = identity
                $0.tlsPolicy.cipherSuites = suites
                $0.tlsPolicy.prefersOwnOrder = prefersOwn
            }
        ) { _ in
            .status(200)
        } test: { server in
            let offer = "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384"
            let chosen = prefersOwn ? "AES256" : "AES128"
            let isChosen = try await server.connects(offer, saying: "Ciphersuite: ECDHE-RSA-\(chosen)-GCM")
            #expect(isChosen)
        }
    }

    @Test("names that no suite has are refused", arguments: ["", "AES128-SHA", "TLS_NULL_WITH_NULL_NULL"])
    func unknownSuite(name: String) {
        #expect(CipherSuite(named: name) == nil)
    }

    private static let mistakes: [(@Sendable (inout TLSPolicy) -> Void, String)] = [
        ({ ($0.minimumVersion, $0.maximumVersion) = (.tls13, .tls12) }, "the minimum TLS version is above the maximum"),
        ({ $0.curves = [] }, "the list of curves is empty"),
        ({ $0.cipherSuites = [] }, "no listed cipher suite works"),
        (
            {
                $0.maximumVersion = .tls12
                $0.cipherSuites = CipherSuite(named: "TLS_AES_128_GCM_SHA256").map { [$0] }
            }, "no listed cipher suite works"
        ),
    ]

    @Test("settings that contradict each other are reported", arguments: mistakes.indices)
    func isTold(index: Int) async throws {
        let (change, part) = Self.mistakes[index]
        let identity = try await Certificate.make().identity
        let error = try #require(throws: ServerError.self) {
            try HTTPServer(
                .loopback {
                    $0.tls = identity
                    change(&$0.tlsPolicy)
                }
            ) { _ in .status(200) }
        }
        #expect(error.kind == .badPolicy)
        #expect(error.description.contains(part))
    }
}

extension HTTPServer {
    /// Whether s_client makes a connection with these options and says this of it.
    fileprivate func connects(
        _ options: String, saying part: String = "CONNECTION ESTABLISHED"
    ) async throws -> Bool {
        let output = try await Program.run(
            "sh", "-c",
            "openssl s_client -brief -cipher 'ALL:@SECLEVEL=0' \(options) -connect 127.0.0.1:\(port) </dev/null 2>&1")
        return output.exitCode == 0 && output.text.contains(part)
    }
}
