import PlainText

@testable import Commands
@testable import MailStoreAPI

extension FuzzTarget {
    /// The JSON reader, and the printing of JSON for people.
    static let json = [
        FuzzTarget(name: "json") { input in
            let skipped = Result { () throws(JSONError) in
                try JSONReader.read(input) { (reader) throws(JSONError) in try reader.skipValue().upperBound }
            }
            switch (skipped, Result { () throws(JSONError) in try JSONTree(json: input) }) {
            case (.success, .success(let tree)):
                try promise(
                    try JSONTree(json: Array(tree.text.utf8)) == tree, "what was read is not what is written again")
            case (.success, .failure(let error)):
                // Only the contents of strings and numbers are not checked when they are skipped.
                let isScalar = ["a string contains", "a \\u escape", "a number is too large"].contains {
                    error.problem.hasPrefix($0)
                }
                try promise(isScalar, "skipped without an error, but: \(error)")
                try checkPlace(error, in: input)
            case (.failure(let error), .success):
                throw BrokenPromise(description: "read without an error, but skipped with: \(error)")
            case (.failure(let skipping), .failure(let reading)):
                try checkPlace(skipping, in: input)
                try checkPlace(reading, in: input)
            }
        },
        FuzzTarget(name: "json-scalar") { input in
            try checkScalar(input)
        },
        FuzzTarget(name: "indented-json") { input in
            guard let tree = try? JSONTree(json: input) else { return }
            let body = input.starts(with: [0xEF, 0xBB, 0xBF]) ? input.dropFirst(3) : input[...]
            let indented = IndentedJSON.text(of: body)
            try promise(try JSONTree(json: indented).text == tree.text, "indenting changes a value")
            try promise(IndentedJSON.text(of: indented) == indented, "indenting twice is not indenting once")
        },
    ]

    private static func checkPlace(_ error: JSONError, in input: [UInt8]) throws {
        try promise((0...input.count).contains(error.offset), "the place \(error.offset) of an error is outside")
        try promise(error.description.utf8.count < 60_000, "the text of an error is as long as the document")
    }

    /// All ways to read one scalar agree about its end and its value.
    private static func checkScalar(_ input: [UInt8]) throws {
        func read<Value>(_ body: (inout JSONReader) throws(JSONError) -> Value) -> (value: Value, end: Int)? {
            input.withUnsafeBufferPointer { bytes in
                var reader = JSONReader(bytes: bytes)
                guard let value = try? body(&reader) else { return nil }
                return (value, reader.position)
            }
        }
        let skipped = read { (reader) throws(JSONError) in try reader.skipValue() }
        let lenient = read { (reader) throws(JSONError) in try reader.readOptionalString() }
        if let lenient { try promise(skipped?.end == lenient.end, "readOptionalString ends elsewhere") }
        let double = read { (reader) throws(JSONError) in try reader.readDouble() }
        if let double { try promise(skipped?.end == double.end, "readDouble ends elsewhere") }
        if let integer = read({ (reader) throws(JSONError) in try reader.readInt() }) {
            try promise(skipped?.end == integer.end, "readInt ends elsewhere")
            try promise(double.map { Double(integer.value) == $0.value } ?? false, "readInt is not readDouble")
        }
        if let string = read({ (reader) throws(JSONError) in try reader.readString() }) {
            try promise(skipped?.end == string.end, "readString ends elsewhere")
            try promise(lenient?.value == string.value, "readOptionalString is not readString")
            let written = Array(JSONText(string.value).description.utf8)
            let again = try JSONReader.read(written) { (reader) throws(JSONError) in try reader.readString() }
            try promise(again == string.value, "a string is not what is written again")
        }
        if let identifier = read({ (reader) throws(JSONError) in try reader.readIdentifier() }) {
            try promise(skipped?.end == identifier.end, "readIdentifier ends elsewhere")
        }
        if let flag = read({ (reader) throws(JSONError) in try reader.readBool() }) {
            try promise(lenient?.value == String(flag.value), "readOptionalString is not readBool")
        }
    }
}

/// A whole document, read by the methods that read typed results.
indirect enum JSONTree: JSONDecodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([Member])

    struct Member: Equatable {
        var key: String
        var value: JSONTree

        /// The reader leaves the escapes of a key as they are, even unknown ones.
        init(_ key: JSONKey, _ value: JSONTree) throws(JSONError) {
            let quoted = [UInt8(ascii: "\"")] + key.bytes + [UInt8(ascii: "\"")]
            self.key = try JSONReader.read(quoted) { (reader) throws(JSONError) in try reader.readString() }
            self.value = value
        }
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        switch reader.peek() {
        case UInt8(ascii: "{"):
            var members: [Member] = []
            try reader.readObject { (reader, key) throws(JSONError) in
                members.append(try Member(key, JSONTree(from: &reader)))
            }
            self = .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONTree] = []
            try reader.readArray { (reader, _) throws(JSONError) in elements.append(try JSONTree(from: &reader)) }
            self = .array(elements)
        case UInt8(ascii: "\""): self = .string(try reader.readString())
        case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .bool(try reader.readBool())
        case UInt8(ascii: "n"):
            _ = try reader.takeNull()
            self = .null
        default: self = .number(try reader.readDouble())
        }
    }

    /// The document written again, without white space.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let flag): String(flag)
        case .number(let number): number.description
        case .string(let string): JSONText(string).description
        case .array(let elements): "[\(elements.map(\.text).joined(separator: ","))]"
        case .object(let members):
            "{\(members.map { "\(JSONText($0.key)):\($0.value.text)" }.joined(separator: ","))}"
        }
    }
}
