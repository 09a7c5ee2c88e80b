import Testing

@testable import MailStoreAPI

@Suite("Arrays, objects and documents in JSON")
struct JSONStructureTests {
    @Test(
        "white space may stand between any two tokens",
        arguments: [
            #"{"a":[1,{"b":null}],"c":"d"}"#, " \t\r\n{ \"a\" : [ 1 , { \"b\" : null } ] , \"c\" : \"d\" } \r\n",
            "\u{FEFF}{\"a\":[1,{\"b\":null}],\"c\":\"d\"}", "\u{FEFF}\r\n{\"c\":\"d\",\"a\":[1,{\"b\":null}]}\n\n",
        ])
    func whitespace(document: String) throws {
        let expected = JSONTree.object(["a": .array([.number(1), .object(["b": .null])]), "c": .string("d")])
        #expect(try JSONTree(document) == expected)
    }

    @Test(
        "empty arrays and objects are read",
        arguments: [("[]", JSONTree.array([])), ("[ ]", .array([])), ("{}", .object([:])), ("{\n}", .object([:]))])
    func empty(document: String, expected: JSONTree) throws {
        #expect(try JSONTree(document) == expected)
    }

    @Test(
        "documents that RFC 8259 does not allow are refused, with the place",
        arguments: [
            ("", "expected a number, found the end of the document (at byte 0)"),
            ("\u{FEFF}", "expected a number, found the end of the document (at byte 3)"),
            ("[1] x", "expected the end of the document, found “x” (at byte 4)"),
            ("[1][2]", "expected the end of the document, found an array (at byte 3)"),
            ("{}\u{FEFF}", "expected the end of the document, found byte 239 (at byte 2)"),
            ("{}\u{0}", "expected the end of the document, found byte 0 (at byte 2)"),
            ("[1 2]", "expected a comma or a closing bracket, found a number (at byte 3)"),
            ("[1,]", "[1]: expected a number, found “]” (at byte 3)"),
            ("[,1]", "[0]: expected a number, found “,” (at byte 1)"),
            ("[1", "expected a comma or a closing bracket, found the end of the document (at byte 2)"),
            ("[1}", "expected a comma or a closing bracket, found “}” (at byte 2)"),
            ("{1: 2}", "expected a key, found a number (at byte 1)"),
            ("{a: 2}", "expected a key, found “a” (at byte 1)"),
            (#"{"a" 2}"#, "expected a colon, found a number (at byte 5)"),
            (#"{"a": }"#, "a: expected a number, found “}” (at byte 6)"),
            (#"{"a": 1,}"#, "expected a key, found “}” (at byte 8)"),
            (#"{"a": 1 "b": 2}"#, "expected a comma or a closing brace, found a string (at byte 8)"),
            (#"{"a": 1]"#, "expected a comma or a closing brace, found “]” (at byte 7)"),
            ("[tru]", "[0]: expected true, found “]” (at byte 4)"),
            ("[True]", "[0]: expected a number, found “T” (at byte 1)"),
            ("[falsE]", "[0]: expected false, found “E” (at byte 5)"),
            ("nullnull", "expected the end of the document, found null (at byte 4)"),
            ("// a\n1", "expected a number, found “/” (at byte 0)"),
        ])
    func malformed(document: String, description: String) {
        #expect(failure(of: document, as: JSONTree.self) == description)
    }

    @Test(
        "a value that is skipped has to be well formed too",
        arguments: [
            (#"{"x": [1, {"y": tru}]}"#, "x[1].y: expected true, found “}” (at byte 19)"),
            (#"{"x": "open}"#, "x: the document ends in the middle of a string (at byte 12)"),
            (#"{"x": 01}"#, "x: a number begins with a zero (at byte 8)"),
            (#"{"x": nul}"#, "x: expected null, found “}” (at byte 9)"),
            (#"{"x": }"#, "x: expected a value, found “}” (at byte 6)"),
            (#"{"x": ?}"#, "x: expected a value, found “?” (at byte 6)"),
        ])
    func skipped(document: String, description: String) {
        #expect(failure(of: document, as: ServerInfo.self) == description)
    }

    @Test("nesting is read down to 128 levels and refused below", arguments: [("[", "]"), ("{\"a\":", "}")])
    func nesting(open: String, close: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth) + "0" + String(repeating: close, count: depth)
        }
        let skip = { (reader: inout JSONReader) throws(JSONError) in _ = try reader.skipValue() }
        try parse(nested(128), skip)
        let description = try #require(failure(of: nested(129), skip))
        #expect(
            description.hasSuffix(
                ": nested deeper than 128 levels (at byte \(129 * open.utf8.count - open.utf8.count + 1))"))
    }

    @Test("a million opening brackets do not exhaust the stack", arguments: ["[", "{\"a\":", "[{\"a\":"])
    func endlessNesting(open: String) {
        let description = failure(of: String(repeating: open, count: 1_000_000), as: JSONTree.self)
        #expect(description?.contains("nested deeper than 128 levels") == true)
    }

    @Test("values side by side do not count as nested")
    func wide() throws {
        let document = "[" + String(repeating: "[{}],", count: 1000) + "[]]"
        #expect(try JSONElementCount(document).count == 1001)
    }

    @Test(
        "elements of which nothing is known are counted",
        arguments: [("[]", 0), ("[1]", 1), (#"[{"a": [1, 2]}, null, "x"]"#, 3)])
    func counting(document: String, expected: Int) throws {
        #expect(try JSONElementCount(document).count == expected)
    }

    @Test("a skipped value is found again by its place")
    func placeOfSkipped() throws {
        let document = #"{"a": 1, "b": [true, "]"], "c": 2}"#
        var place = 0..<0
        try parse(document) { (reader) throws(JSONError) in
            try reader.readObject { (reader, key) throws(JSONError) in
                let range = try reader.skipValue()
                if "b" ~= key { place = range }
            }
        }
        #expect(String(decoding: Array(document.utf8)[place], as: UTF8.self) == #"[true, "]"]"#)
    }
}

@Suite("Numbers in JSON")
struct JSONNumberTests {
    @Test(
        "whole numbers are read exactly, in whatever way they are written",
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-12", -12), ("5.0", 5), ("1e3", 1000), ("1E+3", 1000), ("1200e-2", 12),
            ("-2.50e1", -25), ("999999999999999999", 999_999_999_999_999_999),
            ("1234567890123456789", 1_234_567_890_123_456_789), ("9007199254740993", 9_007_199_254_740_993),
            ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("0e999", 0),
            ("1.000000000000000000000", 1),
        ] as [(String, Int64)])
    func wholeNumbers(document: String, expected: Int64) throws {
        #expect(try parse(document) { (reader) throws(JSONError) in try reader.readInt() } == expected)
    }

    @Test(
        "what is no whole number within 64 bits is refused where one is wanted",
        arguments: [
            "9223372036854775808", "-9223372036854775809", "18446744073709551615", "5.5", "1e-1", "1e19", "-1e400",
            "99999999999999999999999999999999999999999999",
        ])
    func noWholeNumbers(document: String) {
        #expect(
            failure(of: document) { (reader) throws(JSONError) in try reader.readInt() }
                == "expected a whole number within 64 bits (at byte 0)")
    }

    @Test(
        "numbers that RFC 8259 does not allow are refused",
        arguments: [
            ("", "expected a number, found the end of the document (at byte 0)"),
            ("-", "expected a digit, found the end of the document (at byte 1)"),
            ("+1", "expected a number, found “+” (at byte 0)"),
            (".5", "expected a number, found “.” (at byte 0)"),
            ("01", "a number begins with a zero (at byte 2)"),
            ("-007", "a number begins with a zero (at byte 4)"),
            ("00", "a number begins with a zero (at byte 2)"),
            ("1.", "expected a digit, found the end of the document (at byte 2)"),
            ("1.e3", "expected a digit, found “e” (at byte 2)"),
            ("1e", "expected a digit, found the end of the document (at byte 2)"),
            ("1e+", "expected a digit, found the end of the document (at byte 3)"),
            ("1e+-3", "expected a digit, found a number (at byte 3)"),
            ("0x10", "expected the end of the document, found “x” (at byte 1)"),
            ("1_000", "expected the end of the document, found “_” (at byte 1)"),
            ("1,5", "expected the end of the document, found “,” (at byte 1)"),
            ("NaN", "expected a number, found “N” (at byte 0)"),
            ("Infinity", "expected a number, found “I” (at byte 0)"),
            ("--1", "expected a digit, found a number (at byte 1)"),
            ("٣", "expected a number, found byte 217 (at byte 0)"),
        ])
    func malformed(document: String, description: String) {
        #expect(failure(of: document) { (reader) throws(JSONError) in try reader.readInt() } == description)
        #expect(failure(of: document) { (reader) throws(JSONError) in try reader.readDouble() } == description)
    }

    @Test(
        "other numbers are read to the nearest Double",
        arguments: [
            ("0.1", 0.1), ("-1.5e-3", -0.0015), ("1e308", 1e308), ("5e-324", .leastNonzeroMagnitude), ("1e-400", 0),
            ("1208925819614629174706176", 0x1p80),
        ])
    func doubles(document: String, expected: Double) throws {
        #expect(try parse(document) { (reader) throws(JSONError) in try reader.readDouble() } == expected)
    }

    @Test(
        "a number beyond what a Double holds is refused, not infinite", arguments: ["1e309", "-1e999999999999999999"])
    func infinite(document: String) {
        #expect(
            failure(of: document) { (reader) throws(JSONError) in try reader.readDouble() }
                == "a number is too large (at byte 0)")
    }

    @Test("numbers of a hundred thousand digits are read like others")
    func endlessDigits() throws {
        let zeros = String(repeating: "0", count: 100_000)
        #expect(try parse("0.\(zeros)1") { (reader) throws(JSONError) in try reader.readDouble() } == 0)
        #expect(try parse("2.\(zeros)") { (reader) throws(JSONError) in try reader.readInt() } == 2)
        #expect(
            failure(of: "1\(zeros)") { (reader) throws(JSONError) in try reader.readInt() }
                == "expected a whole number within 64 bits (at byte 0)")
        #expect(
            failure(of: "1\(zeros)") { (reader) throws(JSONError) in try reader.readDouble() }
                == "a number is too large (at byte 0)")
    }

    @Test(
        "an identifier is text, whether it was written as a number or as a string",
        arguments: [
            ("11", "11"), ("-3", "-3"), ("\"11\"", "11"), ("\"a-b\"", "a-b"), ("11.0", "11"),
            ("\" 11\\t\"", "11"), ("\"007\"", "007"), ("\"11.0\"", "11.0"), ("1.5", "1.5"), ("0", "0"),
            ("99999999999999999999", "99999999999999999999"), ("1e400", "1e400"),
        ])
    func identifiers(document: String, expected: String) throws {
        #expect(try parse(document) { (reader) throws(JSONError) in try reader.readIdentifier() } == expected)
    }

    @Test(
        "an identifier is nothing else",
        arguments: [
            ("null", "null"), ("true", "a boolean"), ("{}", "an object"), ("[1]", "an array"),
            ("\"\"", "an empty string"), ("\" \\r\\n\"", "an empty string"),
        ])
    func noIdentifiers(document: String, found: String) {
        #expect(
            failure(of: document) { (reader) throws(JSONError) in try reader.readIdentifier() }
                == "expected a number or a string, found \(found) (at byte 0)")
    }
}

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
            ("\"a\nb\"", "a string contains an unescaped control character (at byte 2)"),
            ("\"\u{0}\"", "a string contains an unescaped control character (at byte 1)"),
            (#""\x""#, "a string contains an unknown escape (at byte 4)"),
            (#""\u""#, "a \\u escape is cut short (at byte 4)"),
            (#""\u12""#, "a \\u escape is cut short (at byte 6)"),
            (#""\u123""#, "a \\u escape is cut short (at byte 7)"),
            (#""\u12g4""#, "a \\u escape contains a character that is not a hexadecimal digit (at byte 8)"),
            (#""\ud83d\u""#, "a \\u escape is cut short (at byte 10)"),
            (#""\ud83d\uzzzz""#, "a \\u escape contains a character that is not a hexadecimal digit (at byte 14)"),
            (#""\u+123""#, "a \\u escape contains a character that is not a hexadecimal digit (at byte 8)"),
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
