import MailStoreAPI
import Testing

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
