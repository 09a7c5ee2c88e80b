import Testing

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
