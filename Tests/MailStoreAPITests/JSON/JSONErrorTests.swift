import Testing

@testable import MailStoreAPI

@Suite("Places in JSON errors")
struct JSONErrorTests {
    @Test(
        "an error names the way to its place",
        arguments: [
            ("\"x\"", "expected an array, found a string (at byte 0)"),
            ("[1]", "[0]: expected an object, found a number (at byte 1)"),
            (
                #"[{"id": 1}, {"id": 2, "statisticsSize": "5"}]"#,
                "[1].statisticsSize: expected a number, found a string (at byte 40)"
            ),
            (
                #"[{"id": 1, "statisticsCount": 1.5}]"#,
                "[0].statisticsCount: expected a whole number within 64 bits (at byte 30)"
            ),
            (#"[{"id": 1, "needsUpgrade": 1}]"#, "[0].needsUpgrade: expected a boolean, found a number (at byte 27)"),
            (#"[{"name": "A"}]"#, "[0]: a store has no id (at byte 14)"),
            (
                #"[{"id": 1, "future": {"list": [0, 1, {"x": -}]}}]"#,
                "[0].future.list[2].x: expected a digit, found “}” (at byte 44)"
            ),
        ])
    func places(document: String, description: String) {
        #expect(failure(of: document, as: [Store].self) == description)
    }

    @Test("the place in a result begins with result, and its offset counts from the beginning of the reply")
    func placeInResult() throws {
        let stores = #"[{"id": 1}, {"id": 2}, {"id": 3}, {"id": 4, "statisticsSize": true}]"#
        let reply = #"{"statusCode": "succeeded", "result": "# + stores + "}"
        let envelope = try Envelope(reply: Array(reply.utf8))
        let error = #expect(throws: JSONError.self) { try envelope.result(as: [Store].self) }
        let offset = try #require(reply.utf8.firstIndexOf("true"))
        #expect(
            error?.description == "result[3].statisticsSize: expected a number, found a boolean (at byte \(offset))")
        #expect(error?.path == "result[3].statisticsSize")
        #expect(error?.problem == "expected a number, found a boolean")
    }

    @Test("a key of any length takes only little room in a message")
    func longKey() throws {
        let key = String(repeating: "k", count: 100_000)
        let description = try #require(failure(of: "{\"\(key)\": ?}", as: ServerInfo.self))
        #expect(description == String(repeating: "k", count: 64) + "…: expected a value, found “?” (at byte 100005)")
    }

    @Test("a key with escapes is named as it stands in the document")
    func escapedKey() {
        #expect(failure(of: #"{"a\"b": ?}"#, as: ServerInfo.self) == #"a\"b: expected a value, found “?” (at byte 9)"#)
    }
}

extension String.UTF8View {
    /// The offset in bytes at which `text` stands for the first time.
    fileprivate func firstIndexOf(_ text: String) -> Int? {
        let bytes = Array(self)
        let wanted = Array(text.utf8)
        return bytes.indices.first { bytes[$0...].starts(with: wanted) }
    }
}
