/// One thing that is wrong in the configuration, with its place and its remedy.
package struct ConfigurationMistake: Sendable, Equatable, CustomStringConvertible {
    /// The file, as it was named; `nil` for a flag.
    package let file: String?
    /// The line in the file, from 1; `nil` where the mistake has none.
    package let line: Int?
    /// The key path (`targets[1].tls.ca_file`, counted from 0) or the flag (`--mailstore.url`); may be empty.
    package let key: String
    /// What is wrong and what to do, without secrets.
    package let message: String

    /// The mistake as a compiler would print it: `config.yml:12: targets[1].url: ...`.
    package var description: String {
        var parts: [String] = []
        if let file { parts.append(line.map { "\(file):\($0)" } ?? file) }
        if !key.isEmpty { parts.append(key) }
        return (parts + [message]).joined(separator: ": ")
    }
}
