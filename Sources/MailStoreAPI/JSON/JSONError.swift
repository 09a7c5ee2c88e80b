/// Where and why a piece of JSON does not fit.
///
/// The path is gathered while the error travels outwards, so reading costs nothing for it as long as all is well.
package struct JSONError: Error, Sendable, Equatable {
    /// One step of the way from the root of the document to the place.
    package enum Step: Sendable, Equatable {
        case key(String)
        case index(Int)
    }

    /// What is wrong at the place: `expected a number, found a string`.
    package var problem: String
    /// How far into the document reading had come, in bytes.
    package var offset: Int
    /// The way to the place, innermost step first.
    private var reversedPath: [Step] = []

    init(_ problem: String, offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    /// The same error, seen from one level further out.
    package func inside(_ step: Step) -> JSONError {
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
    package var path: String {
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
