import Foundation
import Testing

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
