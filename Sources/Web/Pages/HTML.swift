/// A piece of markup.
///
/// Only literals in the source become markup. Interpolated text is escaped, so that a name from a server stays text:
///
/// ```
/// let row: HTML = "<td>\(name)</td>"    // <td>&lt;script&gt;</td>
/// ```
struct HTML: Sendable, ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral text: String) {
        self.text = text
    }

    init(stringInterpolation interpolation: StringInterpolation) {
        text = interpolation.text
    }

    /// The pieces, concatenated.
    init(_ pieces: some Sequence<HTML>) {
        text = pieces.reduce(into: "") { $0 += $1.text }
    }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        mutating func appendInterpolation(_ piece: HTML) {
            text += piece.text
        }

        /// Nil adds nothing.
        mutating func appendInterpolation(_ piece: HTML?) {
            if let piece { text += piece.text }
        }

        mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces { text += piece.text }
        }

        mutating func appendInterpolation(_ number: Int) {
            text += String(number)
        }

        mutating func appendInterpolation(_ plain: String) {
            Self.escape(plain, into: &text)
        }

        /// Escapes the characters with a meaning in text or in an attribute's value (HTML standard, 13.1.2 and 13.1.4).
        ///
        /// Control characters, which HTML forbids, become replacement characters.
        private static func escape(_ plain: String, into text: inout String) {
            guard plain.utf8.contains(where: isSpecial) else {
                text += plain
                return
            }
            for scalar in plain.unicodeScalars {
                switch scalar {
                case "&": text += "&amp;"
                case "<": text += "&lt;"
                case ">": text += "&gt;"
                case "\"": text += "&quot;"
                case "'": text += "&#39;"
                case "\t", "\n": text.unicodeScalars.append(scalar)
                case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}": text += "\u{FFFD}"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }

        private static func isSpecial(_ byte: UInt8) -> Bool {
            switch byte {
            // 0xC2 is the first byte of the control characters beyond ASCII, and of some harmless ones.
            case 0...0x1F, 0x7F, 0xC2, UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
                UInt8(ascii: "'"):
                true
            default: false
            }
        }
    }
}
