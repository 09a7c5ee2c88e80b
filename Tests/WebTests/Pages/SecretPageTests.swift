import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Web

@Suite("A secret on the pages", .timeLimit(.minutes(1)))
struct SecretPageTests {
    @Test("is nowhere, whatever fails")
    func nowhere() async throws {
        let secret = "correct horse"
        let bench = try PagesBench()
        bench.server.answer(.getUsers, .status(401))
        bench.server.answer(.getProfiles, .raw(#"{"password": "hunter2", "result": "#))
        bench.server.answer(.getStores, .result(#"[{"id": 1, "name": "Archive", "password": "hunter2"}]"#))
        await bench.collect()
        let forms = [secret, Data("admin:\(secret)".utf8).base64EncodedString(), "hunter2"]
        for path in ["/", "/targets/archive", "/targets/none", "/api/v1/status", "/config"] {
            let text = try await bench.page(path).text
            #expect(!forms.contains { text.contains($0) }, "\(path)")
        }
        let page = try await bench.page("/targets/archive").text
        #expect(page.contains("unauthorized"))
    }

    @Test("is <secret> in the configuration, which is the one in force")
    func configuration() async throws {
        let bench = try WebBench()
        try await bench.serving { scraper in
            let before = try await scraper.get("/config")
            #expect(before.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(before.text.contains("password: \"<secret>\"") || before.text.contains("password: <secret>"))
            #expect(before.text == bench.inForce.value.redactedYAML())
            var changed = bench.inForce.value
            changed.hideNames = true
            bench.inForce.replace(with: changed)
            let after = try await scraper.get("/config")
            #expect(after.text.contains("hide_names: true"))
        }
    }
}
