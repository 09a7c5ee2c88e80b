import Testing

@testable import MailStoreSimulator

@Suite("HTTP rules")
struct HTTPRulesTests {
    static let info = "/api/invoke/GetServerInfo"

    @Test("only POST is accepted", arguments: ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
    func methods(method: String) {
        let bench = Bench()
        let reply = bench.reply(Self.info) { $0.method = method }
        #expect(reply?.status == 405)
        #expect(reply?.header("Allow") == "POST")
    }

    @Test("a request without a length is refused, one with length 0 is not")
    func length() {
        let bench = Bench()
        #expect(bench.reply(Self.info) { $0.contentLength = nil }?.status == 411)
        #expect(bench.reply(Self.info) { $0.contentLength = "0" }?.status == 200)
    }

    @Test(
        "wrong or missing logins are refused",
        arguments: [
            nil, "Basic YWRtaW46d3Jvbmc=", "Basic bm9ib2R5OnNpbXVsYXRlZA==", "Basic YWRtaW46", "Negotiate abc",
        ] as [String?])
    func logins(header: String?) {
        let bench = Bench()
        let reply = bench.reply(Self.info) { $0.authorization = header }
        #expect(reply?.status == 401)
        #expect(reply?.header("WWW-Authenticate")?.hasPrefix("Basic") == true)
    }

    @Test("a user without the privilege api is refused as if the password were wrong")
    func noPrivilege() {
        let bench = Bench()
        bench.core.world.change(user: "admin") { $0.mayUseAPI = false }
        #expect(bench.reply(Self.info)?.status == 401)
    }

    @Test("a user who is not an administrator gets 403")
    func notAdministrator() {
        let bench = Bench()
        bench.core.world.change(user: "admin") { $0.isAdministrator = false }
        #expect(bench.reply(Self.info)?.status == 403)
    }

    @Test("with multi-factor authentication, only the API password works")
    func multiFactor() {
        let bench = Bench()
        bench.core.world.change(user: "admin") {
            $0.mfaStatus = "Enabled"
            $0.appPassword = "app"
        }
        #expect(bench.reply(Self.info)?.status == 401)
        #expect(bench.reply(Self.info) { $0.authorization = "Basic YWRtaW46YXBw" }?.status == 200)
    }

    @Test("the list of functions is a bare array that needs no login")
    func metadata() {
        let bench = Bench { $0.quirks.byteOrderMark = false }
        let reply = bench.reply("/api/get-metadata") { $0.authorization = nil }
        #expect(reply?.status == 200)
        #expect(reply?.body.first == UInt8(ascii: "["))
    }

    @Test(
        "other addresses hold nothing", arguments: ["/", "/api", "/api/invoke/", "/api/invoke/A/B", "/api/getstatus"])
    func unknownPaths(path: String) {
        let bench = Bench()
        #expect(bench.reply(path)?.status == 404)
    }

    @Test("replies have the headers of the documented example")
    func headers() {
        let bench = Bench()
        let reply = bench.reply(Self.info)
        #expect(reply?.header("Content-Type") == "application/json")
        #expect(reply?.header("Server") == "Microsoft-HTTPAPI/2.0")
        #expect(reply?.header("Date") == "Tue, 14 Oct 2025 10:00:00 GMT")
        #expect(reply?.header("Expires") == "Mon, 13 Oct 2025 10:00:00 GMT")
        #expect(reply?.header("Pragma") == "no-cache")
    }

    @Test("the Date header has the simulated time, plus the skew that a test sets")
    func date() {
        let bench = Bench { $0.speed = 60 }
        bench.real += 10
        bench.core.clock.dateOffset = -5
        #expect(bench.reply(Self.info)?.header("Date") == "Tue, 14 Oct 2025 10:09:55 GMT")
    }

    @Test("the byte order mark is a quirk that can be switched off", arguments: [true, false])
    func byteOrderMark(isOn: Bool) {
        let bench = Bench { $0.quirks.byteOrderMark = isOn }
        let body = bench.reply(Self.info)?.body ?? []
        #expect(body.starts(with: [0xEF, 0xBB, 0xBF]) == isOn)
        #expect(body.starts(with: [UInt8(ascii: "{")]) == !isOn)
    }

    @Test("a body without a form's content type has no arguments")
    func contentType() {
        let bench = Bench()
        let reply = bench.reply("/api/invoke/VerifyStore", "id=1&includeIndexes=false") {
            $0.contentType = "text/plain"
        }
        let error = reply?.parsed?["error"] as? [String: Any]
        #expect(error?["message"] as? String == "Missing API argument id.")
    }

    @Test("each request is logged with its arguments, user and status")
    func log() {
        let bench = Bench()
        _ = bench.reply("/api/invoke/GetStores", "includeSize=true")
        _ = bench.reply(Self.info) { $0.authorization = nil }
        let records = bench.core.log.records
        #expect(records.map(\.function) == ["GetStores", "GetServerInfo"])
        #expect(records.map(\.status) == [200, 401])
        #expect(records.first?.arguments == ["includeSize": "true"])
        #expect(records.map(\.userName) == ["admin", nil])
    }
}
