/// Where the configuration comes from, so that it can be read again.
package struct ConfigurationSource: Sendable {
    private let flags: ConfigurationFlags
    private let environment: [String: String]
    private let shard: Shard?

    /// - Parameters:
    ///   - environment: that of the process, as it was at the start.
    ///   - shard: the share of the targets that is taken; nil takes all.
    package init(flags: ConfigurationFlags, environment: [String: String], shard: Shard? = nil) {
        self.flags = flags
        self.shard = shard
        self.environment = environment
    }

    /// Reads the configuration, and looks at the files that it names.
    ///
    /// - Throws: ``ConfigurationError`` with every mistake of the configuration.
    package func load() throws(ConfigurationError) -> (Configuration, Configuration.Findings) {
        let whole = try flags.load(environment: environment)
        let configuration = shard.map { whole.restricted(to: $0) } ?? whole
        return (configuration, configuration.checkFiles(environment: environment))
    }
}
