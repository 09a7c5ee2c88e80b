/// The web address under which people read the runbook.
package struct RunbookAddress: Sendable, Equatable {
    /// The address without a fragment: the section is added to it.
    package let text: String

    /// - Throws: ``KitError`` where it is no such address.
    package init(parsing text: String) throws(KitError) {
        // Case does not matter in a scheme (RFC 3986, 3.1).
        let scheme = ["https://", "http://"].first { text.prefix($0.count).lowercased() == $0 }
        let rest = scheme.map { text.dropFirst($0.count) } ?? Substring()
        let authority = rest.prefix { !"/?#".contains($0) }
        // First, and without quoting it: no other message shall print it.
        guard !authority.contains("@") else {
            throw KitError(
                "the address has a user name or password (before the @), which every message would carry; leave it out")
        }
        guard Self.hasHost(authority) else {
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

    /// Whether it names a host, and after it nothing but a port.
    private static func hasHost(_ authority: Substring) -> Bool {
        let isBracketed = authority.hasPrefix("[")
        let host = authority.prefix { $0 != (isBracketed ? "]" : ":") }
        let port = authority.dropFirst(host.count + (isBracketed ? 1 : 0))
        guard host.count > (isBracketed ? 1 : 0), !isBracketed || host.count < authority.count else { return false }
        return port.isEmpty || port.first == ":" && port.dropFirst().allSatisfy { "0123456789".contains($0) }
    }

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
