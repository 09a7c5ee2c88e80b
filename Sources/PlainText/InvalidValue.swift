/// Why a value is invalid, and what to write instead.
///
/// The text begins with the value or a verb, so that it can follow the name of a key or a flag:
/// `collection.interval: "60" has no unit; ...`.
package struct InvalidValue: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// Finds the name that was probably intended by a misspelt one.
package enum NearestName {
    /// The candidate nearest to `word`, or `nil` if none is near enough to suggest.
    ///
    /// Case, hyphens and underscores are ignored: `passwordFile` is `password_file`. A name is near at an edit distance
    /// of at most a third of the longer name, or if one begins with the other (`pin` for `pinned_public_key`).
    package static func find(_ word: String, among candidates: [String]) -> String? {
        let plainWord = plain(word)
        guard !plainWord.isEmpty, plainWord.count <= 64 else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let plainCandidate = plain(candidate)
            let distance = editDistance(plainWord, plainCandidate)
            let isNear = distance <= max(1, max(plainWord.count, plainCandidate.count) / 3)
            guard isNear || isBeginning(plainWord, plainCandidate) else { continue }
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    private static func plain(_ name: String) -> [UInt8] {
        name.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }
    }

    private static func isBeginning(_ word: [UInt8], _ candidate: [UInt8]) -> Bool {
        let (short, long) = word.count < candidate.count ? (word, candidate) : (candidate, word)
        return short.count >= 2 && long.starts(with: short)
    }

    /// The optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours.
    private static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let substitution = previous[column] + (left[row] == right[column] ? 0 : 1)
                var cost = min(previous[column + 1] + 1, current[column] + 1, substitution)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
