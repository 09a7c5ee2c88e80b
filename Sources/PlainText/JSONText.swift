/// A text as a JSON string (RFC 8259, section 7); control characters of all kinds are escaped.
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
