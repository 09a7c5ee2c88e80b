extension ConfigurationFlags {
    /// The one target that the `--mailstore.` flags describe, named after its host; `nil` where there are mistakes.
    package func target(_ mistakes: MistakeCollector, environment: [String: String]) -> TargetConfiguration? {
        let url = required(self.url, "--mailstore.url", "https://mailstore.example.com:8463", mistakes)
            .flatMap { mistakes.parse($0, key: "--mailstore.url", ServerURL.init(parsing:)) }
        let username = required(self.username, "--mailstore.username", "admin", mistakes)
            .flatMap { mistakes.parse($0, key: "--mailstore.username", SimpleValue.username) }
        let password = password(mistakes, environment: environment)
        let trust = trust(mistakes)
        guard let url, let username, let password else { return nil }
        return TargetConfiguration(
            name: TargetName.fromHost(url.host), url: url, username: username, password: password, trust: trust)
    }

    private func required(
        _ value: String?, _ flag: String, _ example: String, _ mistakes: MistakeCollector
    ) -> String? {
        if value == nil { mistakes.add("is missing; add for example \(flag) \(example)", key: flag) }
        return value
    }

    /// A flag that was given wins over the environment, which may have been set for something else.
    private func password(_ mistakes: MistakeCollector, environment: [String: String]) -> PasswordSource? {
        if let passwordFile {
            let path = mistakes.parse(passwordFile, key: "--mailstore.password-file", SimpleValue.line)
            return path.map(PasswordSource.file)
        }
        if environment[Self.passwordVariable] != nil { return .environment(Self.passwordVariable) }
        let message = "is missing; give a file that holds the password, or set \(Self.passwordVariable)"
        mistakes.add(message, key: "--mailstore.password-file")
        return nil
    }

    private func trust(_ mistakes: MistakeCollector) -> TLSTrust {
        let caFile = self.caFile.flatMap { mistakes.parse($0, key: "--mailstore.ca-file", SimpleValue.line) }
        let pin = pinnedPublicKey.flatMap {
            mistakes.parse($0, key: "--mailstore.pinned-public-key", PublicKeyPin.init(parsing:))
        }
        guard insecureSkipVerify else { return .verified(caFile: caFile, pin: pin) }
        if self.caFile != nil || pinnedPublicKey != nil {
            mistakes.add(
                "makes --mailstore.ca-file and --mailstore.pinned-public-key useless; remove one or the other",
                key: "--mailstore.insecure-skip-verify")
        }
        return .unverified
    }
}
