import MailStoreAPI
import TestSupport
import Testing

@testable import Web

@Suite("Markup")
struct HTMLTests {
    @Test(
        "escapes text, in an element and in an attribute",
        arguments: [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            (#"" onmouseover="x"#, "&quot; onmouseover=&quot;x"), ("' onload='x", "&#39; onload=&#39;x"),
            ("a & b &amp; c", "a &amp; b &amp;amp; c"), ("</style><img src=x>", "&lt;/style&gt;&lt;img src=x&gt;"),
            ("ä ß 📧 Zürich", "ä ß 📧 Zürich"), ("zero\0and\u{1B}[2J", "zero\u{FFFD}and\u{FFFD}[2J"),
            ("\u{85}next", "\u{FFFD}next"), ("¶ ©", "¶ ©"), ("two\nlines", "two\nlines"), ("", ""),
        ])
    func escaping(_ text: String, escaped: String) {
        let element: HTML = "<b>\(text)</b>"
        #expect(element.text == "<b>\(escaped)</b>")
        let attribute: HTML = "<b title=\"\(text)\"></b>"
        #expect(attribute.text == "<b title=\"\(escaped)\"></b>")
    }

    @Test("is inserted as it is, and nil adds nothing")
    func pieces() {
        let inner: HTML = "<i>\("<")</i>"
        let none: HTML? = nil
        let outer: HTML = "<p>\(inner)\(none)\([inner, inner])\(3)</p>"
        #expect(outer.text == "<p><i>&lt;</i><i>&lt;</i><i>&lt;</i>3</p>")
        #expect(HTML([inner, "x"]).text == "<i>&lt;</i>x")
    }
}

@Suite("Text from a hostile server", .timeLimit(.minutes(1)))
struct HostileTextTests {
    private static let attack = #"</td><script>alert('x')</script><img src=x onerror=\"alert(1)\">&lt;"#

    private func attacked() async throws -> PagesBench {
        let bench = try PagesBench()
        let name = Self.attack
        bench.server.answer(.getServerInfo, .result(#"{"version": "\#(name)", "machineName": "\#(name)"}"#))
        bench.server.answer(
            .getStores, .result(#"[{"id": "\#(name)", "name": "\#(name)\u202E\u0000", "requestedState": "\#(name)"}]"#))
        bench.server.answer(.getJobs, .result(#"[{"id": 1, "name": "\#(name)", "action": "\#(name)"}]"#))
        bench.server.answer(
            .getJobResults,
            .result(
                #"[{"jobResultId": 1, "jobId": 1, "completeTime": "2025-12-31T03:05:00", "result": "\#(name)"}]"#))
        bench.server.answer(.getUsers, .failed(name, name))
        let certificate = CertificateInfo(
            notAfter: .max, notBefore: .min, subject: name, issuer: name, publicKeyPin: name, verified: false)
        bench.server.answer(.getLicenseInformation, .result("{}", certificate: certificate))
        await bench.collect(.server, .stores, .jobs, .users, .license)
        return bench
    }

    @Test("stays text on every page", arguments: ["/", "/targets/archive"])
    func isText(path: String) async throws {
        let page = try await attacked().page(path)
        #expect(page.status == 200)
        #expect(page.text.contains("&lt;script&gt;"))
        for markup in ["<script", "<img", "</td></div>", "\u{202E}", "\0"] {
            #expect(!page.text.contains(markup), "\(markup)")
        }
        // Every table that begins ends, and nothing in between has ended one.
        for tag in ["table", "tr", "td", "th", "div", "section", "bdi", "span", "dl", "dd"] {
            let opened = page.text.matches(of: try Regex("<\(tag)[ >]")).count
            #expect(opened == page.text.matches(of: try Regex("</\(tag)>")).count, "\(tag)")
        }
    }

    @Test("is JSON all the same")
    func json() async throws {
        let target = try await attacked().json()
        #expect(target.text("version")?.hasPrefix("</td><script>") == true)
        #expect(target["stores"]?.items("items").count == 1)
    }

    @Test("is shown in part where it is long")
    func length() async throws {
        let bench = try PagesBench()
        let name = String(repeating: "ä", count: 1_000_000)
        bench.server.answer(.getJobs, .result(#"[{"id": 1, "name": "\#(name)", "action": "\#(name)"}]"#))
        bench.server.answer(.getUsers, .failed("System.Exception", name))
        await bench.collect(.server, .jobs, .users)
        for path in ["/", "/targets/archive", "/api/v1/status"] {
            let answer = try await bench.page(path)
            #expect(answer.body.count < 40_000)
        }
    }

    @Test(
        "in a path gets a page that helps",
        arguments: [
            "%3Cscript%3Ealert(1)", "archiv", "..%5c..%5cetc", "a%00b", "%ff%fe", "", "a:b", "%3a",
            "\(String(repeating: "a", count: 3000))",
        ])
    func missing(path: String) async throws {
        let bench = try WebBench(targets: ["archive", "branch"])
        let answer = try await bench.serving { try await $0.get("/targets/\(path)") }
        #expect(answer.status == 404)
        #expect(answer.text.contains(#"<a href="../targets/archive">archive</a>"#))
        #expect(!answer.text.contains("<script"))
        #expect(answer.text.contains("Did you mean") == path.hasPrefix("archiv"))
        #expect(answer.body.count < 20_000)
    }

    @Test(
        "with a slash gets no page, because its links would not be below the page",
        arguments: ["archive/", "a%2fb", "a/b"])
    func slashes(path: String) async throws {
        let answer = try await WebBench().serving { try await $0.get("/targets/\(path)") }
        #expect(answer.status == 404)
        #expect(!answer.text.contains("href"))
    }
}
