/// Text from a server, made fit to be shown on a terminal: nothing in it may move the cursor or change colours.
package enum ScreenText {
    /// The text on one line: control characters, line breaks included, become spaces.
    package static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHostile) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isHostile($0) ? " " : $0 }))
    }

    /// Control characters, and those that reverse the order of what follows them.
    private static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// The beginning of a text that fits into so many columns; an ellipsis ends it where it was cut.
    package static func cut(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        guard columns > 0 else { return "" }
        var used = 0
        var kept = ""
        for character in text {
            let width = width(of: character)
            guard used + width < columns else { break }
            used += width
            kept.append(character)
        }
        return kept + "…"
    }

    /// The columns that a text takes.
    package static func width(_ text: String) -> Int {
        text.reduce(0) { $0 + width(of: $1) }
    }

    /// Two columns for what East Asian scripts and emoji take, one for the rest.
    ///
    /// Terminals differ in rare cases; whoever draws must stand an error of a column.
    private static func width(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default:
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: return 0
            default: return 1
            }
        }
    }
}
