import Configuration
import OperatingSystem
import PlainText

/// What came of reading the file of `--web.config.file`.
///
/// The format is the one that Prometheus's exporters share (docs/web-configuration.md of prometheus/exporter-toolkit).
/// What they take is taken here and means the same, but for what would not do what its author wanted: settings of TLS
/// without a certificate, a text given both inline and as a file, a lowest TLS version above the highest, cipher suites
/// of which none goes with the versions, an empty list of clients, a client CA file without a certificate in it, a user
/// without a name or with a colon in it, a hash that is damaged, of a retired form or of a cost above 18, a header of
/// two lines, a merge key, a second document, a rate limit that lets no request through or limits nothing. An empty
/// value is always an absent one, and a switch may stand in quotes. `auth_excluded_paths`, which was proposed there and
/// not released, is understood; it concerns passwords and the exact paths alone, never client certificates. HTTP/2 is
/// never spoken, whatever `http2` says, so no cipher suite is needed for it.
struct WebConfigurationReading {
    let outcome: Result<WebConfiguration, ConfigurationError>
    /// The file and those that it names, readable or not.
    let files: [String]

    /// The largest file that is read, in bytes.
    private static let largest = 1 << 20

    /// Reads the file and those that it names.
    init(path: String) {
        let named = WebFileReader(configurationFile: path)
        do throws(ConfigurationError) {
            outcome = .success(try Self.read(path, named))
        } catch {
            outcome = .failure(error)
        }
        files = [path] + named.files
    }

    private static func read(_ path: String, _ files: WebFileReader) throws(ConfigurationError) -> WebConfiguration {
        try parse(text(of: path), MistakeCollector(file: path), files)
    }

    private static func text(of path: String) throws(ConfigurationError) -> String {
        let mistakes = MistakeCollector(file: nil)
        do throws(SmallFileError) {
            var bytes = try SmallFile.read(path, limit: largest)
            // A byte order mark is what editors on Windows put in front.
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
            if let text = String(validating: bytes, as: UTF8.self) { return text }
            mistakes.add("\(QuotedText(path)) is not UTF-8 text; save it as UTF-8", key: "--web.config.file")
        } catch {
            mistakes.add(error.explanation(path: path), key: "--web.config.file")
        }
        throw ConfigurationError(mistakes.mistakes)
    }

    private static func parse(
        _ text: String, _ mistakes: MistakeCollector, _ files: WebFileReader
    ) throws(ConfigurationError) -> WebConfiguration {
        let node = YAMLReader.read(text, mistakes: mistakes)
        var configuration = WebConfiguration()
        let reader = node.flatMap { MappingReader($0, path: "", line: $0.line, keys: nil, mistakes: mistakes) }
        if let root = WebSection(reader, keys: WebConfigurationSchema.root) {
            if let section = root.section("tls_server_config", keys: WebConfigurationSchema.tls) {
                let reader = WebTLSReader(section, files: files)
                configuration.tls = reader.read()
                configuration.warnings = configuration.tls.map(reader.warnings) ?? []
            }
            configuration.headers = WebHTTPReader.headers(root)
            configuration.rateLimit = WebHTTPReader.rateLimit(root)
            configuration.users = WebUsersReader.users(root)
            configuration.excludedPaths = WebUsersReader.excludedPaths(root)
        }
        try mistakes.throwIfAny()
        if configuration.tls == nil, !configuration.users.isEmpty {
            configuration.warnings.append(
                "passwords cross the network unencrypted: basic_auth_users is set and tls_server_config is not")
        }
        return configuration
    }
}
