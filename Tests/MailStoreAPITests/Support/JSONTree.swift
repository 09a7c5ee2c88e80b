@testable import MailStoreAPI

/// Any JSON document as a tree, read by the reader under test.
enum JSONTree: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    indirect case array([JSONTree])
    indirect case object([String: JSONTree])
}

extension JSONTree: JSONDecodable {
    init(from reader: inout JSONReader) throws(JSONError) {
        switch reader.peek() {
        case UInt8(ascii: "n"):
            _ = try reader.takeNull()
            self = .null
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            self = .bool(try reader.readBool())
        case UInt8(ascii: "\""):
            self = .string(try reader.readString())
        case UInt8(ascii: "["):
            self = .array(try [JSONTree](from: &reader))
        case UInt8(ascii: "{"):
            var members: [String: JSONTree] = [:]
            try reader.readObject { (reader, key) throws(JSONError) in
                members[key.text] = try JSONTree(from: &reader)
            }
            self = .object(members)
        default:
            self = .number(try reader.readDouble())
        }
    }
}
