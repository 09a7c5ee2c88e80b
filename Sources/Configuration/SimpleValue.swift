package import PlainText

/// Rules for short texts: paths, user names, numbers, switches.
package enum SimpleValue {
    /// A text of one line that is not empty.
    package static func line(_ text: String) throws(InvalidValue) -> String {
        guard !text.isEmpty else { throw InvalidValue("is empty; write a value, or leave it away") }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw InvalidValue("holds a line break or another control character; write it on one line")
        }
        return text
    }

    /// A user name for HTTP Basic, which has no way to write a colon in it (RFC 7617, section 2).
    package static func username(_ text: String) throws(InvalidValue) -> String {
        guard !text.contains(":") else {
            throw InvalidValue("holds a colon, which HTTP Basic cannot send; write the user name alone")
        }
        return try line(text)
    }

    /// The name of an environment variable; a text that is not one is not repeated, since it may be the password.
    static func environmentName(_ text: String) throws(InvalidValue) -> String {
        let isName = text.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
        }
        guard isName, let first = text.unicodeScalars.first, !("0"..."9").contains(first) else {
            throw InvalidValue("is not the name of an environment variable; write the name, such as MAILSTORE_PASSWORD")
        }
        return text
    }

    package static func flag(_ text: String) throws(InvalidValue) -> Bool {
        switch text {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: throw InvalidValue("must be true or false, not \(QuotedText(text))")
        }
    }

    /// A parser for whole numbers within a range.
    package static func number(in range: ClosedRange<Int>) -> (_ text: String) throws(InvalidValue) -> Int {
        { (text: String) throws(InvalidValue) in
            guard let number = Int(text), range.contains(number) else {
                let bounds = "\(range.lowerBound) to \(range.upperBound)"
                throw InvalidValue("must be a whole number from \(bounds), not \(QuotedText(text))")
            }
            return number
        }
    }
}
