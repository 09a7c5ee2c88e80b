import MailStoreAPI
import Testing

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
