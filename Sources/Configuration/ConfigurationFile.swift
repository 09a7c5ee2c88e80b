import Glibc
package import PlainText

/// A configuration file as parsed YAML, whose contents are not yet checked.
struct ConfigurationFile: Sendable {
    private let path: String
    private let root: ConfigurationNode
    /// Mistakes in the YAML syntax after which the rest is still readable, such as a duplicate key.
    private let mistakes: [ConfigurationError.Mistake]

    /// Reads a file.
    ///
    /// - Parameter key: The flag or key that names it, for messages.
    /// - Throws: ``ConfigurationError`` if the file cannot be read, is empty or is not YAML.
    static func load(path: String, key: String = "--config.file") throws(ConfigurationError) -> ConfigurationFile {
        try ConfigurationFile(path: path, text: YAMLReader.text(ofFile: path, flag: key))
    }

    /// Parses the text of a file.
    ///
    /// - Parameter path: The file's name for messages; relative paths in the file are relative to its folder.
    init(path: String, text: String) throws(ConfigurationError) {
        let mistakes = MistakeCollector(file: path)
        root = YAMLReader.read(text, mistakes: mistakes) ?? ConfigurationNode(line: 1, content: .nothing)
        if case .nothing = root.content {
            if mistakes.mistakes.isEmpty {
                mistakes.add(
                    "the file is empty; write targets:, each with a name, url, username and password_file", key: "")
            }
            throw ConfigurationError(mistakes.mistakes)
        }
        self.path = path
        self.mistakes = mistakes.mistakes
    }

    /// The configuration that the file describes.
    ///
    /// - Parameters:
    ///   - environment: Where `$CREDENTIALS_DIRECTORY` and `$STATE_DIRECTORY` are looked up.
    ///   - interval: The value of a flag that overrides `collection.interval`.
    ///   - stateDirectory: The value of a flag that overrides `state_directory`.
    /// - Throws: ``ConfigurationError`` with every mistake in the file.
    func validate(
        environment: [String: String], interval: PrometheusDuration? = nil, stateDirectory: String? = nil
    ) throws(ConfigurationError) -> Configuration {
        let collector = MistakeCollector(file: path)
        collector.add(mistakes)
        guard
            let root = MappingReader(
                root, path: "", line: root.line, keys: ConfigurationSchema.root,
                schema: ConfigurationSchema.document, mistakes: collector)
        else { throw ConfigurationError(collector.mistakes) }

        let paths = PathResolver(configurationFile: path, environment: environment)
        let targets = TargetReader.readAll(root, paths: paths)
        let targetFiles = TargetFilePattern.readAll(root, paths: paths)
        let collection = CollectionSettings(root, interval: interval)
        let outcomes = OutcomeSettings(root)
        let limits = LimitSettings(root)
        let writtenDirectory = root.value("state_directory", paths.resolve)
        let privacy = root.section("privacy", keys: ConfigurationSchema.privacy)
        let hideNames = privacy?.value("hide_names", SimpleValue.flag) ?? false
        try collector.throwIfAny()
        return Configuration(
            targets: targets.map(\.configuration), targetFiles: targetFiles, collection: collection, outcomes: outcomes,
            limits: limits,
            stateDirectory: stateDirectory ?? writtenDirectory
                ?? Configuration.defaultStateDirectory(environment: environment),
            hideNames: hideNames)
    }

    /// The targets of a target file, which has no other keys.
    ///
    /// - Throws: ``ConfigurationError`` with every mistake in the file.
    func targets(environment: [String: String]) throws(ConfigurationError) -> [WrittenTarget] {
        let collector = MistakeCollector(file: path)
        collector.add(mistakes)
        if case .list = root.content {
            collector.add(
                "the file begins with a list; write targets: above it, and indent the list", key: "", line: root.line)
            throw ConfigurationError(collector.mistakes)
        }
        guard
            let root = MappingReader(
                root, path: "", line: root.line, keys: ConfigurationSchema.targetFile,
                schema: ConfigurationSchema.targetFileDocument, mistakes: collector)
        else { throw ConfigurationError(collector.mistakes) }
        let targets = TargetReader.readAll(
            root, paths: PathResolver(configurationFile: path, environment: environment))
        try collector.throwIfAny()
        return targets
    }
}

/// Resolves paths in a configuration file.
package struct PathResolver {
    /// The folder for relative paths, with a trailing slash; empty for the working directory.
    private let folder: String
    private let environment: [String: String]

    package init(configurationFile: String, environment: [String: String]) {
        folder = configurationFile.lastIndex(of: "/").map { String(configurationFile[...$0]) } ?? ""
        self.environment = environment
    }

    /// A path that is absolute or relative to the folder of the configuration file.
    package func resolve(_ written: String) throws(InvalidValue) -> String {
        let path = try SimpleValue.line(written)
        return path.hasPrefix("/") ? path : folder + path
    }

    /// A path to a password, which may begin with `${CREDENTIALS_DIRECTORY}` (systemd.exec, LoadCredential=).
    ///
    /// Commands of a person use the configuration of the service, but have no credentials: for them the file may also be
    /// in the folder of the configuration file.
    func resolvePassword(_ written: String) throws(InvalidValue) -> String {
        let path = try SimpleValue.line(written)
        guard path.hasPrefix("$") else { return try resolve(path) }
        for form in ["${CREDENTIALS_DIRECTORY}/", "$CREDENTIALS_DIRECTORY/"] where path.hasPrefix(form) {
            let name = path.dropFirst(form.count)
            if let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty {
                return directory + "/" + name
            }
            let nearby = folder + name
            guard access(nearby, F_OK) == 0 else {
                throw InvalidValue(
                    "$CREDENTIALS_DIRECTORY is not set, and there is no file \(QuotedText(nearby)); for a command, set it "
                        + "to the directory of the password (CREDENTIALS_DIRECTORY=/etc/mailstore_exporter "
                        + "mailstore_exporter ...); the service gets it from LoadCredential= in its unit")
            }
            return nearby
        }
        throw InvalidValue(
            "\(QuotedText(path)) begins with a variable; only ${CREDENTIALS_DIRECTORY}/ is expanded, so write the path")
    }
}
