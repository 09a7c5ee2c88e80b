/// Texts in which a server has a say, made safe for a terminal.
package enum PrintableText {
    /// The longest text that is shown, in Unicode scalars.
    package static let longest = 2000

    /// The text on one line, of bounded length, without characters that move the cursor or turn the direction of text.
    package static func clean(_ text: String) -> String {
        var cleaned = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(longest) {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: cleaned.append(" ")
            case .format, .surrogate, .privateUse, .unassigned: break
            default: cleaned.append(scalar)
            }
        }
        return String(cleaned) + (text.unicodeScalars.count > longest ? "…" : "")
    }
}
