import Testing

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
