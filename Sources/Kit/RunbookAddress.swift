/// The web address of the runbook.
package struct RunbookAddress: Sendable, Equatable {
    /// The address without a fragment, to which alerts add the one of their section.
    let text: String

    /// - Throws: ``KitError`` if the text is not a suitable address.
    package init(parsing text: String) throws(KitError) {
        // A scheme is case-insensitive (RFC 3986, 3.1).
        let scheme = ["https://", "http://"].first { text.prefix($0.count).lowercased() == $0 }
        let rest = scheme.map { text.dropFirst($0.count) } ?? Substring()
        let authority = rest.prefix { !"/?#".contains($0) }
        // The first check, so that no other message quotes a password.
        guard !authority.contains("@") else {
            throw KitError(
                "the address has a user name or password before the @, which every alert would show; remove it")
        }
        guard Self.hasHost(authority) else {
            throw KitError("\"\(text)\" is not a web address; use one such as https://wiki.example.com/mailstore")
        }
        guard !rest.contains("#") else {
            throw KitError("\"\(text)\" has a fragment (#...); remove it: alerts add the one of their section")
        }
        // The characters of a URL (RFC 3986) except the apostrophe, which would end a YAML string.
        guard rest.utf8.allSatisfy(Self.allowed.contains) else {
            throw KitError("\"\(text)\" is not a valid URL; percent-encode spaces, quotes and non-ASCII letters")
        }
        self.text = text
    }

    private static let allowed = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?@!$&()*+,;=%[]".utf8)

    /// Whether the authority is a host, or a host and a port.
    private static func hasHost(_ authority: Substring) -> Bool {
        let isBracketed = authority.hasPrefix("[")
        let host = authority.prefix { $0 != (isBracketed ? "]" : ":") }
        let port = authority.dropFirst(host.count + (isBracketed ? 1 : 0))
        guard host.count > (isBracketed ? 1 : 0), !isBracketed || host.count < authority.count else { return false }
        return port.isEmpty || port.first == ":" && port.dropFirst().allSatisfy { "0123456789".contains($0) }
    }

    /// Replaces the file `runbook.md` by this address in every `runbook_url` of the rules.
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
