/// The web address under which people read the runbook.
public struct RunbookAddress: Sendable, Equatable {
    /// The address without a fragment: the section is added to it.
    public let text: String

    /// - Throws: ``KitError`` where it is no such address.
    public init(parsing text: String) throws(KitError) {
        let rest =
            if text.hasPrefix("https://") { text.dropFirst(8) } else if text.hasPrefix("http://") {
                text.dropFirst(7)
            } else { Substring() }
        guard let first = rest.first, first != "/" else {
            throw KitError("needs a web address, such as https://wiki.example.com/mailstore, not \"\(text)\"")
        }
        guard !rest.contains("#") else {
            throw KitError("\"\(text)\" has a fragment (#...); leave it out: that of the alert's section is added")
        }
        // What a URL may be made of (RFC 3986), but for the quote, which would end a YAML text.
        guard rest.utf8.allSatisfy(Self.allowed.contains) else {
            throw KitError("\"\(text)\" is no URL: percent-encode spaces, quotes and letters that are not ASCII")
        }
        self.text = text
    }

    private static let allowed = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?@!$&()*+,;=%[]".utf8)

    /// The rules with this address in the place of the file `runbook.md`, in every `runbook_url`.
    func replaceFile(in rules: String) -> String {
        rules.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let key = line.prefix { $0 == " " } + "runbook_url:"
            guard line.hasPrefix(key) else { return String(line) }
            let value = line.dropFirst(key.count)
            let start = value.drop { " \"'".contains($0) }
            guard start.hasPrefix(Self.file + "#") else { return String(line) }
            return key + value.prefix(value.count - start.count) + text + start.dropFirst(Self.file.count)
        }.joined(separator: "\n")
    }

    private static let file = "runbook.md"
}
