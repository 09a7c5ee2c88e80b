import Foundation
import MailStoreAPI
import TestSupport
import Testing

@Suite("JSON against Foundation")
struct JSONFoundationTests {
    @Test("strings that Foundation writes are read back equal", arguments: 0..<10)
    func strings(seed: Int) throws {
        var generator = SeededRandom(seed: seed)
        let strings = (0..<50).map { _ in Self.randomString(&generator) }
        let bytes = Array(try JSONEncoder().encode(strings))
        var read: [String] = []
        try JSONReader.read(bytes) { (reader) throws(JSONError) in
            try reader.readArray { (reader, _) throws(JSONError) in read.append(try reader.readString()) }
        }
        #expect(read == strings)
    }

    @Test("whole numbers that Foundation writes are read back equal", arguments: 0..<10)
    func integers(seed: Int) throws {
        var generator = SeededRandom(seed: seed)
        let numbers = (0..<100).map { _ in
            Int64.random(in: .min ... .max, using: &generator) >> Int64.random(in: 0..<64, using: &generator)
        }
        let bytes = Array(try JSONEncoder().encode(numbers))
        var read: [Int64] = []
        try JSONReader.read(bytes) { (reader) throws(JSONError) in
            try reader.readArray { (reader, _) throws(JSONError) in read.append(try reader.readInt()) }
        }
        #expect(read == numbers)
    }

    @Test("numbers that Foundation writes are read back to the last bit", arguments: 0..<10)
    func doubles(seed: Int) throws {
        var generator = SeededRandom(seed: seed)
        let numbers = (0..<100).map { _ in Double(bitPattern: generator.next()) }.filter(\.isFinite)
        let bytes = Array(try JSONEncoder().encode(numbers))
        var read: [Double] = []
        try JSONReader.read(bytes) { (reader) throws(JSONError) in
            try reader.readArray { (reader, _) throws(JSONError) in read.append(try reader.readDouble()) }
        }
        #expect(read.map(\.bitPattern) == numbers.map(\.bitPattern))
    }

    @Test("trees that Foundation writes, pretty or not, are read back equal", arguments: 0..<20)
    func trees(seed: Int) throws {
        var generator = SeededRandom(seed: seed)
        let tree = Self.randomTree(&generator, depth: 5)
        for options: JSONSerialization.WritingOptions in [[], [.prettyPrinted, .sortedKeys]] {
            let data = try JSONSerialization.data(
                withJSONObject: tree.foundationObject, options: options.union(.fragmentsAllowed))
            #expect(try JSONTree(json: Array(data)) == tree)
        }
    }

    @Test("what Foundation refuses is refused, and what it takes is taken", arguments: 0..<20)
    func verdicts(seed: Int) throws {
        var generator = SeededRandom(seed: seed)
        // No letters beyond those of literals and no backslash: the two readers treat bad UTF-8 and escapes differently.
        let alphabet = Array(#"{}[]"",,:::  0019-.eE+ truefalsn"#.utf8)
        let original = Array(#"{"a": [1, 2.5e3, true, null], "b": {"c": "d", "e": [[], {}]}, "f": -0.0}"#.utf8)
        for _ in 0..<200 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...2, using: &generator) {
                let place = bytes.indices.randomElement(using: &generator) ?? 0
                bytes[place] = alphabet.randomElement(using: &generator) ?? 0x20
            }
            let isGood = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
            let isTaken = (try? JSONTree(json: bytes)) != nil
            #expect(isTaken == isGood, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    private static func randomString(_ generator: inout SeededRandom) -> String {
        let scalars = (0..<Int.random(in: 0...20, using: &generator)).compactMap { _ in
            let top: UInt32 = [0x7F, 0x7F, 0x2FF, 0xFFFF, 0x10FFFF].randomElement(using: &generator) ?? 0x7F
            return UnicodeScalar(UInt32.random(in: 0...top, using: &generator))
        }
        return String(String.UnicodeScalarView(scalars))
    }

    private static func randomTree(_ generator: inout SeededRandom, depth: Int) -> JSONTree {
        let count = Int.random(in: 0...4, using: &generator)
        switch Int.random(in: 0..<(depth > 0 ? 8 : 4), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .number(Double(Int64.random(in: -1_000_000...1_000_000, using: &generator)) / 8)
        case 3: return .string(randomString(&generator))
        case 4, 5: return .array((0..<count).map { _ in randomTree(&generator, depth: depth - 1) })
        default:
            let keys = ["id", "Größe", "🗄", "", "a b", "x.y", "startTime"].shuffled(using: &generator).prefix(count)
            var members: [String: JSONTree] = [:]
            for key in keys { members[key] = randomTree(&generator, depth: depth - 1) }
            return .object(members)
        }
    }
}

extension JSONTree {
    /// The same tree as Foundation's writer takes it.
    fileprivate var foundationObject: Any {
        switch self {
        case .null: NSNull()
        case .bool(let bool): bool
        case .number(let number): number
        case .string(let string): string
        case .array(let elements): elements.map(\.foundationObject)
        case .object(let members): members.mapValues(\.foundationObject)
        }
    }
}
