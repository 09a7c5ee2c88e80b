import TestSupport
import Testing

@testable import MailStoreAPI

@Suite("Places in JSON errors")
struct JSONErrorTests {
    @Test(
        "an error names the way to its place",
        arguments: [
            ("\"x\"", "expected an array, found a string (at byte 0)"),
            ("[1]", "[0]: expected an object, found a number (at byte 1)"),
            (#"[{"id": []}]"#, "[0].id: expected a number or a string, found an array (at byte 8)"),
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
        let stores = #"[{"name": "A"}, {"id": null}]"#
        let reply = #"{"statusCode": "succeeded", "result": "# + stores + "}"
        let envelope = try APIReply(reply: Array(reply.utf8))
        let error = #expect(throws: JSONError.self) { try envelope.result(as: [Store].self) }
        let offset = try #require(reply.utf8.firstIndexOf("}, {"))
        #expect(error?.description == "result[0]: a store has no id (at byte \(offset + 1))")
        #expect(error?.path == "result[0]")
        #expect(error?.problem == "a store has no id")
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

@Suite("Damaged JSON")
struct JSONDamageTests {
    /// The ways in which the product reads replies.
    private enum Reading: CaseIterable {
        case stores, jobs, jobResults, workerResults, profiles, count, metadata, tree

        func read(_ reply: [UInt8]) throws(JSONError) {
            switch self {
            case .stores: _ = try APIReply(reply: reply).result(as: [Store].self)
            case .jobs: _ = try APIReply(reply: reply).result(as: [Job].self)
            case .jobResults: _ = try APIReply(reply: reply).result(as: [JobResult].self)
            case .workerResults: _ = try APIReply(reply: reply).result(as: [WorkerResult].self)
            case .profiles: _ = try APIReply(reply: reply).result(as: [Profile].self)
            case .count: _ = try APIReply(reply: reply).result(as: JSONElementCount.self)
            case .metadata: _ = try [FunctionMetadata](json: reply)
            case .tree: _ = try JSONTree(json: reply)
            }
        }
    }

    @Test("a document that breaks off anywhere is an error", arguments: SampleReplies.all)
    func truncation(reply: String) throws {
        let bytes = Array(reply.utf8)
        _ = try JSONTree(json: bytes)
        for length in 0..<bytes.count {
            let part = Array(bytes[..<length])
            for reading in Reading.allCases {
                #expect(throws: JSONError.self, "the first \(length) bytes") { try reading.read(part) }
            }
        }
    }

    @Test("a document that was changed at random is read or refused, with a place inside it", arguments: 0..<20)
    func mutations(seed: Int) throws {
        var generator = SeededRandom(seed: seed)
        for reply in SampleReplies.all {
            for _ in 0..<20 {
                let bytes = Self.damage(Array(reply.utf8), &generator)
                for reading in Reading.allCases {
                    do throws(JSONError) {
                        try reading.read(bytes)
                    } catch {
                        #expect((0...bytes.count).contains(error.offset))
                        #expect(error.description.utf8.count < 1000)
                    }
                }
            }
        }
    }

    /// Changes, removes, doubles or moves one to six pieces.
    private static func damage(_ original: [UInt8], _ generator: inout SeededRandom) -> [UInt8] {
        let tokens = #"{}[]",:\u-0e.tfn"#.utf8.map { $0 } + [0x00, 0x1F, 0x7F, 0xC3, 0xED, 0xFF]
        var bytes = original
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let place = Int.random(in: 0..<max(1, bytes.count), using: &generator)
            let end = min(bytes.count, place + Int.random(in: 0...12, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[place..<min(place + 1, bytes.count)] = [tokens.randomElement(using: &generator) ?? 0]
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
            default: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: place)
            }
        }
        return bytes
    }
}
