import MailStoreAPI
import Testing

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
        arguments: [("11", "11"), ("-3", "-3"), ("\"11\"", "11"), ("\"a-b\"", "a-b"), ("11.0", "11"), ("\"\"", "")])
    func identifiers(document: String, expected: String) throws {
        #expect(try parse(document) { (reader) throws(JSONError) in try reader.readIdentifier() } == expected)
    }

    @Test(
        "an identifier is nothing else",
        arguments: [("null", "null"), ("true", "a boolean"), ("{}", "an object"), ("[1]", "an array")])
    func noIdentifiers(document: String, found: String) {
        #expect(
            failure(of: document) { (reader) throws(JSONError) in try reader.readIdentifier() }
                == "expected a number or a string, found \(found) (at byte 0)")
    }
}
