// Text that users or servers supply, made safe for the place where it appears: a terminal, a message, a shell, JSON.

/// Text for a terminal: nothing in it can move the cursor, change colours or reverse the direction of writing.
package enum TerminalText {
    package static let longest = 2000

    /// The text on one line of at most ``longest`` Unicode scalars; an ellipsis ends a text that was cut.
    package static func clean(_ text: String) -> String { clean(text, longest: longest) }

    package static func clean(_ text: String, longest limit: Int) -> String {
        let start = String(text.unicodeScalars.prefix(limit))
        return line(start) + (start.utf8.count < text.utf8.count ? "…" : "")
    }

    /// The text on one line: line breaks and control characters become spaces, invisible characters are dropped.
    package static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: \.isUnsafe) else { return text }
        var cleaned = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if !scalar.isUnsafe {
                cleaned.append(scalar)
            } else if scalar.properties.generalCategory != .format {
                cleaned.append(" ")
            }
        }
        return String(cleaned)
    }

    /// The beginning of a text that fits into a number of columns; an ellipsis ends a text that was cut.
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

    /// The width of a text in columns.
    package static func width(_ text: String) -> Int {
        text.reduce(0) { $0 + width(of: $1) }
    }

    /// Two columns for East Asian characters and emoji, one for the rest.
    ///
    /// Terminals disagree about rare characters, so a result can be wrong by a column.
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

/// Text in a message: in quotes, on one line, of bounded length.
package struct QuotedText: CustomStringConvertible {
    /// The most Unicode scalars that are shown.
    package static let longest = 80

    package let description: String

    package init(_ text: String) {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(Self.longest) {
            let isEscaped = scalar.isUnsafe || scalar == "\"" || scalar == "\\"
            shown += isEscaped ? scalar.escaped(asASCII: true) : String(scalar)
        }
        let ellipsis = text.unicodeScalars.count > Self.longest ? "…" : ""
        description = "\"\(shown)\(ellipsis)\""
    }
}

/// A word of a command line, quoted for a POSIX shell if necessary.
package struct ShellText: CustomStringConvertible {
    package let description: String

    package init(_ word: String) {
        let isPlain = word.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", ":", "=", "+", ",", "@", "%": true
            default: false
            }
        }
        // By scalars: an apostrophe with a combining mark is another Character, but the same quote to the shell.
        let quoted = word.unicodeScalars.map { $0 == "'" ? #"'\''"# : String($0) }.joined()
        description = isPlain && !word.isEmpty ? word : "'\(quoted)'"
    }
}

/// A JSON string (RFC 8259, section 7) in which all control characters are escaped.
package struct JSONText: CustomStringConvertible {
    package let description: String

    package init(_ text: String) {
        var written = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: written += #"\""#
            case 0x5C: written += #"\\"#
            case 0x0A: written += #"\n"#
            case 0x0D: written += #"\r"#
            case 0x09: written += #"\t"#
            case 0..<0x20, 0x7F..<0xA0:
                let digits = String(scalar.value, radix: 16)
                written += #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
            default: written.unicodeScalars.append(scalar)
            }
        }
        description = written + "\""
    }
}

extension Unicode.Scalar {
    /// Whether the character controls a terminal, breaks a line, or is invisible and can reorder its neighbours.
    fileprivate var isUnsafe: Bool {
        if (0x20..<0x7F).contains(value) { return false }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        // Two of them join and separate letters and emoji, and are harmless.
        case .format: return value != 0x200C && value != 0x200D
        default: return false
        }
    }
}

extension Unicode.Scalar {
    /// Whether it is white space; immediate for ASCII.
    package var isSpace: Bool {
        isASCII ? value == 0x20 || (0x09...0x0D).contains(value) : properties.isWhitespace
    }
}
