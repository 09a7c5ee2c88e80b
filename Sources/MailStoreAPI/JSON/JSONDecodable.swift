/// A value that reads itself from JSON.
///
/// This protocol is the seam behind which decoding stands: typed results say what they need by it, and nothing else in
/// the package knows how JSON is read (`performance.md`: Foundation's decoder costs nine times what fetching costs).
package protocol JSONDecodable: Sendable {
    init(from reader: inout JSONReader) throws(JSONError)
}

extension Array: JSONDecodable where Element: JSONDecodable {
    /// Twenty times what a year of a busy site brings: a row is larger in memory than in the reply.
    private static var maximumCount: Int { 500_000 }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var elements: [Element] = []
        try reader.readArray { (reader, index) throws(JSONError) in
            guard index < Self.maximumCount else { throw reader.failure("more than \(Self.maximumCount) elements") }
            elements.append(try Element(from: &reader))
        }
        self = elements
    }
}

/// The number of elements of an array whose fields nobody has published.
package struct JSONElementCount: JSONDecodable, Equatable {
    package var count: Int

    package init(from reader: inout JSONReader) throws(JSONError) {
        var count = 0
        try reader.readArray { (reader, _) throws(JSONError) in
            try reader.skipValue()
            count += 1
        }
        self.count = count
    }
}

extension JSONDecodable {
    /// Reads a whole document: a byte order mark may stand before it, nothing but white space after it.
    package init(json bytes: [UInt8]) throws(JSONError) {
        self = try JSONReader.read(bytes) { (reader) throws(JSONError) in try Self(from: &reader) }
    }
}
