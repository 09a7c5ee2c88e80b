import Foundation
import MicroHTTPServer
import Testing

@Suite("TLS", .timeLimit(.minutes(2)))
struct TLSTests {
    private static func options(_ identity: TLSIdentity) -> ServerOptions {
        .loopback { $0.tls = identity }
    }

    @Test(
        "curl verifies the certificate and reads pages over one connection",
        arguments: [["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], ["rsa:2048"]])
    func verified(key: [String]) async throws {
        let certificate = try await Certificate.make(key: key)
        try await withServer(Self.options(certificate.identity)) { request in
            let reply = Reply.respond(status: 200, Response(text: request.path))
            return request.path == "/later" ? .later { reply } : reply
        } test: { server in
            try await certificate.withFile { file in
                let url = "https://localhost:\(server.port)"
                let output = try await Program.run(
                    "curl", "-sS4", "--cacert", file, "-w", " %{ssl_verify_result} %{num_connects}\n",
                    "\(url)/now", "\(url)/later")
                #expect(output.text == "/now 0 1\n/later 0 0\n")
                #expect(output.exitCode == 0)
            }
        }
    }

    @Test("large bodies arrive byte for byte")
    func large() async throws {
        let certificate = try await Certificate.make()
        let segments = (0..<3).map { pattern(700_000, seed: $0) }
        let response = Response(segments: segments)
        try await withServer(Self.options(certificate.identity)) { _ in
            .respond(status: 200, response)
        } test: { server in
            let output = try await Program.run("curl", "-sSk", "https://127.0.0.1:\(server.port)/")
            #expect(output.bytes == segments.flatMap(\.self))
        }
    }

    @Test("versions before TLS 1.2 are refused", arguments: [("1.0", 35), ("1.1", 35), ("1.2", 0), ("1.3", 0)])
    func versions(version: String, exitCode: Int32) async throws {
        let certificate = try await Certificate.make()
        try await withServer(Self.options(certificate.identity)) { _ in
            .status(200)
        } test: { server in
            let output = try await Program.run(
                "curl", "-sSk", "--tls-max", version, "--tlsv\(version)", "--ciphers", "DEFAULT:@SECLEVEL=0",
                "https://127.0.0.1:\(server.port)/")
            #expect(output.exitCode == exitCode)
        }
    }

    @Test("clients that disconnect in the middle of a later reply are released")
    func leave() async throws {
        let certificate = try await Certificate.make()
        let gate = Signal<Void>()
        try await withServer(Self.options(certificate.identity)) { _ in
            .later {
                _ = await gate.wait()
                return .status(200)
            }
        } test: { server in
            let output = try await Program.run("curl", "-sSk", "-m", "0.5", "https://127.0.0.1:\(server.port)/")
            let timedOut: Int32 = 28
            #expect(output.exitCode == timedOut)
            gate.send()
            try await wait { server.connectionCounts.open == 0 }
        }
    }

    private static func failure(_ identity: TLSIdentity) throws -> ServerError {
        try #require(throws: ServerError.self) { try HTTPServer(options(identity)) { _ in .status(200) } }
    }

    @Test("a key of another certificate is reported")
    func foreignKey() async throws {
        var identity = try await Certificate.make().identity
        identity.privateKeyPEM = try await Certificate.make().identity.privateKeyPEM
        let error = try Self.failure(identity)
        #expect(error.kind == .badCertificate)
        #expect(error.description.contains("the key belongs to another certificate"))
    }

    @Test("a server that did not start has released its port")
    func portGivenBack() async throws {
        // An address of its own, so that no other test takes the port meanwhile.
        var options = ServerOptions(host: "127.99.0.3", port: 0)
        let first = try HTTPServer(options) { _ in .status(200) }
        first.stop(grace: 0)
        options.endpoints[0].port = first.port
        var broken = options
        broken.tls = TLSIdentity(
            certificatePEM: try await Certificate.make().identity.certificatePEM,
            privateKeyPEM: try await Certificate.make().identity.privateKeyPEM)
        #expect(throws: ServerError.self) { try HTTPServer(broken) { _ in .status(200) } }
        let second = try HTTPServer(options) { _ in .status(200) }
        defer { second.stop(grace: 0) }
        #expect(try await second.answers())
    }

    @Test("a damaged certificate is reported")
    func damaged() async throws {
        var identity = try await Certificate.make().identity
        identity.certificatePEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        #expect(try Self.failure(identity).kind == .badCertificate)
    }

    @Test("a damaged certificate costs no memory each time that it is read")
    func damagedOften() async throws {
        var identity = try await Certificate.make().identity
        // The first of two places that name the signature's algorithm, ecdsa-with-SHA256, becomes another algorithm.
        let lines = identity.certificatePEM.split(separator: "\n").filter { !$0.hasPrefix("-") }
        var bytes = Array(try #require(Data(base64Encoded: lines.joined())))
        let name = try #require(bytes.firstRange(of: [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]))
        bytes[name.upperBound - 1] = 0x03
        let text = Data(bytes).base64EncodedString(options: .lineLength64Characters)
        identity.certificatePEM = "-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n"
        let before = try Self.residentPages()
        for _ in 0..<3000 { #expect(throws: ServerError.self) { try HTTPServer.check(tls: identity) } }
        // A private key that is not freed has four pages of 4 KiB.
        #expect(try Self.residentPages() - before < 8000)
    }

    /// The pages of this process that are in memory (proc(5), `/proc/PID/statm`).
    private static func residentPages() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }

    @Test(
        "what is not the PEM that is needed is told",
        arguments: [
            (TLSIdentity(certificatePEM: "", privateKeyPEM: ""), "the certificate is not in PEM"),
            (
                TLSIdentity(certificatePEM: "-----BEGIN CERTIFICATE-----", privateKeyPEM: "0"),
                "the private key is not in PEM"
            ),
            (
                TLSIdentity(
                    certificatePEM: "-----BEGIN CERTIFICATE-----",
                    privateKeyPEM: "-----BEGIN ENCRYPTED PRIVATE KEY-----"),
                "without a passphrase"
            ),
        ])
    func notPEM(identity: TLSIdentity, part: String) throws {
        let error = try Self.failure(identity)
        #expect(error.kind == .badCertificate)
        #expect(error.description.contains(part))
    }
}
