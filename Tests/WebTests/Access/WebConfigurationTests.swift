import MicroHTTPServer
import TestSupport
import Testing

@testable import Web

@Suite("The web configuration file")
struct WebConfigurationTests {
    @Test(
        "a file that sets nothing is the same as none",
        arguments: [
            "", "\n# nothing yet\n", "{}", "tls_server_config:\nbasic_auth_users:\nrate_limit:\n",
            "tls_server_config: {}\nhttp_server_config: { http2: off, headers: }\nbasic_auth_users: {}",
            "tls_server_config: { cert_file: '', key_file: '' }", "rate_limit: { interval: 0, burst: 20 }",
        ])
    func nothing(text: String) throws {
        #expect(try WebExample(text).read() == WebConfiguration())
    }

    @Test("every setting is read, paths count from the folder of the file")
    func everything() throws {
        let example = try WebExample(
            """
            tls_server_config:
              cert_file: server.crt
              key_file: ./server.key
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: clients.crt
              client_allowed_sans: [prometheus.example.com, 192.0.2.7]
              min_version: TLS10
              max_version: TLS12
              cipher_suites:
                - TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
                - TLS_AES_128_GCM_SHA256
              prefer_server_cipher_suites: no
              curve_preferences: [CurveP521, X25519]
            http_server_config:
              http2: true
              headers:
                Strict-Transport-Security: max-age=31536000
                X-Frame-Options: deny
                X-Content-Type-Options: nosniff
                X-XSS-Protection: ""
                Content-Security-Policy: default-src 'self'
            basic_auth_users:
              alice: \(WebExample.Hash.horse)
              "bob smith": '\(WebExample.Hash.staple)'
            auth_excluded_paths: [/-/healthy, /-/ready]
            rate_limit: { interval: 1.5s, burst: 20 }
            """)
        let configuration = try example.read()

        var policy = TLSPolicy()
        policy.clientAuthentication = .requireAndVerify
        policy.clientCertificateAuthorities = WebExample.certificate
        policy.allowedClientNames = ["prometheus.example.com", "192.0.2.7"]
        policy.minimumVersion = .tls10
        policy.maximumVersion = .tls12
        policy.cipherSuites = ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"].compactMap {
            CipherSuite(named: $0)
        }
        policy.prefersOwnOrder = false
        policy.curves = [.p521, .x25519]
        let tls = try #require(configuration.tls)
        #expect(tls.policy == policy)
        #expect(tls.certificatePEM == WebExample.certificate)
        #expect(tls.identity.privateKeyPEM == WebExample.key)

        #expect(
            configuration.headers == [
                ResponseHeader(name: "Content-Security-Policy", value: "default-src 'self'"),
                ResponseHeader(name: "Strict-Transport-Security", value: "max-age=31536000"),
                ResponseHeader(name: "X-Content-Type-Options", value: "nosniff"),
                ResponseHeader(name: "X-Frame-Options", value: "deny"),
            ])
        #expect(
            configuration.users == [
                "alice": try BcryptHash(parsing: WebExample.Hash.horse),
                "bob smith": try BcryptHash(parsing: WebExample.Hash.staple),
            ])
        #expect(configuration.excludedPaths == ["/-/healthy", "/-/ready"])
        #expect(configuration.rateLimit == RateLimit(interval: .milliseconds(1500), burst: 20))
        #expect(configuration.warnings.isEmpty)
    }

    @Test("TLS is what the shared format has as defaults unless more is set; texts may be in the file itself")
    func inline() throws {
        let text = """
            tls_server_config:
              cert: |
                \(WebExample.certificate.replacing("\n", with: "\n    "))
              key: |
                \(WebExample.key.replacing("\n", with: "\n    "))
              cipher_suites: []
              curve_preferences: []
            """
        let tls = try #require(try WebExample(text).read().tls)
        #expect(tls.policy == TLSPolicy())
        #expect(tls.certificatePEM.hasPrefix("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"))
        #expect(tls.privateKeyPEM.exposed.hasPrefix("-----BEGIN PRIVATE KEY-----\nSECRETKEY\n"))
    }

    @Test(
        "every name of a client policy is understood, the old one too",
        arguments: [
            ("NoClientCert", TLSPolicy.ClientAuthentication.none), ("RequestClientCert", .request),
            ("RequireAnyClientCert", .requireAny), ("RequireClientCert", .requireAny),
            ("VerifyClientCertIfGiven", .verifyIfGiven), ("RequireAndVerifyClientCert", .requireAndVerify),
        ])
    func clientPolicies(name: String, expected: TLSPolicy.ClientAuthentication) throws {
        let text = "tls_server_config: { cert_file: server.crt, key_file: server.key, client_auth_type: \(name) }"
        #expect(try WebExample(text).read().tls?.policy.clientAuthentication == expected)
    }

    @Test("there are warnings about unencrypted passwords, a readable key, an unused client CA")
    func warnings() throws {
        let open = try WebExample("basic_auth_users: { alice: \(WebExample.Hash.horse) }").read()
        #expect(
            open.warnings == [
                "passwords cross the network unencrypted: basic_auth_users is set and tls_server_config is not"
            ])
        let example = try WebExample(
            """
            tls_server_config:
              cert_file: server.crt
              key_file: server.key
              client_ca_file: clients.crt
              client_auth_type: RequireAnyClientCert
            """)
        _ = try example.folder.write(WebExample.key, to: "server.key", mode: 0o644)
        #expect(
            try example.read().warnings == [
                "every user of this machine can read the private key in \"\(example.folder.path)/server.key\"; "
                    + "chmod o-r it",
                "RequireAnyClientCert admits every client certificate, whoever signed it; "
                    + "RequireAndVerifyClientCert checks it against the client CA",
            ])
    }

    @Test("the files to watch are the file and those that it names, also where they cannot be read")
    func files() throws {
        let example = try WebExample(
            "tls_server_config: { cert_file: missing.crt, key_file: /nowhere/server.key, client_ca_file: clients.crt }")
        #expect(
            WebConfigurationReading(path: example.path).files == [
                example.path, example.folder.path + "/missing.crt", "/nowhere/server.key",
                example.folder.path + "/clients.crt",
            ])
    }

    @Test("a key and hashes are not shown where a configuration is printed")
    func secrets() throws {
        let example = try WebExample(
            """
            tls_server_config: { cert_file: server.crt, key_file: server.key }
            basic_auth_users: { alice: \(WebExample.Hash.horse) }
            """)
        var printed = ""
        dump(try example.read(), to: &printed)
        printed += "\(try example.read())"
        #expect(!printed.contains("SECRETKEY"))
        #expect(!printed.contains("$2b$"))
        #expect(printed.contains("<secret>"))
    }
}

