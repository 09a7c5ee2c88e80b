import Testing

/// Clients of several addresses that try one password after the other, as fast as they can.
struct WrongPasswords: Attack {
    /// Tries of each client, and clients.
    private static let tries = 60
    private static let sources = (70..<74).map { "127.0.0.\($0)" }

    func run(on field: Battlefield) async throws {
        let authority = try field.requireAuthority()
        let clients = try Self.sources.map { source in
            let name = "tries-\(source)"
            let file = try field.folder.write(
                (0..<Self.tries).map { Self.attempt($0, from: source, field.url, authority) }.joined(
                    separator: "next\n"),
                to: name)
            return try RunningProgram("curl", ["-q", "--parallel", "--parallel-max", "20", "--config", file])
        }
        try await field.scraper.more(5)
        for client in clients {
            #expect(try await client.waitForEnd() == .exit(0))
            let statuses = client.output.split(separator: "\n")
            #expect(statuses.count == Self.tries)
            // Whoever has too many tries waiting is told to come again later.
            #expect(statuses.allSatisfy { $0 == "401" || $0 == "503" }, "\(Set(statuses))")
            #expect(statuses.contains("401"))
        }
        #expect(try await field.newcomer().status == 200)
    }

    private static func attempt(
        _ number: Int, from source: String, _ url: String, _ authority: HostileAuthority
    ) -> String {
        // Also users that there are not, whose passwords take as long.
        let user = number % 3 == 0 ? "nobody-\(number)" : "scraper"
        let options = [
            "url": "\(url)/metrics", "user": "\(user):wrong-\(source)-\(number)", "interface": source,
            "cacert": authority["ca.pem"], "cert": authority["good.pem"], "key": authority["good.key"],
            "output": "/dev/null", "noproxy": "*", "max-time": "20", "write-out": #"%{http_code}\n"#,
        ]
        return options.map { "\($0.key) = \"\($0.value)\"\n" }.joined() + "silent\n"
    }
}
