/// The result words of one family of metrics: the known ones, and those that a newer server adds.
package struct ResultVocabulary: Sendable, Hashable, Codable {
    /// How many distinct words a family shows before the rest become ``other`` (`docs/metrics.md`).
    package static let limit = 32
    package static let other = "other"

    /// The results of runs (`docs/api.md`, "Outcomes").
    package static let runs = [
        "succeeded", "completedWithWarnings", "completedWithErrors", "failed", "cancelled", "disconnected",
        "threadAbort",
    ]
    /// The results of verifications (`docs/metrics.md`).
    package static let verifications = ["succeeded", "failed", "cancelled", "lost"]

    private(set) var known: [String]
    /// Other words, in the order in which they first occurred.
    private(set) var invented: [String] = []

    /// - Parameter invented: Other words that occurred before.
    package init(known: [String], invented: [String] = []) {
        self.known = known
        self.invented = invented.filter { !known.contains($0) }
    }

    /// How many different words there can be so far, ``other`` included.
    package var wordCount: Int { known.count + invented.count + 1 }

    /// Replaces the known words, because those in a state file may be from an older version.
    mutating func learn(_ known: [String]) {
        self.known = known
        invented.removeAll { known.contains($0) }
    }

    /// Converts a received word to the exported word, and returns whether it is a known one.
    package mutating func admit(_ raw: String?) -> (word: String, isKnown: Bool) {
        // Nearly all words are known ones in their own spelling.
        if let raw, known.contains(raw) { return (raw, true) }
        let word = Self.normalized(raw ?? "")
        if let known = known.first(where: { $0.lowercased() == word.lowercased() }) { return (known, true) }
        if word.lowercased() == "canceled", known.contains("cancelled") { return ("cancelled", true) }
        if invented.contains(word) { return (word, false) }
        guard known.count + invented.count < Self.limit else { return (Self.other, false) }
        invented.append(word)
        return (word, false)
    }

    /// The word in lower camel case, of at most 64 letters, digits and their combining marks.
    static func normalized(_ raw: String) -> String {
        // Nearly all words are in this form already: looking at each character takes a hundred times longer.
        if raw.utf8.count <= 64, let first = raw.utf8.first, !(0x41...0x5A).contains(first),
            raw.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) })
        {
            return raw
        }
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
        // A single character may have any number of combining marks.
        return word.isEmpty ? "unknown" : String(String.UnicodeScalarView(word.unicodeScalars.prefix(64)))
    }
}
