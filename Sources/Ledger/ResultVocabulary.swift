/// The result words of one family of metrics: those that are known, and those that a newer server invents.
package struct ResultVocabulary: Sendable, Hashable, Codable {
    /// How many distinct words a family shows before the rest become ``other`` (`metrics.md`).
    package static let limit = 32
    package static let other = "other"

    /// The results of runs (`mailstore-api.md`, section 4).
    package static let runs = [
        "succeeded", "completedWithWarnings", "completedWithErrors", "failed", "cancelled", "disconnected",
        "threadAbort",
    ]
    /// The results of verifications (`metrics.md`).
    package static let verifications = ["succeeded", "failed", "cancelled", "lost"]

    package private(set) var known: [String]
    /// Words that were met and are not known, in the order in which they were met.
    package private(set) var invented: [String] = []

    package init(known: [String]) {
        self.known = known
    }

    /// Takes over the known words of this version of the program, where those in a state file are an older one's.
    mutating func learn(_ known: [String]) {
        self.known = known
        invented.removeAll { known.contains($0) }
    }

    /// Turns a word as it came into the one that is shown, and says whether it is a known one.
    package mutating func admit(_ raw: String?) -> (word: String, isKnown: Bool) {
        let word = Self.normalized(raw ?? "")
        if let known = known.first(where: { $0.lowercased() == word.lowercased() }) { return (known, true) }
        if word.lowercased() == "canceled", known.contains("cancelled") { return ("cancelled", true) }
        if invented.contains(word) { return (word, false) }
        guard known.count + invented.count < Self.limit else { return (Self.other, false) }
        invented.append(word)
        return (word, false)
    }

    /// The word in lower camel case, of at most 64 letters, digits and the marks on them.
    static func normalized(_ raw: String) -> String {
        var word = ""
        var startsPart = false
        for character in raw {
            guard character.isLetter || character.isNumber else {
                startsPart = !word.isEmpty
                continue
            }
            if word.isEmpty {
                word += character.lowercased()
            } else {
                word += startsPart ? character.uppercased() : String(character)
            }
            startsPart = false
            if word.count >= 64 { break }
        }
        // A single character may carry any number of marks.
        return word.isEmpty ? "unknown" : String(String.UnicodeScalarView(word.unicodeScalars.prefix(64)))
    }
}
