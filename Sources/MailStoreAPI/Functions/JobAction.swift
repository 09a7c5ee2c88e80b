/// The command line of a job: `VerifyStores --includeIndexes=false`.
package struct JobAction: Sendable, Hashable {
    /// The whole line.
    package var commandLine: String

    package init(_ commandLine: String) {
        self.commandLine = commandLine
    }

    /// The command's name alone.
    package var name: String {
        words(atMost: 2).first.map(String.init) ?? ""
    }

    /// The value of an option, written `--id=11` or `--id 11`, with or without quotes.
    package func option(_ name: String) -> String? {
        let words = words(atMost: .max).dropFirst()
        for (index, word) in zip(words.indices, words) where word.hasPrefix("--") {
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts[0].lowercased() == name.lowercased() else { continue }
            let value = parts.count == 2 ? parts[1] : words.dropFirst(index + 1 - words.startIndex).first
            return value.map { String($0.filter { $0 != "\"" && $0 != "'" }) }
        }
        return nil
    }

    /// The words of as much as Windows takes for a command line, so that a reply of many megabytes is no burden.
    private func words(atMost count: Int) -> [Substring] {
        Substring(commandLine.unicodeScalars.prefix(32_767))
            .split(maxSplits: count - 1, whereSeparator: \.isWhitespace)
    }

    /// What the command verifies; `nil` where it is no verification.
    package var verification: VerificationScope? {
        switch name.lowercased() {
        case "verifystores": .allStores
        case "verifystore": option("id").map { .store(id: $0) }
        default: nil
        }
    }
}

/// The stores that a verification looks at.
package enum VerificationScope: Sendable, Hashable {
    /// All stores that exist when it starts.
    case allStores
    case store(id: String)
}
