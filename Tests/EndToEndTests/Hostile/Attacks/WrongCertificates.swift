import Testing

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
