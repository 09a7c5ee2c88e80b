import Foundation
import Testing

@testable import MailStoreSimulator

@Suite("Encodings")
struct EncodingTests {
    @Test("a reply has the fields, the order and the layout of the documented example")
    func documentedExample() {
        let bench = Bench {
            $0.version = "9.0.0.9702"
            $0.quirks.byteOrderMark = false
        }
        let reply = bench.reply("/api/invoke/GetServerInfo")
        #expect(
            reply.map { String(decoding: $0.body, as: UTF8.self) } == """
                {
                  "error": null,
                  "token": null,
                  "statusVersion": 2,
                  "statusCode": "succeeded",
                  "percentProgress": null,
                  "statusText": null,
                  "result": {
                    "version": "9.0.0.9702",
                    "machineName": "MAILSTORE"
                  },
                  "logOutput": null
                }
                """)
    }

    @Test(
        "another parser reads any text correctly",
        arguments: [
            "quote \" backslash \\ slash /", "line\r\nbreak\ttab", "\u{0}\u{1F}\u{7F}", "Müller & Söhne – 田中 🗄️", "",
        ])
    func texts(text: String) throws {
        let json: JSONValue = ["text": .string(text), "list": [], "empty": [:], "number": -3, "yes": true]
        let parsed = try #require(
            JSONSerialization.jsonObject(with: Data(json.encoded())) as? [String: Any])
        #expect(parsed["text"] as? String == text)
        #expect((parsed["list"] as? [Any])?.isEmpty == true)
        #expect((parsed["empty"] as? [String: Any])?.isEmpty == true)
        #expect(parsed["number"] as? Int == -3)
        #expect(parsed["yes"] as? Bool == true)
    }

    @Test(
        "form fields are decoded as UTF-8",
        arguments: [
            ("id=11", ["id": "11"]), ("a=1&b=two+words", ["a": "1", "b": "two words"]),
            ("path=D%3A%5CSicherung%20%C3%BC", ["path": "D:\\Sicherung ü"]), ("a=&b", ["a": "", "b": ""]),
            ("a=1&a=2", ["a": "1"]), ("t=50%&u=%zz", ["t": "50%", "u": "%zz"]), ("", [:]), ("a=b=c", ["a": "b=c"]),
        ])
    func forms(body: String, fields: [String: String]) {
        #expect(FormDecoding.fields(Array(body.utf8)) == fields)
    }

    @Test("credentials are read from the header of the documented example")
    func credentials() {
        let credentials = AuthorizationHeader("Basic YWRtaW46UGFzc3cwcmQ=")
        #expect(credentials?.userName == "admin")
        #expect(credentials?.password == "Passw0rd")
    }

    @Test("passwords can contain colons and umlauts")
    func difficultPassword() {
        let header = "basic " + Data("jürgen:a:ß 密".utf8).base64EncodedString()
        #expect(AuthorizationHeader(header)?.userName == "jürgen")
        #expect(AuthorizationHeader(header)?.password == "a:ß 密")
    }

    @Test(
        "other headers have no credentials",
        arguments: [
            nil, "", "Basic", "Bearer YWRtaW46UGFzc3cwcmQ=", "Basic YWRtaW4=", "Basic !!!!",
        ] as [String?])
    func noCredentials(header: String?) {
        #expect(AuthorizationHeader(header) == nil)
    }

    @Test("Base64 agrees with another encoder", arguments: 0...7)
    func base64(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 91 + 200) }
        #expect(SimulatedCertificate.base64(bytes) == Data(bytes).base64EncodedString())
    }
}
