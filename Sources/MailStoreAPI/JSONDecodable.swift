/// A value that reads itself from JSON.
///
/// Typed results conform to it instead of `Decodable`, because Foundation's decoder takes nine times as long as
/// fetching a large reply, and is less strict.
package protocol JSONDecodable: Sendable {
    init(from reader: inout JSONReader) throws(JSONError)
}

extension Array: JSONDecodable where Element: JSONDecodable {
    /// A limit of twenty times the yearly runs of a busy site, because a row is larger in memory than in the reply.
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

/// The number of elements of an array whose fields are undocumented.
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
    /// Reads a whole document; a byte order mark may precede it, and only white space may follow it.
    package init(json bytes: [UInt8]) throws(JSONError) {
        self = try JSONReader.read(bytes) { (reader) throws(JSONError) in try Self(from: &reader) }
    }
}

/// Where and why JSON does not have the expected form.
///
/// The path is built while the error propagates, so that it costs nothing unless there is an error.
package struct JSONError: Error, Sendable, Equatable {
    /// One step of the path from the root of the document to the error.
    enum Step: Sendable, Equatable {
        case key(String)
        case index(Int)
    }

    /// The problem: `expected a number, found a string`.
    let problem: String
    /// How many bytes of the document were read before the error.
    private(set) var offset: Int
    /// The path to the error, innermost step first.
    private var reversedPath: [Step] = []

    init(_ problem: String, offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    /// The same error with the step of the enclosing level added to its path.
    func inside(_ step: Step) -> JSONError {
        var error = self
        error.reversedPath.append(step)
        return error
    }

    /// The same error, for a part of a document that begins at the offset `count`.
    func moved(by count: Int) -> JSONError {
        var error = self
        error.offset += count
        return error
    }

    /// The path, written as `result[3].statisticsSize`; empty at the root.
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
