import MailStoreAPI
import Testing

@Suite("Strings in JSON")
struct JSONStringTests {
    @Test(
        "escapes are undone",
        arguments: [
            (#""""#, ""),
            (#""plain""#, "plain"),
            (#""Grüße, 日本, 🗄""#, "Grüße, 日本, 🗄"),
            (#""\"\\\/""#, "\"\\/"),
            (#""\b\f\n\r\t""#, "\u{08}\u{0C}\n\r\t"),
            (#""\u0041\u00e4\u00E4\u20ac""#, "Aää€"),
            (#""\u0000""#, "\u{0}"),
            (#""\ud83d\uddc4""#, "🗄"),
            (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
            (#""\uFFFE\uFFFF""#, "\u{FFFE}\u{FFFF}"),
            (#""line one\r\nline two\r\n""#, "line one\r\nline two\r\n"),
            (#""C:\\MailStore\\Store 1""#, #"C:\MailStore\Store 1"#),
            (#""\\u0041""#, #"\u0041"#),
        ])
    func escapes(document: String, expected: String) throws {
        let text = try parse(document) { (reader) throws(JSONError) in try reader.readString() }
        #expect(Array(text.utf8) == Array(expected.utf8))
    }

    @Test(
        "half a surrogate pair becomes U+FFFD and takes nothing else along",
        arguments: [
            (#""\ud83d""#, "\u{FFFD}"),
            (#""\uddc4""#, "\u{FFFD}"),
            (#""\ud83dx""#, "\u{FFFD}x"),
            (#""\ud83d\n""#, "\u{FFFD}\n"),
            (#""\ud83d\u0041""#, "\u{FFFD}A"),
            (#""\ud83d\ud83d\uddc4""#, "\u{FFFD}🗄"),
            (#""\uddc4\ud83d""#, "\u{FFFD}\u{FFFD}"),
            (#""\ud83d\\""#, "\u{FFFD}\\"),
        ])
    func loneSurrogates(document: String, expected: String) throws {
        #expect(try parse(document) { (reader) throws(JSONError) in try reader.readString() } == expected)
    }

    @Test(
        "strings that RFC 8259 does not allow are refused",
        arguments: [
            (#"""#, "the document ends in the middle of a string (at byte 1)"),
            (#""abc"#, "the document ends in the middle of a string (at byte 4)"),
            (#""abc\"#, "the document ends in the middle of a string (at byte 5)"),
            (#""abc\""#, "the document ends in the middle of a string (at byte 6)"),
            ("\"a\nb\"", "a control character stands unescaped in a string (at byte 2)"),
            ("\"\u{0}\"", "a control character stands unescaped in a string (at byte 1)"),
            (#""\x""#, "a string holds an unknown escape (at byte 4)"),
            (#""\u""#, "a \\u escape is cut short (at byte 4)"),
            (#""\u12""#, "a \\u escape is cut short (at byte 6)"),
            (#""\u123""#, "a \\u escape is cut short (at byte 7)"),
            (#""\u12g4""#, "a \\u escape holds something that is no hexadecimal digit (at byte 8)"),
            (#""\ud83d\u""#, "a \\u escape is cut short (at byte 10)"),
            (#""\ud83d\uzzzz""#, "a \\u escape holds something that is no hexadecimal digit (at byte 14)"),
            (#""\u+123""#, "a \\u escape holds something that is no hexadecimal digit (at byte 8)"),
            ("'a'", "expected a string, found “'” (at byte 0)"),
            ("12", "expected a string, found a number (at byte 0)"),
            ("null", "expected a string, found null (at byte 0)"),
            ("", "expected a string, found the end of the document (at byte 0)"),
        ])
    func malformed(document: String, description: String) {
        #expect(failure(of: document) { (reader) throws(JSONError) in try reader.readString() } == description)
    }

    @Test("bytes that are not UTF-8 become U+FFFD")
    func notUTF8() throws {
        let bytes: [UInt8] = [0x22, 0x41, 0xFF, 0xC3, 0x22]
        let text = try JSONReader.read(bytes) { (reader) throws(JSONError) in try reader.readString() }
        #expect(text == "A\u{FFFD}\u{FFFD}")
        let escaped: [UInt8] = [0x22, 0xFF, 0x5C, 0x6E, 0x22]
        #expect(try JSONReader.read(escaped) { (reader) throws(JSONError) in try reader.readString() } == "\u{FFFD}\n")
    }

    @Test(
        "a field of unknown type is read as text where it is a scalar",
        arguments: [
            (#""a\tb""#, "a\tb"), ("true", "true"), ("false", "false"), ("15", "15"), ("-1.50e2", "-1.50e2"),
            ("null", nil), ("[1, 2]", nil), (#"{"a": {}}"#, nil), (#""""#, ""),
        ])
    func lenient(document: String, expected: String?) throws {
        #expect(try parse(document) { (reader) throws(JSONError) in try reader.readLenientScalar() } == expected)
    }

    @Test(
        "null is the absence of an optional value, and nothing else is",
        arguments: [
            ("null", "nothing"), (#""null""#, "a string null"), ("nul", "expected null, found the end of the document"),
            ("nil", "expected null, found “i”"),
        ])
    func optional(document: String, expected: String) throws {
        let outcome: String
        do throws(JSONError) {
            let text = try parse(document) { (reader) throws(JSONError) in try reader.readOptionalString() }
            outcome = text.map { "a string \($0)" } ?? "nothing"
        } catch {
            outcome = error.problem
        }
        #expect(outcome == expected)
    }
}
