import MailStoreAPI
import TestSupport
import Testing

@Suite("Damaged JSON")
struct JSONDamageTests {
    /// The ways in which the product reads replies.
    private enum Reading: CaseIterable {
        case stores, jobs, jobResults, workerResults, profiles, count, metadata, tree

        func read(_ reply: [UInt8]) throws(JSONError) {
            switch self {
            case .stores: _ = try Envelope(reply: reply).result(as: [Store].self)
            case .jobs: _ = try Envelope(reply: reply).result(as: [Job].self)
            case .jobResults: _ = try Envelope(reply: reply).result(as: [JobResult].self)
            case .workerResults: _ = try Envelope(reply: reply).result(as: [WorkerResult].self)
            case .profiles: _ = try Envelope(reply: reply).result(as: [Profile].self)
            case .count: _ = try Envelope(reply: reply).result(as: JSONElementCount.self)
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