@Suite("The document of the web configuration")
struct WebConfigurationDocumentTests {
    private let document: Document

    init() throws {
        document = try Document("docs/configuration.md")
    }

    @Test("explains every key")
    func keys() throws {
        let keys =
            WebConfigurationSchema.root + WebConfigurationSchema.tls + WebConfigurationSchema.http
            + WebConfigurationSchema.headers + WebConfigurationSchema.rateLimit
        for key in keys {
            #expect(document.text.contains("`\(key)`"), "\(key) is not explained")
        }
    }

    @Test("shows a web configuration that is valid")
    func sample() throws {
        let sample = try #require(document.samples.first { $0.contains("tls_server_config:") })
        // The document shows no hash that somebody might copy.
        try #require(sample.contains("$2y$10$…"))
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        for name in ["exporter.pem", "prometheus-ca.pem"] {
            _ = try folder.write("-----BEGIN CERTIFICATE-----\n", to: name)
        }
        _ = try folder.write("-----BEGIN PRIVATE KEY-----\n", to: "exporter.key")
        let hash = "$2y$10$" + String(repeating: "a", count: 53)
        let path = try folder.write(sample.replacing("$2y$10$…", with: hash), to: "web.yml")
        let configuration = try WebConfigurationReading(path: path).outcome.get()
        #expect(configuration.tls?.policy.clientAuthentication == .requireAndVerify)
        #expect(Set(configuration.users.keys) == ["prometheus"])
        #expect(configuration.excludedPaths == ["/-/healthy", "/-/ready"])
        #expect(configuration.rateLimit == RateLimit(interval: .milliseconds(100), burst: 20))
        #expect(configuration.warnings == [])
    }
}

/// A folder with a web configuration file and what it names.
struct WebExample {
    static let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    static let key = "-----BEGIN PRIVATE KEY-----\nSECRETKEY\n-----END PRIVATE KEY-----\n"

    /// Made by Python's `bcrypt`, which is another implementation than libxcrypt.
    enum Hash {
        /// Of `correct horse`.
        static let horse = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"
        /// Of `battery staple`.
        static let staple = "$2a$04$ABCDEFGHIJKLMNOPQRSTUutdBj1TzHskGHYiUO7.EmtyYGZ0G.mnK"
        /// Of `pa:ss wörd`, at another cost.
        static let colon = "$2b$05$ABCDEFGHIJKLMNOPQRSTUO1rdccumM90EAJlYhob9kKF6NjCE.S1e"
    }

    let folder: TemporaryFolder
    let path: String

    /// - Parameter text: What `web.yml` holds; `nil`: there is no such file.
    init(_ text: String?) throws {
        folder = try TemporaryFolder()
        path = folder.path + "/web.yml"
        _ = try folder.write(Self.certificate, to: "server.crt")
        _ = try folder.write(Self.key, to: "server.key")
        _ = try folder.write(Self.certificate, to: "clients.crt")
        if let text { _ = try folder.write(text, to: "web.yml") }
    }

    func read() throws -> WebConfiguration {
        try WebConfigurationReading(path: path).outcome.get()
    }

    /// The mistakes, a line each, without the folder; fails where there is none.
    func mistakes(sourceLocation: SourceLocation = #_sourceLocation) -> [String] {
        switch WebConfigurationReading(path: path).outcome {
        case .failure(let error):
            return error.mistakes.map { $0.description.replacing(folder.path + "/", with: "") }
        case .success:
            Issue.record("the configuration was accepted", sourceLocation: sourceLocation)
            return []
        }
    }
}
