import Testing

@testable import KitGenerator

@Suite("A text that becomes Swift source")
struct LiteralTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        /// The `#` that it takes at least, by the rules of the language.
        var fence: Int

        var testDescription: String { text.debugDescription }
    }

    private static let cases = [
        Case(text: "", fence: 1),
        Case(text: "one line", fence: 1),
        Case(text: "one line\n", fence: 1),
        Case(text: "\n\n  indented\n\ttab \n\n", fence: 1),
        Case(text: "Größe → 𝔐, e\u{301}, \u{FEFF}", fence: 1),
        Case(text: #"\n \(interpolated) \u{41} \\"#, fence: 1),
        Case(text: ##"\#n \#(interpolated)"##, fence: 2),
        Case(text: ###"\##n and \#n"###, fence: 3),
        Case(text: "a \\", fence: 1),
        Case(text: "\"", fence: 1),
        Case(text: "\"\"\"", fence: 1),
        Case(text: "\"\"\"#", fence: 2),
        Case(text: "\"\"\"\"\"##", fence: 3),
        Case(text: "\"\"#### \"\" #", fence: 1),
        Case(text: "#### heading", fence: 1),
        Case(text: "\"\"\" ##", fence: 1),
        Case(text: "\"\"\"\n##", fence: 1),
        Case(text: "\"\"\"###\n\\#", fence: 4),
    ]

    @Test("stands for itself", arguments: cases)
    func roundTrip(_ item: Case) throws {
        let source = try SwiftLiteral(item.text).source
        let fence = String(repeating: "#", count: item.fence)
        let opening = fence + "\"\"\"\n"
        let closing = "\n\"\"\"" + fence
        try #require(source.utf8.count == opening.utf8.count + item.text.utf8.count + closing.utf8.count)
        #expect(source.hasPrefix(opening))
        #expect(source.hasSuffix(closing))
        let body = source.utf8.dropFirst(opening.utf8.count).dropLast(closing.utf8.count)
        #expect(body.elementsEqual(item.text.utf8))
        // A raw literal over several lines ends at its closing delimiter and has escapes with as many #.
        let text = String(decoding: body, as: UTF8.self)
        #expect(!text.contains("\"\"\"" + fence))
        #expect(!text.contains("\\" + fence))
    }

    @Test("is refused where the compiler would read something else", arguments: ["a\r\nb", "\u{0}", "\u{1B}[1m"])
    func controlCharacters(_ text: String) {
        #expect(throws: GeneratorError.self) { try SwiftLiteral(text) }
    }
}
