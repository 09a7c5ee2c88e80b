import Testing

@testable import Configuration
@testable import PlainText

@Suite("Names of targets")
struct TargetNameTests {
    @Test(
        "a target is named after its host",
        arguments: [
            ("mail.example.com", "mail.example.com"), ("::1", "1"), ("2001:db8::1", "2001-db8--1"),
            ("::", "mailstore"), (String(repeating: "a", count: 70), String(repeating: "a", count: 64)),
        ])
    func nameFromHost(host: String, name: String) throws {
        #expect(TargetName.fromHost(host) == name)
        #expect(try TargetName.parse(name) == name)
    }
}
