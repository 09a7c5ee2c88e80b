/// A YAML text in which keys can be told apart by a mark, without moving a line.
///
/// The mark is a character of Unicode's private use area at the front of the key, another one for each key.
struct MarkedKeys {
    private(set) var text: String
    private var count: UInt32 = 0

    /// As many duplicate keys are reported; a file with more has other worries.
    private static let marks: ClosedRange<UInt32> = 0xE000...0xE0FF

    init(_ text: String) {
        self.text = text
    }

    /// Marks the key that begins at a place; `false` where it is not a plain or quoted text, or the marks are used up.
    ///
    /// - Parameters:
    ///   - line: From 1, counted as libyaml does (YAML 1.1, section 4.2).
    ///   - column: From 1, in Unicode scalars.
    mutating func markKey(line: Int, column: Int) -> Bool {
        guard Self.marks.lowerBound + count <= Self.marks.upperBound,
            let mark = Unicode.Scalar(Self.marks.lowerBound + count)
        else { return false }
        var scalars = text.unicodeScalars
        guard var index = Self.index(in: scalars, line: line, column: column), index < scalars.endIndex else {
            return false
        }
        if scalars[index] == "\"" || scalars[index] == "'" { scalars.formIndex(after: &index) }
        guard !"&*!|>?[{".unicodeScalars.contains(scalars[index]) else { return false }
        scalars.insert(mark, at: index)
        text = String(scalars)
        count += 1
        return true
    }

    /// The key without its mark.
    static func unmarked(_ key: String) -> String {
        guard let first = key.unicodeScalars.first, marks.contains(first.value) else { return key }
        return String(key.unicodeScalars.dropFirst())
    }

    private static func index(
        in scalars: String.UnicodeScalarView, line: Int, column: Int
    ) -> String.UnicodeScalarView.Index? {
        var index = scalars.startIndex
        var current = 1
        while current < line {
            guard index < scalars.endIndex else { return nil }
            let scalar = scalars[index]
            scalars.formIndex(after: &index)
            let isPair = scalar == "\r" && index < scalars.endIndex && scalars[index] == "\n"
            if !isPair, ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar) { current += 1 }
        }
        return scalars.index(index, offsetBy: column - 1, limitedBy: scalars.endIndex)
    }
}
