/// A text as a double-quoted YAML scalar (YAML 1.2, section 5.7), in which every text can be written on one line.
struct YAMLText: CustomStringConvertible {
    let description: String

    init(_ text: String) {
        var written = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": written += "\\\(scalar)"
            case "\u{20}"..."\u{7E}", "\u{A1}"..."\u{167F}": written.unicodeScalars.append(scalar)
            default:
                // Letters and symbols are written as they are; what is invisible or breaks lines is escaped.
                if scalar.properties.isAlphabetic || scalar.properties.isEmoji {
                    written.unicodeScalars.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    written += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
                }
            }
        }
        description = "\"\(written)\""
    }
}
