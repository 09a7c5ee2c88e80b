import Foundation
import Testing

/// What no TLS client says, and what one says that never goes on.
struct TLSGarbage: Attack {
    private static let hello = TLSClientHello.bytes

    private static var messages: [[UInt8]] {
        var noise: UInt32 = 1
        let random = (0..<100_000).map { _ -> UInt8 in
            // A linear congruential generator (Numerical Recipes): the same noise in every run.
            noise = noise &* 1_664_525 &+ 1_013_904_223
            return UInt8(noise >> 24)
        }
        return [
            random, [22, 3, 1, 0xFF, 0xFF] + random,
            [22, 3, 1, 0, 0], [21, 3, 3, 0, 2, 2, 40], [0x80, 0x2E, 1, 0, 2] + random.prefix(44), hello + random,
            hello + hello + hello, Array(hello.prefix(5)) + random.prefix(hello.count - 5),
            [22, 3, 0] + hello.dropFirst(3), [23, 3, 3, 0, 5, 1, 2, 3, 4, 5], [20, 3, 3, 0, 1, 1],
        ] + stride(from: 1, to: hello.count, by: 7).map { Array(hello.prefix($0)) }
    }

    func run(on field: Battlefield) async throws {
        let address = field.address
        for message in Self.messages {
            let said = try await onOwnThread {
                let connection = try RawConnection(to: address, from: "127.0.0.2")
                connection.send(message)
                connection.finishSending()
                return try connection.readToEnd()
            }
            #expect(!said.contains("HTTP/1.1"), "\(message.prefix(10))")
        }
        let plain = try await onOwnThread {
            let connection = try RawConnection(to: address, from: "127.0.0.2")
            connection.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            return try connection.readToEnd()
        }
        #expect(plain.hasPrefix("HTTP/1.1 400 ") && plain.contains("HTTPS"))
        // As many handshakes as one address may begin, and some more.
        let begun = try await onOwnThread { try field.connections(200, from: ["127.0.0.3", "127.0.0.4"]) }
        for connection in begun { connection.send(Self.hello) }
        try await field.scraper.more(5)
        #expect(try await field.newcomer().status == 200)
    }
}

/// The first message of a TLS client (RFC 8446, 4.1.2 and 5.1), as one that offers TLS 1.2 sends it.
enum TLSClientHello {
    static let bytes: [UInt8] = {
        let version: [UInt8] = [3, 3]
        let random = [UInt8](repeating: 0x5A, count: 32)
        // ECDHE with AES-GCM, by a certificate of either kind.
        let suites: [UInt8] = [0, 4, 0xC0, 0x2B, 0xC0, 0x2F]
        let groups: [UInt8] = [0, 10, 0, 4, 0, 2, 0, 23]
        let signatures: [UInt8] = [0, 13, 0, 6, 0, 4, 4, 3, 8, 4]
        let extensions = groups + signatures
        let body = version + random + [0] + suites + [1, 0] + length(extensions.count) + extensions
        let message = [1, 0] + length(body.count) + body
        return [22, 3, 1] + length(message.count) + message
    }()

    private static func length(_ count: Int) -> [UInt8] {
        [UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
    }
}

/// Clients that speak no better TLS than one that was retired.
struct RetiredTLS: Attack {
    func run(on field: Battlefield) async throws {
        let authority = try field.requireAuthority()
        for (version, isSpoken) in [("tls1", false), ("tls1_1", false), ("tls1_2", true), ("tls1_3", true)] {
            let client = try RunningProgram(
                "openssl",
                [
                    "s_client", "-connect", field.address, "-\(version)", "-cipher", "ALL:@SECLEVEL=0", "-cert",
                    authority["good.pem"], "-key", authority["good.key"],
                ])
            let ending = try await client.waitForEnd()
            #expect((ending == .exit(0)) == isSpoken, "\(version): \(client.errors)")
        }
        try await field.scraper.more(1)
    }
}

/// Clients with a certificate that is not good enough, or with none, and the right password.
struct WrongCertificates: Attack {
    func run(on field: Battlefield) async throws {
        let authority = try field.requireAuthority()
        let password = ["--cacert", authority["ca.pem"], "--user", "scraper:\(Battlefield.password)"]
        for _ in 0..<3 {
            for client in HostileAuthority.Client.allCases where client != .good {
                await #expect(throws: TestFailure.self, "\(client)") {
                    try await CurlReply.get("\(field.url)/metrics", password + authority.arguments(client))
                }
            }
            await #expect(throws: TestFailure.self, "no certificate") {
                try await CurlReply.get("\(field.url)/metrics", password)
            }
        }
        #expect(try await field.newcomer().status == 200)
        try await field.scraper.more(1)
    }
}

/// Certificates that are replaced while everybody is connected: by a good one, by half of one, and by a stranger's.
struct ReplacedCertificates: Attack {
    func run(on field: Battlefield) async throws {
        let authority = try field.requireAuthority()
        for _ in 0..<3 {
            try await replace("replacement", trustedBy: "second.pem", field, authority)
            // A certificate whose key has not been written yet, and half of one.
            try field.folder.write(authority.text("server.pem"), to: "server.pem")
            try await refused(field, authority)
            try field.folder.write(String(authority.text("server.pem").prefix(300)), to: "server.pem")
            try await refused(field, authority)
            try await replace("server", trustedBy: "ca.pem", field, authority)
        }
        try await field.scraper.more(1)
    }

    private func replace(
        _ name: String, trustedBy file: String, _ field: Battlefield, _ authority: HostileAuthority
    ) async throws {
        try Battlefield.install(name, of: authority, in: field.folder)
        #expect(try await field.reload().status == 200)
        #expect(await isShown(file, field, authority), "\(name)")
    }

    private func refused(_ field: Battlefield, _ authority: HostileAuthority) async throws {
        #expect(try await field.reload().status == 500)
        #expect(await isShown("second.pem", field, authority))
    }

    /// Whether the endpoint shows a certificate of this authority to newcomers.
    private func isShown(_ file: String, _ field: Battlefield, _ authority: HostileAuthority) async -> Bool {
        (try? await field.newcomer("/-/healthy", ["--cacert", authority[file]]))?.status == 200
    }
}

/// An administrator who saves one broken web configuration after the other.
struct BrokenWebConfiguration: Attack {
    func run(on field: Battlefield) async throws {
        let authority = try field.requireAuthority()
        let good = Battlefield.webConfiguration(authority)
        let broken = [
            "", "no YAML: [", "\u{0}\u{1}", String(good.prefix(good.count / 2)), good + "no_such_key: 1\n",
            good.replacing("server.pem", with: "nowhere.pem"), good.replacing("server.key", with: "server.pem"),
            good.replacing("$2b$09$", with: "$1$"), "basic_auth_users: {}\n",
            good.replacing("RequireAndVerifyClientCert", with: "Everybody"),
        ]
        for text in broken {
            try field.folder.write(text, to: "web.yml")
            try await reload(field, isGood: false, "\(text.prefix(40))")
            #expect(try await field.newcomer("/metrics", ["--user", "scraper:wrong"]).status == 401)
        }
        try FileManager.default.removeItem(atPath: field.folder["web.yml"])
        try await reload(field, isGood: false, "no file")
        try field.folder.write(good, to: "web.yml")
        try await reload(field, isGood: true, "")
        try await field.scraper.more(1)
    }

    private func reload(_ field: Battlefield, isGood: Bool, _ text: String) async throws {
        let reply = try await field.reload()
        #expect(reply.status == (isGood ? 200 : 500), "\(text): \(reply.text)")
    }
}
