/// Where the configuration comes from, so that it can be read again.
public struct ConfigurationSource: Sendable {
    private let flags: ConfigurationFlags
    private let environment: [String: String]

    /// - Parameter environment: that of the process, as it was at the start.
    public init(flags: ConfigurationFlags, environment: [String: String]) {
        self.flags = flags
        self.environment = environment
    }

    /// Reads the configuration, and looks at the files that it names.
    ///
    /// - Throws: ``ConfigurationError`` with every mistake of the configuration.
    public func load() throws(ConfigurationError) -> (Configuration, Configuration.Findings) {
        let configuration = try flags.load(environment: environment)
        return (configuration, configuration.checkFiles(environment: environment))
    }
}
