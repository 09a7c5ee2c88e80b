import PlainText

/// The rule for a target's name, which is a label value, a part of a file name and a parameter of URLs.
enum TargetName {
    static let longest = 64

    static func parse(_ text: String) throws(InvalidValue) -> String {
        guard !text.isEmpty else { throw InvalidValue("is empty; give the server a short name, such as archive") }
        guard text.unicodeScalars.allSatisfy(isAllowed) else {
            let allowed = "letters A-Z a-z, digits, dot, hyphen and underscore only"
            throw InvalidValue("\(QuotedText(text)) cannot be used; \(allowed)")
        }
        guard !text.hasPrefix(".") else {
            throw InvalidValue("\(QuotedText(text)) begins with a dot; leave the dot away")
        }
        guard text.utf8.count <= longest else {
            throw InvalidValue("\(QuotedText(text)) is too long; at most \(longest) characters")
        }
        return text
    }

    /// A name made from a host: what is not allowed becomes a hyphen.
    static func fromHost(_ host: String) -> String {
        let mapped = String(String.UnicodeScalarView(host.unicodeScalars.map { isAllowed($0) ? $0 : "-" }))
        let name = mapped.drop { $0 == "." || $0 == "-" }.prefix(longest)
        return name.isEmpty ? "mailstore" : String(name)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
            || scalar == "." || scalar == "_" || scalar == "-"
    }
}
