import Configuration
import OperatingSystem
import PlainText

/// The result of reading the file of `--web.config.file`.
///
/// The format is the one that Prometheus's exporters share (documented in prometheus/exporter-toolkit).
/// All of its settings are accepted and have the same meaning, but settings that cannot have the intended effect are
/// errors: TLS settings without a certificate, a text given both inline and as a file, a minimum TLS version above the
/// maximum, only cipher suites that do not fit the versions, an empty list of clients, a client CA file without a
/// certificate, a user name that is empty or contains a colon, a hash that is damaged, in an obsolete form or of a cost
/// above 18, a header of two lines, a merge key, a second document, a rate limit that admits nothing or limits nothing.
/// An empty value always counts as absent, and a switch may be quoted. `auth_excluded_paths`, which was proposed there
/// but not released, is supported; it applies to passwords and to exact paths, never to client certificates. HTTP/2 is
/// never used, regardless of `http2`, so no cipher suite is needed for it. See `docs/configuration.md`.
struct WebConfigurationReading {
    let outcome: Result<WebConfiguration, ConfigurationError>
    /// The file and the files that it names, readable or not.
    let files: [String]

    /// Reads the file and the files that it names.
    init(path: String) {
        let named = NamedFiles(configurationFile: path)
        outcome = Result { () throws(ConfigurationError) in
            try Self.parse(
                YAMLReader.text(ofFile: path, flag: "--web.config.file"), MistakeCollector(file: path), named)
        }
        files = [path] + named.paths
    }

    static func parse(
        _ text: String, _ mistakes: MistakeCollector, _ files: NamedFiles
    ) throws(ConfigurationError) -> WebConfiguration {
        let node = YAMLReader.read(text, mistakes: mistakes)
        var configuration = WebConfiguration()
        let reader = node.flatMap { node in
            MappingReader(
                node, path: "", line: node.line, keys: WebConfigurationSchema.root,
                schema: WebConfigurationSchema.document, mistakes: mistakes)
        }
        if let root = reader.map(WebSection.init) {
            if let section = root.section("tls_server_config", keys: WebConfigurationSchema.tls) {
                let reader = WebTLSReader(section, files: files)
                configuration.tls = reader.read()
                configuration.warnings = configuration.tls.map(reader.warnings) ?? []
            }
            configuration.headers = root.headers
            configuration.rateLimit = root.rateLimit
            configuration.users = root.users
            configuration.excludedPaths = Set(root.values("auth_excluded_paths", WebSection.excludedPath) ?? [])
        }
        try mistakes.throwIfAny()
        if configuration.tls == nil, !configuration.users.isEmpty {
            configuration.warnings.append(
                "passwords cross the network unencrypted: basic_auth_users is set and tls_server_config is not")
        }
        return configuration
    }
}

/// The keys of each section of the web configuration file.
enum WebConfigurationSchema {
    static let root = [
        "tls_server_config", "http_server_config", "basic_auth_users", "auth_excluded_paths", "rate_limit",
    ]
    static let tls = [
        "cert", "cert_file", "key", "key_file", "client_auth_type", "client_ca", "client_ca_file",
        "client_allowed_sans", "min_version", "max_version", "cipher_suites", "prefer_server_cipher_suites",
        "curve_preferences",
    ]
    static let http = ["http2", "headers"]
    static let headers = [
        "Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options",
        "X-XSS-Protection",
    ]
    static let rateLimit = ["interval", "burst"]

    static let document = DocumentSchema([
        "the top level": root, "tls_server_config": tls, "http_server_config": http,
        "http_server_config.headers": headers, "rate_limit": rateLimit,
    ])
}

/// Reads the files that a web configuration names, and remembers their paths.
final class NamedFiles {
    private let resolver: PathResolver
    /// All paths, including files that could not be read, because they may appear later.
    private(set) var paths: [String] = []

    /// - Parameter configurationFile: Relative paths are relative to its folder.
    init(configurationFile: String) {
        resolver = PathResolver(configurationFile: configurationFile, environment: [:])
    }

    /// The text of a file.
    func text(of written: String) throws(InvalidValue) -> String {
        let path = try resolver.resolve(written)
        paths.append(path)
        do throws(SmallFileError) {
            // PEM is ASCII, but the text around it may be in any encoding.
            return String(decoding: try SmallFile.read(path, limit: PEMText.largest), as: UTF8.self)
        } catch {
            throw InvalidValue("cannot be used: \(error.explanation(path: path))")
        }
    }

    /// A warning about a file with a private key that others can read.
    func warning(_ written: String) -> String? {
        guard let path = try? resolver.resolve(written), SmallFile.isWorldReadable(path) else { return nil }
        return "every user of this machine can read the private key in \(QuotedText(path)); chmod o-r it"
    }
}

/// Reads the keys of one section of the web configuration file and notes every mistake in them.
///
/// As in other programs that share the format, a key without a value, or with an empty one, counts as absent.
struct WebSection {
    let reader: MappingReader

