import PlainText

/// The configuration flags of the command line: a file, or a single server.
package struct ConfigurationFlags: Sendable {
    /// The variable with the password if `--mailstore.password-file` is not given.
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
    /// The flag `--collection.interval`, which overrides a file's `collection.interval`.
    package var collectionInterval: String?
    /// The flag `--state.directory`, which overrides a file's `state_directory`.
    package var stateDirectory: String?

    package init() {}

    /// The configuration from the flags or the file that they name, with all target files; for one run of a command.
    ///
    /// - Parameter name: The only target that is needed, if it is known: then mistakes in target files are errors only if
    ///   no valid one has that target.
    /// - Throws: ``ConfigurationError`` with every mistake in the flags or, if the flags are valid, in the files.
    package func load(
        environment: [String: String], onlyTarget name: String? = nil
    ) throws(ConfigurationError) -> Configuration {
        var source = ConfigurationSource(flags: self, environment: environment)
        let reading = try source.load()
        let mistakes = reading.targetFiles.problems.flatMap(\.mistakes)
        let isFound = name != nil && reading.configuration.targets.contains { $0.name == name }
        guard mistakes.isEmpty || isFound else { throw ConfigurationError(mistakes) }
        return reading.configuration
    }

    /// The configuration from the flags or the file that they name, without target files.
    ///
    /// - Throws: ``ConfigurationError`` with every mistake in the flags or, if the flags are valid, in the file.
    func loadFile(environment: [String: String]) throws(ConfigurationError) -> Configuration {
        let mistakes = MistakeCollector(file: nil)
        let interval = mistakes.parse(
            collectionInterval, key: "--collection.interval",
            PrometheusDuration.within(CollectionSettings.intervalRange))
        let stateDirectory = mistakes.parse(stateDirectory, key: "--state.directory", SimpleValue.line)
        if let configFile {
            if let flag = serverFlags.first {
                mistakes.add(
                    "cannot be combined with --config.file; move the server to targets in the file, "
                        + "or remove --config.file", key: flag)
            }
            try mistakes.throwIfAny()
            return try ConfigurationFile.load(path: configFile)
                .validate(environment: environment, interval: interval, stateDirectory: stateDirectory)
        }
        var targets: [TargetConfiguration] = []
        if !serverFlags.isEmpty {
            if let target = target(mistakes, environment: environment) { targets = [target] }
        } else {
            mistakes.add(
                "no server is configured; set --config.file, or for a single server --mailstore.url, "
                    + "--mailstore.username and --mailstore.password-file "
                    + "(or \(Self.passwordVariable) in the environment)",
                key: "")
        }
        try mistakes.throwIfAny()
        return Configuration(
            targets: targets, collection: CollectionSettings(baseInterval: interval),
            stateDirectory: stateDirectory ?? Configuration.defaultStateDirectory(environment: environment))
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

    /// The one target that the `--mailstore.` flags describe, named after its host; `nil` if there are mistakes.
    package func target(_ mistakes: MistakeCollector, environment: [String: String]) -> TargetConfiguration? {
        func require(_ value: String?, _ flag: String, _ example: String) {
            if value == nil { mistakes.add("is missing; add for example \(flag) \(example)", key: flag) }
        }
        require(url, "--mailstore.url", "https://mailstore.example.com:8463")
        let url = mistakes.parse(url, key: "--mailstore.url", ServerURL.init(parsing:))
        require(username, "--mailstore.username", "admin")
        let username = mistakes.parse(username, key: "--mailstore.username", SimpleValue.username)
        let password = password(mistakes, environment: environment)
        let trust = trust(mistakes)
        guard let url, let username, let password else { return nil }
        return TargetConfiguration(
            name: TargetName.fromHost(url.host), url: url, username: username, password: password, trust: trust)
    }

    /// The flag takes precedence over the environment variable, which may have been set for another purpose.
    private func password(_ mistakes: MistakeCollector, environment: [String: String]) -> PasswordSource? {
        if passwordFile != nil {
            return mistakes.parse(passwordFile, key: "--mailstore.password-file", SimpleValue.line)
                .map(PasswordSource.file)
        }
        if environment[Self.passwordVariable] != nil { return .environment(Self.passwordVariable) }
        mistakes.add(
            "is missing; name a file that contains the password, or set \(Self.passwordVariable) in the environment",
            key: "--mailstore.password-file")
        return nil
    }

    private func trust(_ mistakes: MistakeCollector) -> TLSTrust {
        let caFile = mistakes.parse(caFile, key: "--mailstore.ca-file", SimpleValue.line)
        let pin = mistakes.parse(
            pinnedPublicKey, key: "--mailstore.pinned-public-key", PublicKeyPin.init(parsing:))
        guard insecureSkipVerify else { return .verified(caFile: caFile, pin: pin) }
        if self.caFile != nil || pinnedPublicKey != nil {
            mistakes.add(
                "cannot be combined with --mailstore.ca-file or --mailstore.pinned-public-key; remove one or the other",
                key: "--mailstore.insecure-skip-verify")
        }
        return .unverified
    }
}
