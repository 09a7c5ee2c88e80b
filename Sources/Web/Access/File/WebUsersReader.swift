import Configuration
import PlainText

/// Reads who may come in: `basic_auth_users` and `auth_excluded_paths`.
enum WebUsersReader {
    static func users(_ root: WebSection) -> [String: BcryptHash] {
        guard let section = root.section("basic_auth_users", keys: nil) else { return [:] }
        var users: [String: BcryptHash] = [:]
        for entry in section.reader.entries {
            let name = section.reader.mistakes.parse(
                entry.key, key: section.reader.path(entry.key), line: entry.line, SimpleValue.username)
            let hash = hash(of: entry, in: section)
            if let name, let hash { users[name] = hash }
        }
        return users
    }

    private static func hash(of entry: ConfigurationNode.Entry, in section: WebSection) -> BcryptHash? {
        let text: String
        switch entry.value.content {
        case .text(let written): text = written
        case .nothing: text = ""
        case .list, .mapping:
            section.reader.report(entry.key, "must be a bcrypt hash, not \(entry.value.kind)")
            return nil
        }
        return section.reader.mistakes.parse(
            text, key: section.reader.path(entry.key), line: entry.line, BcryptHash.init(parsing:))
    }

    static func excludedPaths(_ root: WebSection) -> Set<String> {
        Set(root.values("auth_excluded_paths", excludedPath) ?? [])
    }

    private static func excludedPath(_ text: String) throws(InvalidValue) -> String {
        let path = try SimpleValue.line(text)
        guard path.hasPrefix("/"), !path.contains("?"), !path.contains("#") else {
            throw InvalidValue("\(QuotedText(path)) is not a path; write it from its slash on, such as /-/healthy")
        }
        return path
    }
}
