import MailStoreAPI
import Testing

@Suite("A secret")
struct SecretTests {
    private static let planted = "correct horse"
    private static let secret = Secret(planted)
    private static let credentials = Credentials(username: "admin", password: secret)

    @Test("is never printed, in whatever way it is looked at")
    func neverPrinted() {
        let secret = Self.secret
        #expect(secret.description == "<secret>")
        #expect(secret.debugDescription == "<secret>")
        #expect("\(secret)" == "<secret>")
        #expect(String(describing: secret) == "<secret>")
        #expect(String(reflecting: secret) == "<secret>")
        #expect(Self.dumped(secret) == "- <secret>\n")
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(Mirror(reflecting: secret).superclassMirror == nil)
    }

    @Test("is never printed with what holds it")
    func neverPrintedInside() {
        let request = HTTPRequest(path: "/", credentials: Self.credentials, timeout: .seconds(1))
        let holders: [Any] = [
            Self.credentials, request, [Self.secret], ["key": Self.secret], Optional(Self.secret) as Any,
            (Self.secret, 1), Set([Self.secret]), Result<Secret, any Error>.success(Self.secret),
        ]
        for holder in holders {
            for text in ["\(holder)", String(reflecting: holder), Self.dumped(holder)] {
                #expect(text.contains("<secret>"))
                #expect(!text.contains("horse"))
            }
        }
    }

    @Test("is equal to its like, and shows itself to whoever has to send it")
    func use() {
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
        #expect(Self.secret.exposed == Self.planted)
        #expect(Self.credentials != Credentials(username: "admin", password: Secret("")))
    }

    private static func dumped(_ value: Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text
    }
}
