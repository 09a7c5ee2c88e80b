import Foundation

/// A document of the repository, such as `docs/metrics.md`.
package struct Document {
    package let text: String

    package init(_ path: String) throws {
        let file = URL(fileURLWithPath: #filePath)
        let root = (0..<3).reduce(file) { folder, _ in folder.deletingLastPathComponent() }
        text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The text between two marks; `nil` where one of them is missing.
    package func part(from start: String, to end: String) -> Substring? {
        guard let start = text.range(of: start), let end = text.range(of: end, range: start.upperBound..<text.endIndex)
        else { return nil }
        return text[start.upperBound..<end.lowerBound]
    }

    /// The code blocks of YAML that are not indented, in order.
    package var samples: [String] {
        text.components(separatedBy: "\n```yaml\n").dropFirst().compactMap { rest in
            rest.components(separatedBy: "```").first
        }
    }
}
