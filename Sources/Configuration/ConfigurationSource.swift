import PlainText

/// The source of the configuration, from which it can be read again, with what was valid of the target files before.
///
/// It is a value: a caller that refuses what was read keeps the source as it was before the reading.
package struct ConfigurationSource: Sendable {
    /// The configuration, and what was found about it.
    package struct Reading: Sendable {
        package var configuration: Configuration
        package var findings: Configuration.Findings
        package var targetFiles: TargetFileReport
        /// A warning for each pattern of `target_files` that matches nothing, after ``load()``.
        package var unmatchedPatterns: [String] = []
    }

    private let flags: ConfigurationFlags
    private let environment: [String: String]
    private let shard: Shard?
    /// The configuration without target files, as it was last read.
    private var main: Configuration?
    private var files = TargetFileSet()
    private var targets: [TargetConfiguration] = []

    /// - Parameters:
    ///   - environment: The environment of the process at its start.
    ///   - shard: The share of the targets to use; `nil` for all.
    package init(flags: ConfigurationFlags, environment: [String: String], shard: Shard? = nil) {
        self.flags = flags
        self.shard = shard
        self.environment = environment
    }

    /// The configuration file; `nil` if the flags describe a single server.
    package var file: String? { flags.configFile }

    /// Reads the configuration and the target files, and checks the files that their targets name.
    ///
    /// - Throws: ``ConfigurationError`` with every mistake of the configuration. Mistakes in target files are in the
    ///   result.
    package mutating func load() throws(ConfigurationError) -> Reading {
        let main = try flags.loadFile(environment: environment)
        files.readAll(main.targetFiles, environment: environment)
        self.main = main
        var reading = combine(main) { _ in true }
        reading.unmatchedPatterns = files.emptyPatterns.map {
            "target_files: \(QuotedText($0.description)) matches no file; add one, or correct the pattern"
        }
        reading.findings.warnings += reading.unmatchedPatterns
        return reading
    }

    /// Looks for changes of the target files, as described at ``TargetFileSet``.
    ///
    /// The findings are those about targets that have changed.
    ///
    /// - Returns: `nil` if nothing has changed.
    package mutating func lookAtTargetFiles() -> Reading? {
        guard let main, !main.targetFiles.isEmpty, files.look(environment: environment) else { return nil }
        let former = Dictionary(targets.map { ($0.name, $0) }) { first, _ in first }
        return combine(main) { former[$0.name] != $0 }
    }

    /// Adds the targets of the target files, and takes away those of other shards.
    private mutating func combine(_ main: Configuration, checking: (TargetConfiguration) -> Bool) -> Reading {
        let report = files.resolve(after: main.targets)
        var configuration = main
        for file in report.files {
            configuration.targets += file.targets
            for target in file.targets { configuration.origins[target.name] = file.path }
        }
        if let shard { configuration.sharding = Sharding(shard, of: &configuration.targets) }
        targets = configuration.targets
        return Reading(
            configuration: configuration,
            findings: configuration.checkFiles(environment: environment, where: checking), targetFiles: report)
    }
}
