import PlainText

/// The rule for a target's name, which is a label value, a part of a file name and a parameter of URLs.
enum TargetName {
    private static let longest = 64
    private static let punctuation = "._-"

    static func parse(_ text: String) throws(InvalidValue) -> String {
        guard !text.isEmpty else { throw InvalidValue("is empty; give the server a short name, such as archive") }
        guard text.isASCIIAlphanumeric(or: punctuation) else {
            throw InvalidValue(
                "\(QuotedText(text)) cannot be used; write letters A-Z a-z, digits, dot, hyphen and underscore only")
        }
        guard !text.hasPrefix(".") else {
            throw InvalidValue("\(QuotedText(text)) begins with a dot; remove the dot")
        }
        guard text.utf8.count <= longest else {
            throw InvalidValue("\(QuotedText(text)) is too long; the maximum is \(longest) characters")
        }
        return text
    }

    /// A name derived from a host: each invalid character becomes a hyphen.
    static func fromHost(_ host: String) -> String {
        let mapped = String(host.map { String($0).isASCIIAlphanumeric(or: punctuation) ? $0 : "-" })
        let name = mapped.drop { $0 == "." || $0 == "-" }.prefix(longest)
        return name.isEmpty ? "mailstore" : String(name)
    }
}
