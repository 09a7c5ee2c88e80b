import Testing

@testable import Exposition

@Suite("Label values are escaped and nothing else about them changes")
struct LabelEscapingTests {
    @Test(
        "a value has one escaped form",
        arguments: [
            ("plain", "plain"), ("\"", #"\""#), ("\\", #"\\"#), ("\n", #"\n"#), ("\r\n", "\r\\n"), ("\t", "\t"),
            ("\\n", #"\\n"#), ("12345678", "12345678"), ("1234567\"", #"1234567\""#), ("\\2345678", #"\\2345678"#),
            ("12345678\n0", #"12345678\n0"#), ("Süd 📧 日本", "Süd 📧 日本"), ("a\0b", "a\0b"), ("e\u{301}", "e\u{301}"),
            ("#{}[],=' ", "#{}[],=' "),
            ("\u{80}\u{7F}\u{23}\u{21}\u{0B}\u{09}\u{5B}\u{5D}", "\u{80}\u{7F}#!\u{0B}\t[]"),
        ])
    func escaped(value: String, expected: String) {
        #expect(render(value) == expected)
    }

    @Test("random values come back when the escapes are undone")
    func roundTrip() {
        var generator = SplitMix(state: 3)
        let alphabet = Array("\"\\\nabcdefgäß📧 ,={}".unicodeScalars)
        for _ in 0..<3000 {
            var value = ""
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                value.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
            }
            let text = render(value)
            #expect(!text.unicodeScalars.contains("\n"))
            #expect(Array(undo(text).utf8) == Array(value.utf8))
        }
    }

    private func render(_ value: String) -> String {
        let family = FamilyDescriptor("x", .gauge, help: "x", labels: ["l"], group: "g")
        var builder = FamilyBlock.Builder(family)
        builder.add(labels: [("l", value)], 1)
        let line = String(decoding: builder.finish().bytes(for: .text), as: UTF8.self)
        return String(line.unicodeScalars.dropFirst(5).dropLast(5))
    }

    private func undo(_ text: String) -> String {
        var result = ""
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "\\" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            if let escaped = scalars.next() {
                result.unicodeScalars.append(escaped == "n" ? "\n" : escaped)
            }
        }
        return result
    }
}
