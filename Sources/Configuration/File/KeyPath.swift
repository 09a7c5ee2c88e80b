import PlainText

/// How messages write the way to a key: `targets[1].tls.ca_file`.
enum KeyPath {
    static func appending(_ key: String, to path: String) -> String {
        path.isEmpty ? shown(key) : "\(path).\(shown(key))"
    }

    /// A key as it may be shown: in quotes unless it is a plain word, and without a value that sticks to it.
    ///
    /// `password:secret` without a space after the colon is one long key to YAML; its end must not be shown.
    static func shown(_ key: String) -> String {
        if let end = key.indices.first(where: { isSeparator(at: $0, in: key) }) {
            return QuotedText(key[...end] + "…").description
        }
        let isPlain = key.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_" || $0 == "-"
        }
        return isPlain && (1...40).contains(key.count) ? key : QuotedText(key).description
    }

    private static func isSeparator(at index: String.Index, in key: String) -> Bool {
        let next = key.index(after: index)
        return (key[index] == ":" || key[index] == "=") && next < key.endIndex && key[next] != " "
    }
}
