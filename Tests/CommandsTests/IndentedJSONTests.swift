import Foundation
import TestSupport
import Testing

@testable import Commands

@Suite("Indented JSON")
struct IndentedJSONTests {
    private func laidOut(_ text: String) -> String {
        String(decoding: IndentedJSON.text(of: Array(text.utf8)), as: UTF8.self)
    }

    @Test(
        "values are laid out with two spaces a level, and what is empty stays on its line",
        arguments: [
            ("null", "null"), (" \r\n12 ", "12"), (#""a b""#, #""a b""#), ("[]", "[]"), ("{ \n }", "{}"),
            ("[ [ ] , { } ]", "[\n  [],\n  {}\n]"),
            (#"{"b":1,"a":[true,null]}"#, "{\n  \"b\": 1,\n  \"a\": [\n    true,\n    null\n  ]\n}"),
        ])
    func layout(text: String, expected: String) {
        #expect(laidOut(text) == expected)
    }

    @Test(
        "numbers keep every digit, keys their order, strings their escapes",
        arguments: [
            "12345678901234567890.10", "1E+400", "-0.0", #""\u00e9\/\"{[:,""#, #""a\\""#, #""Köln 田中""#,
        ])
    func untouched(text: String) {
        #expect(laidOut(text) == text)
    }

    @Test("control characters that JSON lets stand become escapes that mean the same")
    func controls() throws {
        let text = laidOut("[\"\u{7F}\u{9B}31m\u{A0}\"]")
        #expect(text.contains(#"\u007f\u009b31m"# + "\u{A0}"))
        let read = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String]
        #expect(read == ["\u{7F}\u{9B}31m\u{A0}"])
    }

    @Test("any document means the same before and after", arguments: 0..<200 as Range<UInt64>)
    func sameValues(seed: UInt64) throws {
        var random = Generator(state: seed)
        let document = Self.document(&random, depth: 0)
        let options = JSONSerialization.ReadingOptions.fragmentsAllowed
        let before = try JSONSerialization.jsonObject(with: Data(document.utf8), options: options)
        let after = try JSONSerialization.jsonObject(with: Data(laidOut(document).utf8), options: options)
        #expect((before as? NSObject) == (after as? NSObject), "\(document)")
        #expect(laidOut(laidOut(document)) == laidOut(document))
    }

    private static func document(_ random: inout Generator, depth: Int) -> String {
        let space = [" ", "", "\n", "\t", "\r\n"].randomElement(using: &random) ?? ""
        switch Int.random(in: depth < 5 ? 0..<8 : 0..<5, using: &random) {
        case 0: return space + "null"
        case 1: return space + (Bool.random(using: &random) ? "true" : "false") + space
        case 2: return space + String(Int32.random(in: .min ... .max, using: &random))
        case 3:
            return space + "\(Int8.random(in: -99...99, using: &random)).5e\(Int.random(in: -9...9, using: &random))"
        case 4: return space + string(&random)
        case 5, 6:
            let count = Int.random(in: 0...4, using: &random)
            let elements = (0..<count).map { _ in document(&random, depth: depth + 1) }
            return space + "[" + elements.joined(separator: space + ",") + space + "]"
        default:
            let count = Int.random(in: 0...4, using: &random)
            let members = (0..<count).map { "\"k\($0)\"" + space + ":" + document(&random, depth: depth + 1) }
            return "{" + space + members.joined(separator: ",") + space + "}" + space
        }
    }

    private static func string(_ random: inout Generator) -> String {
        let pieces = [
            #"\""#, #"\\"#, #"\n"#, #"\u001b"#, "{", "}", "[", "]", ",", ":", " ", "é", "\u{85}", "\u{7F}", "x", "田",
        ]
        let count = Int.random(in: 0...8, using: &random)
        return "\"" + (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined() + "\""
    }
}

/// SplitMix64: small, and the same on every machine.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
