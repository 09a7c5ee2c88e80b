extension ConfigurationFile {
    /// What flags set over the file.
    package struct Overrides: Sendable, Equatable {
        /// In the place of `collection.interval`.
        package var interval: PrometheusDuration?
        /// In the place of `state_directory`.
        package var stateDirectory: String?

        package init(interval: PrometheusDuration? = nil, stateDirectory: String? = nil) {
            self.interval = interval
            self.stateDirectory = stateDirectory
        }
    }

    /// The configuration that the file describes.
    ///
    /// - Parameter environment: Where `$CREDENTIALS_DIRECTORY` and `$STATE_DIRECTORY` are looked up.
    /// - Throws: ``ConfigurationError`` with every mistake in the file.
    package func validate(
        environment: [String: String], overrides: Overrides = Overrides()
    ) throws(ConfigurationError) -> Configuration {
        let collector = MistakeCollector(file: path)
        collector.add(mistakes)
        guard
            let root = MappingReader(
                root, path: "", line: root.line, keys: ConfigurationSchema.root, mistakes: collector)
        else { throw ConfigurationError(collector.mistakes) }

        let paths = PathResolver(configurationFile: path, environment: environment)
        let targets = TargetReader.readAll(root, paths: paths)
        let collection = CollectionReader.read(root, interval: overrides.interval)
        let outcomes = Self.outcomes(root)
        let stateDirectory = root.value("state_directory", paths.resolve)
        let privacy = root.section("privacy", keys: ConfigurationSchema.privacy)
        let hideNames = privacy?.value("hide_names", SimpleValue.flag) ?? false
        try collector.throwIfAny()
        return Configuration(
            targets: targets, collection: collection, outcomes: outcomes,
            stateDirectory: overrides.stateDirectory ?? stateDirectory
                ?? Configuration.defaultStateDirectory(environment: environment),
            hideNames: hideNames)
    }

    private static func outcomes(_ root: MappingReader) -> OutcomeSettings {
        var settings = OutcomeSettings()
        guard let section = root.section("outcomes", keys: ConfigurationSchema.outcomes) else { return settings }
        if let flag = section.value("completed_with_errors_is_success", SimpleValue.flag) {
            settings.completedWithErrorsIsSuccess = flag
        }
        if let interval = section.value("profile_expected_interval", ExpectedInterval.parse) {
            settings.profileExpectedInterval = interval
        }
        return settings
    }
}
