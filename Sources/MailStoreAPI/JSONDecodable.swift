/// A value that reads itself from JSON.
///
/// Typed results conform to it instead of `Decodable`, because Foundation's decoder takes nine times as long as fetching
/// a large reply does, and is less strict.
package protocol JSONDecodable: Sendable {
    init(from reader: inout JSONReader) throws(JSONError)
}

extension Array: JSONDecodable where Element: JSONDecodable {
    /// Twenty times the runs of a busy site in a year: a bound, because a row is larger in memory than in the reply.
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

/// Where and why a piece of JSON does not fit.
///
/// The path is built while the error travels outwards, so that it costs nothing unless there is an error.
package struct JSONError: Error, Sendable, Equatable {
    /// One step of the way from the root of the document to the place.
    enum Step: Sendable, Equatable {
        case key(String)
        case index(Int)
    }

    /// What is wrong: `expected a number, found a string`.
    let problem: String
    /// How many bytes of the document were read before.
    private(set) var offset: Int
    /// The way to the place, innermost step first.
    private var reversedPath: [Step] = []

    init(_ problem: String, offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    /// The same error, seen from one level further out.
    func inside(_ step: Step) -> JSONError {
        var error = self
        error.reversedPath.append(step)
        return error
    }

    /// The same error, found in a part of a document that begins `count` bytes into it.
    func moved(by count: Int) -> JSONError {
        var error = self
        error.offset += count
        return error
    }

    /// The place, written as `result[3].statisticsSize`; empty at the root.
    var path: String {
        var path = ""
        for step in reversedPath.reversed() {
            switch step {
            case .key(let key): path += path.isEmpty ? key : "." + key
            case .index(let index): path += "[\(index)]"
            }
        }
        return path
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        reversedPath.isEmpty ? "\(problem) (at byte \(offset))" : "\(path): \(problem) (at byte \(offset))"
    }
}
