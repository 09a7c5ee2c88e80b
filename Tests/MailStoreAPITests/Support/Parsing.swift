import Testing

@testable import MailStoreAPI

/// Reads a whole document by `body`.
func parse<Value>(
    _ document: String, _ body: (inout JSONReader) throws(JSONError) -> Value
) throws(JSONError) -> Value {
    try JSONReader.read(Array(document.utf8), by: body)
}

/// The description of the error with which reading `document` fails; an issue where it does not fail.
func failure<Value>(
    of document: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (inout JSONReader) throws(JSONError) -> Value
) -> String? {
    do throws(JSONError) {
        let value = try parse(document, body)
        Issue.record("\(document) was read as \(value)", sourceLocation: sourceLocation)
        return nil
    } catch {
        return error.description
    }
}

/// The description of the error with which reading `document` as `type` fails; an issue where it does not fail.
func failure<Value: JSONDecodable>(
    of document: String, as type: Value.Type, sourceLocation: SourceLocation = #_sourceLocation
) -> String? {
    failure(of: document, sourceLocation: sourceLocation) { (reader) throws(JSONError) in try Value(from: &reader) }
}

extension JSONDecodable {
    /// Reads a document written as text.
    init(_ document: String) throws(JSONError) {
        self = try Self(json: Array(document.utf8))
    }
}

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
            var elements: [JSONTree] = []
            try reader.readArray { (reader, _) throws(JSONError) in elements.append(try JSONTree(from: &reader)) }
            self = .array(elements)
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
