/// A piece of a page that can be sent as it is.
///
/// Only what is written in this program becomes markup. Whatever is put into a literal is escaped, unless it is a piece
/// itself, so that a name which a server has chosen stays a name:
///
/// ```
/// let row: HTML = "<td>\(name)</td>"    // <td>&lt;script&gt;</td>
/// ```
package struct HTML: Sendable, ExpressibleByStringInterpolation {
    private(set) var text: String

    package init(stringLiteral text: String) {
        self.text = text
    }

    package init(stringInterpolation interpolation: StringInterpolation) {
        text = interpolation.text
    }

    /// Pieces one after the other.
    init(_ pieces: some Sequence<HTML>) {
        text = pieces.reduce(into: "") { $0 += $1.text }
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        package mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        package mutating func appendInterpolation(_ piece: HTML) {
            text += piece.text
        }

        /// No piece is no markup.
        package mutating func appendInterpolation(_ piece: HTML?) {
            if let piece { text += piece.text }
        }

        package mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces { text += piece.text }
        }

        package mutating func appendInterpolation(_ number: Int) {
            text += String(number)
        }

        package mutating func appendInterpolation(_ plain: String) {
            Self.escape(plain, into: &text)
        }

        /// Escapes what means something in text or in an attribute's value, by the HTML standard, 13.1.2 and 13.1.4.
        ///
        /// Control characters, which a page must not hold, become replacement characters.
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
            // 0xC2 leads the control characters beyond ASCII, and some harmless ones.
            case 0...0x1F, 0x7F, 0xC2, UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
                UInt8(ascii: "'"):
                true
            default: false
            }
        }
    }
}
