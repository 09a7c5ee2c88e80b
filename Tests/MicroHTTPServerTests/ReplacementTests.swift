import Testing

@testable import MicroHTTPServer

@Suite("Certificates and policies replaced while a server runs", .serialized, .timeLimit(.minutes(2)))
struct ReplacementTests {
    /// curl's exit code for a certificate that cannot be verified.
    private static let unverified: Int32 = 60

    @Test("open connections continue, new ones get the new certificate")
    func keptConnection() async throws {
        let (old, new) = (try await Certificate.make(), try await Certificate.make())
        let replacement = Signal<HTTPServer>()
        let options = ServerOptions.loopback { $0.tls = old.identity }
        try await withServer(options) { request in
            guard request.path == "/replace" else { return .status(200) }
            return .later {
                do {
                    try await replacement.wait()?.replace(tls: new.identity)
                    return .status(200)
                } catch {
                    return .status(500)
                }
            }
        } test: { server in
            replacement.send(server)
            let url = "https://127.0.0.1:\(server.port)"
            try await old.withFile { oldFile in
                let kept = try await Program.run(
                    "curl", "-sS", "--cacert", oldFile, "-o", "/dev/null", "-o", "/dev/null",
                    "-w", "%{http_code} %{num_connects}\n", "\(url)/replace", "\(url)/after")
                #expect(kept.text == "200 1\n200 0\n")
                let again = try await Program.run("curl", "-sS", "--cacert", oldFile, url)
                #expect(again.exitCode == Self.unverified)
            }
            try await new.withFile { newFile in
                let fresh = try await Program.run("curl", "-sS", "--cacert", newFile, url)
                #expect(fresh.exitCode == 0)
            }
        }
    }

    @Test("while certificates are replaced every connection is answered")
    func neverRefused() async throws {
        let certificates = [try await Certificate.make(), try await Certificate.make(key: ["rsa:2048"])]
        try await withServer(.loopback { $0.tls = certificates[0].identity }) { _ in
            .status(200)
        } test: { server in
            let replacing = Task {
                var count = 0
                while !Task.isCancelled {
                    count += 1
                    try server.replace(tls: certificates[count % 2].identity)
                    await Task.yield()
                }
                return count
            }
            for _ in 1...20 {
                let output = try await Program.run(
                    "curl", "-sSk", "-o", "/dev/null", "-w", "%{http_code}", "https://127.0.0.1:\(server.port)/")
                #expect(output.text == "200")
            }
            replacing.cancel()
            #expect(try await replacing.value > 0)
        }
    }

    @Test("a new policy applies to the next connection, in both directions")
    func policy() async throws {
        try await Authority.with { authority in
            try await withServer(.loopback { $0.tls = authority.identity }) { _ in
                .status(200)
            } test: { server in
                var strict = TLSPolicy()
                strict.minimumVersion = .tls13
                strict.clientAuthentication = .requireAndVerify
                strict.clientCertificateAuthorities = authority.certificatePEM
                for (policy, isLetIn) in [(TLSPolicy(), true), (strict, false), (TLSPolicy(), true)] {
                    try server.replace(tls: authority.identity, policy: policy)
                    for version in ["1.2", "1.3"] {
                        let output = try await Program.run(
                            "curl", "-sSk", "--tlsv\(version)", "--tls-max", version,
                            "https://127.0.0.1:\(server.port)/")
                        #expect((output.exitCode == 0) == isLetIn)
                    }
                }
            }
        }
    }

    @Test("settings that cannot be used change nothing")
    func badSettings() async throws {
        let certificate = try await Certificate.make()
        var foreign = certificate.identity
        foreign.privateKeyPEM = try await Certificate.make().identity.privateKeyPEM
        var contradictory = TLSPolicy()
        contradictory.maximumVersion = .tls10
        try await withServer(.loopback { $0.tls = certificate.identity }) { _ in
            .status(200)
        } test: { server in
            #expect(throws: ServerError.self) { try server.replace(tls: foreign) }
            #expect(throws: ServerError.self) {
                try server.replace(tls: certificate.identity, policy: contradictory)
            }
            try await certificate.withFile { file in
                let output = try await Program.run(
                    "curl", "-sS", "--cacert", file, "https://127.0.0.1:\(server.port)/")
                #expect(output.exitCode == 0)
            }
        }
    }

    @Test("a server that started without TLS does not switch to it")
    func plainServer() async throws {
        let identity = try await Certificate.make().identity
        try await withServer { _ in
            .status(200)
        } test: { server in
            let error = try #require(throws: ServerError.self) { try server.replace(tls: identity) }
            #expect(error.description.contains("restart it"))
            #expect(try await server.answers())
        }
    }

    @Test("replaced credentials are freed with their last connection")
    func givenUp() async throws {
        let identity = try await Certificate.make().identity
        try await withServer(.loopback { $0.tls = identity }) { _ in
            .status(200)
        } test: { server in
            weak let old = server.core.credentials.withLock { $0 }
            let client = try await server.client()
            try await wait { server.connectionCounts.open == 1 }
            // A handshake that has begun, so that the connection has its credentials.
            try await client.send([0x16, 3, 1])
            let output = try await Program.run("curl", "-sSk", "https://127.0.0.1:\(server.port)/")
            #expect(output.exitCode == 0)
            try server.replace(tls: identity)
            #expect(old != nil)
            await client.leave()
            try await wait { old == nil }
        }
    }
}
