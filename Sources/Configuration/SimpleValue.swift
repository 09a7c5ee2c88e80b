package import Foundation
package import PlainText

/// Parsers for short texts: paths, user names, numbers, switches.
package enum SimpleValue {
    /// A non-empty text of one line.
    package static func line(_ text: String) throws(InvalidValue) -> String {
        guard !text.isEmpty else { throw InvalidValue("is empty; write a value, or remove it") }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw InvalidValue("contains a line break or another control character; write it on one line")
        }
        return text
    }

    /// A user name for HTTP Basic, which must not contain a colon (RFC 7617, section 2).
    package static func username(_ text: String) throws(InvalidValue) -> String {
        guard !text.contains(":") else {
            throw InvalidValue(
                "contains a colon, which HTTP basic authentication cannot send; write the user name only")
        }
        return try line(text)
    }

    /// The name of an environment variable; an invalid text is not repeated, because it may be the password.
    static func environmentName(_ text: String) throws(InvalidValue) -> String {
        guard text.isASCIIAlphanumeric(or: "_"), let first = text.first, !first.isASCIIDigit else {
            throw InvalidValue("is not the name of an environment variable; write the name, such as MAILSTORE_PASSWORD")
        }
        return text
    }

    static func flag(_ text: String) throws(InvalidValue) -> Bool {
        switch text {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: throw InvalidValue("must be true or false, not \(QuotedText(text))")
        }
    }

    /// A parser for whole numbers within a range.
    package static func number(in range: ClosedRange<Int>) -> ValueParser<Int> {
        { (text: String) throws(InvalidValue) in
            guard let number = Int(text), range.contains(number) else {
                let bounds = "\(range.lowerBound) to \(range.upperBound)"
                throw InvalidValue("must be a whole number from \(bounds), not \(QuotedText(text))")
            }
            return number
        }
    }
}

extension TimeZone {
    /// A time zone by its IANA name, or UTC.
    ///
    /// Foundation also accepts `GMT+2` and abbreviations, which have no daylight saving time or are ambiguous; they are
    /// rejected.
    static func configured(_ name: String) throws(InvalidValue) -> TimeZone {
        let isFullName = name == "UTC" || name.contains("/")
        if isFullName, let zone = TimeZone(identifier: name) { return zone }
        if knownTimeZoneIdentifiers.contains(name) {
            throw InvalidValue("\(QuotedText(name)) cannot be loaded; install the time zones (package tzdata)")
        }
        let near = NearestName.find(name, among: knownTimeZoneIdentifiers)
        let remedy = near.map { "did you mean \(QuotedText($0))?" } ?? "write an IANA name, such as Europe/Berlin"
        throw InvalidValue("\(QuotedText(name)) is not a known time zone; \(remedy)")
    }

    /// The name to write in a configuration; Foundation uses an older name for UTC.
    package var configuredName: String { identifier == "GMT" ? "UTC" : identifier }
}

extension StringProtocol {
    /// Whether the text consists only of ASCII letters, ASCII digits and the given characters.
    func isASCIIAlphanumeric(or others: String) -> Bool {
        unicodeScalars.allSatisfy {
            switch $0 {
            case "a"..."z", "A"..."Z", "0"..."9": true
            default: others.unicodeScalars.contains($0)
            }
        }
    }
}

extension Character {
    var isASCIIDigit: Bool { isASCII && isWholeNumber }
}
