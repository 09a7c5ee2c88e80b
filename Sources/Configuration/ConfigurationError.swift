import PlainText

/// All mistakes in a configuration, reported together.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One mistake, with its place and the remedy.
    package struct Mistake: Sendable, Equatable, CustomStringConvertible {
        /// The file as given; `nil` for a flag.
        let file: String?
        /// The line in the file, from 1; `nil` if the mistake has none.
        let line: Int?
        /// The key path (`targets[1].tls.ca_file`, counted from 0) or the flag (`--mailstore.url`); may be empty.
        let key: String
        /// The problem and the remedy, without secrets.
        let message: String

        /// The mistake in the format of a compiler: `config.yml:12: targets[1].url: ...`.
        package var description: String {
            // The names of target files are found, not given.
            let file = file.map(TerminalText.line)
            let place = file.map { file in line.map { "\(file):\($0)" } ?? file }
            return [place, key.isEmpty ? nil : key, message].compactMap(\.self).joined(separator: ": ")
        }
    }

    /// At least one; those of a file are sorted by line, and those without a line come first.
    package let mistakes: [Mistake]
    /// Whether the file could not be read for a reason that may pass without a change of the file.
    let isTemporary: Bool

    package init(_ mistakes: [Mistake], isTemporary: Bool = false) {
        self.isTemporary = isTemporary
        let files = mistakes.map(\.file)
        // The sort must be stable: mistakes of one line keep the order in which they were found.
        let places = mistakes.enumerated().map { offset, mistake in
            (file: files.firstIndex(of: mistake.file) ?? 0, line: mistake.line ?? 0, offset: offset)
        }
        self.mistakes = places.sorted { ($0.file, $0.line, $0.offset) < ($1.file, $1.line, $1.offset) }
            .map { mistakes[$0.offset] }
    }

    /// One mistake per line.
    package var description: String {
        mistakes.map(\.description).joined(separator: "\n")
    }
}

/// Formats the path of a key for messages: `targets[1].tls.ca_file`.
enum KeyPath {
    static func appending(_ key: String, to path: String) -> String {
        path.isEmpty ? shown(key) : "\(path).\(shown(key))"
    }

    /// A key for messages: in quotes unless it is a plain word, and cut after a colon or equals sign.
    ///
    /// To YAML, `password:secret` without a space after the colon is one long key; the secret must not be shown.
    static func shown(_ key: String) -> String {
        if let end = key.indices.first(where: { isSeparator(at: $0, in: key) }) {
            return QuotedText(key[...end] + "…").description
        }
        return (1...40).contains(key.count) && key.isASCIIAlphanumeric(or: "_-") ? key : QuotedText(key).description
    }

    private static func isSeparator(at index: String.Index, in key: String) -> Bool {
        let next = key.index(after: index)
        return (key[index] == ":" || key[index] == "=") && next < key.endIndex && key[next] != " "
    }
}