    /// - Parameter keys: The known keys; `nil` if the file's author chooses them.
    func section(_ key: String, keys: [String]?) -> WebSection? {
        isGiven(key) ? reader.section(key, keys: keys).map(WebSection.init) : nil
    }

    /// Whether a key has a value, valid or not.
    func isGiven(_ key: String) -> Bool {
        switch reader.content(key) {
        case nil, .nothing, .text(""): false
        default: true
        }
    }

    func text(_ key: String) -> String? {
        isGiven(key) ? reader.text(key) : nil
    }

    func value<Value>(_ key: String, _ parser: (String) throws(InvalidValue) -> Value) -> Value? {
        isGiven(key) ? reader.value(key, parser) : nil
    }

    /// The values of a list, which may be empty; `nil` if there is no list.
    ///
    /// An invalid value is reported and left out.
    func values<Value>(_ key: String, _ parser: (String) throws(InvalidValue) -> Value) -> [Value]? {
        guard isGiven(key) else { return nil }
        guard case .list(let nodes) = reader.content(key) else {
            reader.report(key, "must be a list (items that begin with -)")
            return nil
        }
        return nodes.enumerated().compactMap { index, node in
            let itemKey = "\(reader.path(key))[\(index)]"
            guard case .text(let text) = node.content else {
                reader.mistakes.add("must be a single value, not \(node.kind)", key: itemKey, line: node.line)
                return nil
            }
            return reader.mistakes.parse(text, key: itemKey, line: node.line, parser)
        }
    }
}

// The sections that take few lines to read.
extension WebSection {
    /// `http_server_config` of the top level.
    fileprivate var headers: [ResponseHeader] {
        guard let section = section("http_server_config", keys: WebConfigurationSchema.http) else { return [] }
        _ = section.value("http2", GoValue.flag)
        guard let headers = section.section("headers", keys: WebConfigurationSchema.headers) else { return [] }
        return WebConfigurationSchema.headers.compactMap { name in
            guard headers.reader.has(name) else { return nil }
            let value =
                if let permitted = Self.permittedValues[name] {
                    // An empty value is an error here, as in the other programs that share the format.
                    headers.reader.value(name, Self.choice(of: permitted))
                } else {
                    headers.value(name, SimpleValue.line)
                }
            return value.map { ResponseHeader(name: name, value: $0) }
        }
    }

    private static let permittedValues = [
        "X-Content-Type-Options": ["nosniff"], "X-Frame-Options": ["deny", "sameorigin"],
    ]

    private static func choice(of values: [String]) -> (_ text: String) throws(InvalidValue) -> String {
        { (text: String) throws(InvalidValue) in
            guard values.contains(text) else {
                throw InvalidValue("must be \(values.joined(separator: " or ")), not \(QuotedText(text))")
            }
            return text
        }
    }

    /// `rate_limit` of the top level.
    fileprivate var rateLimit: RateLimit? {
        guard let section = section("rate_limit", keys: WebConfigurationSchema.rateLimit) else { return nil }
        let interval = section.value("interval", GoValue.duration)
        let burst = section.value("burst", SimpleValue.number(in: 0...1_000_000))
        if section.isGiven("burst"), !section.isGiven("interval") {
            section.reader.report("interval", "is missing, so nothing is limited; add for example interval: 1s")
        }
        guard let interval, interval > .zero else { return nil }
        guard section.isGiven("burst") else {
            section.reader.report("burst", "is missing, so no request would be answered; add for example burst: 20")
            return nil
        }
        guard let burst else { return nil }
        guard burst > 0 else {
            section.reader.report("burst", "is 0, so no request would be answered; write for example 20")
            return nil
        }
        return RateLimit(interval: interval, burst: burst)
    }

    /// `basic_auth_users` of the top level.
    fileprivate var users: [String: BcryptHash] {
        guard let section = section("basic_auth_users", keys: nil) else { return [:] }
        var users: [String: BcryptHash] = [:]
        for entry in section.reader.entries {
            let name = section.reader.mistakes.parse(
                entry.key, key: section.reader.path(entry.key), line: entry.line, SimpleValue.username)
            let hash = section.hash(of: entry)
            if let name, let hash { users[name] = hash }
        }
        return users
    }

    private func hash(of entry: ConfigurationNode.Entry) -> BcryptHash? {
        let text: String
        switch entry.value.content {
        case .text(let written): text = written
        case .nothing: text = ""
        case .list, .mapping:
            reader.report(entry.key, "must be a bcrypt hash, not \(entry.value.kind)")
            return nil
        }
        return reader.mistakes.parse(
            text, key: reader.path(entry.key), line: entry.line, BcryptHash.init(parsing:))
    }

    fileprivate static func excludedPath(_ text: String) throws(InvalidValue) -> String {
        let path = try SimpleValue.line(text)
        guard path.hasPrefix("/"), !path.contains("?"), !path.contains("#") else {
            throw InvalidValue("\(QuotedText(path)) is not a path; begin it with a slash, such as /-/healthy")
        }
        return path
    }
}
