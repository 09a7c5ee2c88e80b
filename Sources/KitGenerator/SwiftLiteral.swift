/// A text as a string literal of Swift that stands for exactly its bytes.
struct SwiftLiteral {
    /// The literal: raw, over several lines, its delimiters at the beginning of theirs.
    let source: String

    /// - Throws: ``GeneratorError`` where a compiler would not read the text back as it is.
    init(_ text: String) throws(GeneratorError) {
        // A literal turns a carriage return into a line feed, and most other control characters are no source at all.
        if let control = text.unicodeScalars.first(where: { $0.value < 0x20 && $0 != "\n" && $0 != "\t" }) {
            throw GeneratorError(
                "holds the control character \(control.value); leave it out, and end lines with a line feed alone")
        }
        let fence = String(repeating: "#", count: Self.fenceLength(for: text))
        source = "\(fence)\"\"\"\n\(text)\n\"\"\"\(fence)"
    }

    /// The least number of `#` with which the text holds neither the closing delimiter nor an escape.
    private static func fenceLength(for text: String) -> Int {
        var longest = 0
        var run: Int?
        var quotes = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "#"):
                if let length = run {
                    run = length + 1
                    longest = max(longest, length + 1)
                }
                quotes = 0
            case UInt8(ascii: "\""):
                quotes += 1
                run = quotes >= 3 ? 0 : nil
            case UInt8(ascii: "\\"):
                run = 0
                quotes = 0
            default:
                run = nil
                quotes = 0
            }
        }
        return longest + 1
    }
}
