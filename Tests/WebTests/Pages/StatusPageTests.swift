import Foundation
import MailStoreAPI
import TestSupport
import Testing

@testable import Configuration
@testable import Web

@Suite("The status page", .timeLimit(.minutes(1)))
struct StatusPageTests {
    @Test("shows an untried target as unknown, and nothing green")
    func untried() async throws {
        let bench = try WebBench()
        let page = try await bench.serving { try await $0.get("/") }.text
        #expect(page.contains(#"<span class="tag unknown">Unknown</span>"#))
        #expect(!page.contains(#"class="tag good""#))
        #expect(page.contains("1 target: 1 unknown."))
        let published = try PagesBench()
        await published.publish()
        let second = try await published.page("/").text
        #expect(second.contains("not tried yet"))
        #expect(!second.contains(#"class="tag good""#))
        #expect(try await published.json().text("state") == "unknown")
    }

    @Test("shows a target that answers as up, with its version, certificate and clock")
    func up() async throws {
        let bench = try PagesBench()
        var certificate = CertificateInfo(
            notAfter: 1_798_761_600, notBefore: 1_700_000_000, subject: "CN=archive", issuer: "CN=archive",
            publicKeyPin: "sha256//pin", verified: true)
        (certificate.sha1, certificate.sha256) = ("AB12", "CD34")
        bench.server.answer(
            .getServerInfo,
            .result(
                #"{"version": "25.3.1.23021", "machineName": "ARCHIVE"}"#, date: "Thu, 01 Jan 2026 00:10:00 GMT",
                certificate: certificate))
        await bench.collect()
        let page = try await bench.page("/").text
        #expect(page.contains(#"<span class="tag good">Up</span>"#))
        for text in [
            "25.3.1.23021", "ARCHIVE", "expires <time datetime=\"2027-01-01T00:00:00Z\">2027-01-01 00:00 UTC</time>",
            "sha256//pin", "SHA-1 <code>AB12</code>", "SHA-256 <code>CD34</code>",
            "10\u{A0}min 1\u{A0}s ahead of this machine", "https://archive.example:8463",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        let target = try await bench.json()
        #expect(target.text("state") == "up")
        #expect(target["certificate"]?.text("notAfter") == "2027-01-01T00:00:00Z")
        #expect(target["certificate"]?.truth("verified") == true)
        #expect(target["certificate"]?.text("health") == "good")
        #expect(target["certificate"]?.text("sha1") == "AB12" && target["certificate"]?.text("sha256") == "CD34")
        let skew = try #require(target.number("clockSkewSeconds"))
        #expect(abs(skew - 600) < 1)
    }

    @Test("shows a target that fails as down with the remedy, and which collectors fail and why")
    func down() async throws {
        let bench = try PagesBench()
        bench.server.answer(.getServerInfo, .broken(.connect))
        bench.server.answer(.getStores, .failed("System.IO.IOException", "Das <Netzlaufwerk> ist weg."))
        await bench.collect()
        let page = try await bench.page("/").text
        #expect(page.contains(#"<span class="tag bad">Down</span>"#))
        #expect(page.contains("cannot be reached"))
        #expect(page.contains("Das &lt;Netzlaufwerk&gt; ist weg."))
        let target = try await bench.json()
        #expect(target["error"]?.text("reason") == "connect")
        let collectors = target.items("collectors")
        #expect(collectors.map { $0.text("name") } == Edition.server.collectors.map(\.rawValue))
        let stores = try #require(collectors.first { $0.text("name") == "stores" })
        #expect(stores.text("state") == "failing")
        #expect(stores["error"]?.text("reason") == "api_error")
        #expect(stores["error"]?.text("message")?.contains("<Netzlaufwerk>") == true)
        #expect(stores.text("lastSuccess") == nil)
    }

    @Test("shows why a login is refused and what to do about it, once, also while nothing is called")
    func refusedLogin() async throws {
        let bench = try PagesBench()
        for function in InformationalFunction.allCases { bench.server.answer(function, .status(401)) }
        await bench.collect()
        await bench.collect()
        let page = try await bench.page("/").text
        #expect(page.components(separatedBy: "check the user name and the password").count == 2)
        #expect(page.contains("so that the account is not locked") && !page.contains("not called"))
        #expect(page.components(separatedBy: "as above").count == 1 + 7)
        #expect(try await bench.json()["error"]?.fields.keys.sorted() == ["message", "reason"])
    }

    @Test("distinguishes an unsupported collector from one that fails")
    func unsupported() async throws {
        let bench = try PagesBench()
        bench.server.answer(metadata: .raw(#"[{"name": "GetServerInfo", "args": []}]"#))
        await bench.collect()
        let users = try #require(try await bench.json().items("collectors").first { $0.text("name") == "users" })
        #expect(users.text("state") == "unsupported")
        #expect(users.truth("supported") == false)
        let page = try await bench.page("/").text
        #expect(page.contains("not supported"))
        #expect(!page.contains(#"<span class="tag bad">"#))
    }

    @Test("makes no call to the server")
    func asksNothing() async throws {
        let bench = try PagesBench()
        await bench.collect()
        let calls = bench.server.calls.count
        for path in ["/", "/targets/archive", "/api/v1/status", "/config"] {
            let answer = try await bench.page(path)
            #expect(answer.status == 200)
        }
        #expect(bench.server.calls.count == calls)
    }

    @Test(
        "has relative links only, which lead to pages from where it is",
        arguments: ["/", "/targets/archive", "/targets/x"])
    func links(path: String) async throws {
        let bench = try PagesBench()
        await bench.collect()
        let page = try await bench.page(path).text
        let links = page.matches(of: /(?:href|src|action)="([^"#][^"]*)"/).map { String($0.1) }
        #expect(links.count >= 6)
        let prefix = "http://gateway.example/a/prefix"
        for link in links {
            let url = try #require(URL(string: link, relativeTo: URL(string: prefix + path)), "\(link)")
            let absolute = url.absoluteString
            #expect(absolute.hasPrefix(prefix + "/"), "\(link)")
            let answer = try await bench.page(String(absolute.dropFirst(prefix.count)))
            #expect(answer.status == 200 || link.hasSuffix("-/ready"), "\(link)")
        }
    }

    @Test("is not cached, has no script and is made at most once a second")
    func headers() async throws {
        let bench = try PagesBench()
        await bench.collect()
        for path in ["/", "/targets/archive", "/targets/elsewhere", "/api/v1/status", "/config"] {
            let answer = try await bench.page(path)
            #expect(answer.headers["cache-control"] == "no-store")
            #expect(answer.headers["content-security-policy"]?.hasPrefix("default-src 'none'; style-src") == true)
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            #expect(answer.headers["x-frame-options"] == "DENY")
            #expect(!answer.text.contains("<script"))
        }
        let first = try await bench.page("/").text
        bench.server.answer(.getServerInfo, .broken(.connect))
        await bench.target.collection.runOnce(.server)
        if let page = bench.target.sink.page { bench.web.store.update(page) }
        let within = try await bench.page("/").text
        #expect(within == first)
        bench.web.time.advance(by: .seconds(1))
        let after = try await bench.page("/").text
        #expect(after.contains(#"<span class="tag bad">Down</span>"#))
    }

    @Test("shows that the configuration could not be reloaded")
    func reload() async throws {
        let bench = try WebBench()
        bench.configuration.reloadFailed()
        let page = try await bench.serving { try await $0.get("/") }.text
        #expect(page.contains("could not be reloaded"))
    }

    @Test("shows the mistakes in target files, and the JSON has them")
    func targetFiles() async throws {
        let bench = try WebBench()
        try bench.read(targetFiles: ["targets: [{ <nam>: x }]", "targets: ["])
        try await bench.serving { scraper in
            let page = try await scraper.get("/").text
            #expect(!page.contains("could not be reloaded"))
            #expect(page.contains("Some target files cannot be used"))
            #expect(page.contains("0.targets.yml:1: targets[0].&quot;&lt;nam&gt;&quot;: unknown key"), "\(page)")
            let json = try JSONObject(try await scraper.get("/api/v1/status").body)
            let status = try #require(json["data"]?["configuration"])
            #expect(status.truth("lastReloadSuccessful") == false)
            let files = try #require(status["targetFiles"])
            #expect(files.number("valid") == 0 && files.number("invalid") == 2)
            #expect(files.items("problems").map { $0.text("place")?.hasSuffix(".targets.yml") } == [true, true])
        }
        bench.time.advance(by: .seconds(2))
        try bench.read(targetFiles: [])
        let page = try await bench.serving { try await $0.get("/") }.text
        #expect(!page.contains("Some target files"))
    }

    @Test("names the problems of a target in a few words, and never says of a bad one that it has none")
    func problems() {
        var target = Status.Target(name: "archive")
        #expect(target.problems == "not tried yet")
        target.state = .up
        #expect(target.problems == "no problems")
        target.stateSaveFailures = 1
        #expect(target.health == .bad)
        #expect(target.problems == "state not saved")
        target.stores.late = 2
        #expect(target.problems == "2 stores late · state not saved")
        target = Status.Target(name: "archive")
        target.state = .down
        #expect(target.problems == "no recent call succeeded")
        target.error = Status.Failure(APIError(.connect, function: "GetServerInfo", description: "refused"))
        #expect(target.problems == "cannot be reached")
    }
}

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
            #expect(before.text == bench.configuration.configuration.redactedYAML())
            var changed = bench.configuration.configuration
            changed.hideNames = true
            bench.configuration.replace(with: changed)
            let after = try await scraper.get("/config")
            #expect(after.text.contains("hide_names: true"))
        }
    }
}
