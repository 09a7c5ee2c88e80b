package import PlainText

/// Turns a path of the configuration file into one to open.
package struct PathResolver {
    /// The folder that relative paths count from, with its slash; empty for the working directory.
    private let folder: String
    private let environment: [String: String]

    package init(configurationFile: String, environment: [String: String]) {
        folder = configurationFile.lastIndex(of: "/").map { String(configurationFile[...$0]) } ?? ""
        self.environment = environment
    }

    /// A path as written: absolute, or relative to the folder of the configuration file.
    package func resolve(_ written: String) throws(InvalidValue) -> String {
        let path = try SimpleValue.line(written)
        return path.hasPrefix("/") ? path : folder + path
    }

    /// A path to a password, which may begin with `${CREDENTIALS_DIRECTORY}` (systemd.exec, LoadCredential=).
    func resolvePassword(_ written: String) throws(InvalidValue) -> String {
        let path = try SimpleValue.line(written)
        guard path.hasPrefix("$") else { return try resolve(path) }
        for form in ["${CREDENTIALS_DIRECTORY}/", "$CREDENTIALS_DIRECTORY/"] where path.hasPrefix(form) {
            guard let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty else {
                throw InvalidValue(
                    "$CREDENTIALS_DIRECTORY is not set; start the exporter as a systemd unit with LoadCredential=")
            }
            return directory + "/" + path.dropFirst(form.count)
        }
        throw InvalidValue("\(QuotedText(path)) cannot be expanded; only ${CREDENTIALS_DIRECTORY}/ at its front is")
    }
}
