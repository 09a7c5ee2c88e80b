/// A value that reads itself from JSON.
///
/// Typed results conform to it instead of `Decodable`, because Foundation's decoder takes nine times as long as
/// fetching a large reply, and is less strict.
package protocol JSONDecodable: Sendable {
    /// Whether a list whose rows are all unusable is an error; otherwise it is empty.
    static var needsUsableRow: Bool { get }

    /// Whether a list with more rows than are read is cut; otherwise it is an error.
    static var isCutAtLimit: Bool { get }

    /// - Throws: ``JSONError`` if the value cannot be used; a field that can be missing throws none.
    init(from reader: inout JSONReader) throws(JSONError)
}

extension JSONDecodable {
    package static var needsUsableRow: Bool { true }
    package static var isCutAtLimit: Bool { false }
}

extension Array: JSONDecodable where Element: JSONDecodable {
    package init(from reader: inout JSONReader) throws(JSONError) {
        var elements: [Element] = []
        let count = try reader.readRows(cutsAtLimit: Element.isCutAtLimit) { (reader) throws(JSONError) in
            elements.append(try Element(from: &reader))
        }
        if elements.isEmpty, count > 0, Element.needsUsableRow, let first = reader.oddities.firstRow { throw first }
        self = elements
    }
}

/// The number of elements of an array whose fields are undocumented.
package struct JSONElementCount: JSONDecodable, Equatable {
    package var count: Int

    package init(from reader: inout JSONReader) throws(JSONError) {
        count = try reader.readRows { (reader) throws(JSONError) in try reader.skipValue() }
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
    /// Whether a list has more rows than are read.
    private(set) var meansTooManyRows = false
    /// How many bytes of the document were read before the error.
    private(set) var offset: Int
    /// The path to the error, innermost step first.
    private var reversedPath: [Step] = []

    init(_ problem: String, offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    static func tooManyRows(_ limit: Int, offset: Int) -> JSONError {
        var error = JSONError("the list has more than \(limit) rows", offset: offset)
        error.meansTooManyRows = true
        return error
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

    /// The path and the problem without positions, equal for all rows with the same flaw.
    var kind: String {
        let keys = reversedPath.reversed().compactMap { if case .key(let key) = $0 { key } else { nil } }
        return keys.joined(separator: ".") + ": " + problem
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
