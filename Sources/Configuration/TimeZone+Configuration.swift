package import Foundation
package import PlainText

extension TimeZone {
    /// A time zone by its IANA name, or UTC.
    ///
    /// Foundation also takes `GMT+2` and abbreviations, which know no summer time or are ambiguous; they are refused.
    package static func configured(_ name: String) throws(InvalidValue) -> TimeZone {
        let isFullName = name == "UTC" || name.contains("/")
        if isFullName, let zone = TimeZone(identifier: name) { return zone }
        if knownTimeZoneIdentifiers.contains(name) {
            throw InvalidValue("\(QuotedText(name)) cannot be loaded; install the time zones (package tzdata)")
        }
        let near = NearestName.find(name, among: knownTimeZoneIdentifiers)
        let remedy = near.map { "did you mean \(QuotedText($0))?" } ?? "write an IANA name, such as Europe/Berlin"
        throw InvalidValue("\(QuotedText(name)) is not a known time zone; \(remedy)")
    }

    /// The name to write in a configuration; Foundation calls UTC by its older name.
    package var configuredName: String { identifier == "GMT" ? "UTC" : identifier }
}
