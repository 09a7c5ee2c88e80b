/// What the command line says about the configuration: a file, or one server by flags alone.
package struct ConfigurationFlags: Sendable, Equatable {
    /// The variable that holds the password where `--mailstore.password-file` is not given.
    package static let passwordVariable = "MAILSTORE_PASSWORD"

    /// The flag `--config.file`.
    package var configFile: String?
    /// The flag `--mailstore.url`.
    package var url: String?
    /// The flag `--mailstore.username`.
    package var username: String?
    /// The flag `--mailstore.password-file`.
    package var passwordFile: String?
    /// The flag `--mailstore.ca-file`.
    package var caFile: String?
    /// The flag `--mailstore.pinned-public-key`.
    package var pinnedPublicKey: String?
    /// The flag `--mailstore.insecure-skip-verify`.
    package var insecureSkipVerify = false
    /// The flag `--collection.interval`, which wins over a file's `collection.interval`.
    package var collectionInterval: String?
    /// The flag `--state.directory`, which wins over a file's `state_directory`.
    package var stateDirectory: String?

    package init() {}

    /// The configuration that the flags, or the file they name, describe; the file is read anew each time.
    ///
    /// - Throws: ``ConfigurationError`` with every mistake in the flags or, where they are in order, in the file.
    package func load(environment: [String: String]) throws(ConfigurationError) -> Configuration {
        let mistakes = MistakeCollector(file: nil)
        let overrides = overrides(mistakes)
        if let configFile {
            if let flag = serverFlags.first {
                mistakes.add(
                    "cannot be combined with --config.file; write the server into the file's targets, "
                        + "or leave --config.file away", key: flag)
            }
            try mistakes.throwIfAny()
            let file = try ConfigurationFile.load(path: configFile)
            return try file.validate(environment: environment, overrides: overrides)
        }
        if serverFlags.isEmpty {
            mistakes.add(
                "no server to watch; name a file with --config.file, or one server with --mailstore.url, "
                    + "--mailstore.username and --mailstore.password-file "
                    + "(or \(Self.passwordVariable) in the environment)",
                key: "")
        }
        let target = serverFlags.isEmpty ? nil : target(mistakes, environment: environment)
        try mistakes.throwIfAny()
        return Configuration(
            targets: target.map { [$0] } ?? [], collection: CollectionSettings(baseInterval: overrides.interval),
            stateDirectory: overrides.stateDirectory
                ?? Configuration.defaultStateDirectory(environment: environment))
    }

    /// The `--mailstore.` flags that were given.
    private var serverFlags: [String] {
        let given = [
            ("url", url != nil), ("username", username != nil), ("password-file", passwordFile != nil),
            ("ca-file", caFile != nil), ("pinned-public-key", pinnedPublicKey != nil),
            ("insecure-skip-verify", insecureSkipVerify),
        ]
        return given.filter(\.1).map { "--mailstore.\($0.0)" }
    }

    private func overrides(_ mistakes: MistakeCollector) -> ConfigurationFile.Overrides {
        ConfigurationFile.Overrides(
            interval: collectionInterval.flatMap {
                mistakes.parse($0, key: "--collection.interval", PrometheusDuration.within(CollectionReader.intervals))
            },
            stateDirectory: stateDirectory.flatMap {
                mistakes.parse($0, key: "--state.directory", SimpleValue.line)
            })
    }
}
