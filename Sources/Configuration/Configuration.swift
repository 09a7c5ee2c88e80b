import OperatingSystem
import PlainText

/// The complete, checked configuration, from ``ConfigurationFlags`` or a ``ConfigurationFile``.
package struct Configuration: Sendable, Equatable {
    /// The targets of the file and of its target files; the names are unique.
    ///
    /// There are none if all belong to other shards, or if there are no target files yet.
    package var targets: [TargetConfiguration]
    /// Where further targets are found while the program runs.
    package var targetFiles: [TargetFilePattern]
    /// The target file of each target that is not in the configuration file itself, by the target's name.
    package var origins: [String: String] = [:]
    /// The share of the targets that ``targets`` is; `nil` for all.
    package var sharding: Sharding?
    package var collection: CollectionSettings
    package var outcomes: OutcomeSettings
    package var limits: LimitSettings
    /// The directory of the ledgers; absolute, or relative to the working directory.
    package var stateDirectory: String
    /// Whether the names of stores, jobs, profiles and instances are left out of the labels.
    package var hideNames: Bool

    package init(
        targets: [TargetConfiguration], targetFiles: [TargetFilePattern] = [],
        collection: CollectionSettings = CollectionSettings(), outcomes: OutcomeSettings = OutcomeSettings(),
        limits: LimitSettings = LimitSettings(),
        stateDirectory: String = "data", hideNames: Bool = false
    ) {
        self.targets = targets
        self.targetFiles = targetFiles
        self.collection = collection
        self.outcomes = outcomes
        self.limits = limits
        self.stateDirectory = stateDirectory
        self.hideNames = hideNames
    }

    /// Everything that concerns all targets alike.
    var withoutTargets: Configuration {
        var common = self
        (common.targets, common.targetFiles, common.origins, common.sharding) = ([], [], [:], nil)
        return common
    }

    /// The longest duration that a key accepts; a longer one is a typing error.
    static let longestDuration = PrometheusDuration.days(3650)

    /// The default state directory: systemd's (the first of `$STATE_DIRECTORY`), else `data`.
    package static func defaultStateDirectory(environment: [String: String]) -> String {
        environment["STATE_DIRECTORY"]?.split(separator: ":").first.map(String.init) ?? "data"
    }
}

extension Configuration {
    /// The findings about the files and variables that the configuration names.
    package struct Findings: Sendable {
        /// Problems that prevent operation, one text each.
        package var problems: [String] = []
        /// The same of targets in target files, which never stop the program.
        package var targetFileProblems: [String] = []
        /// Warnings about settings that work but are not advisable, one text each.
        package var warnings: [String] = []
    }

    /// Checks whether every password and CA file can be read now; no finding contains any part of a password.
    ///
    /// A problem of one target does not affect the others and may be temporary; the caller decides whether it stops the
    /// program.
    ///
    /// - Parameter isIncluded: Whether a target is to be checked.
    func checkFiles(
        environment: [String: String], where isIncluded: (TargetConfiguration) -> Bool = { _ in true }
    ) -> Findings {
        var findings = Findings()
        for target in targets where isIncluded(target) {
            let place = "target \"\(target.name)\""
            let problems: WritableKeyPath<Findings, [String]> =
                origins[target.name] == nil ? \.problems : \.targetFileProblems
            do {
                _ = try target.password.read(environment: environment)
            } catch {
                findings[keyPath: problems].append("\(place): \(error)")
            }
            if let warning = target.password.warning() { findings.warnings.append("\(place): \(warning)") }
            if let path = target.trust.caFile, let problem = Self.problem(ofCAFile: path) {
                findings[keyPath: problems].append("\(place): \(problem)")
            }
            if target.trust.skipsVerification {
                findings.warnings.append(
                    "\(place): the server's certificate is not verified (insecure_skip_verify), so an attacker in the "
                        + "network can read the password; set ca_file or pinned_public_key instead")
            }
        }
        return findings
    }

    private static func problem(ofCAFile path: String) -> String? {
        do {
            // The bundle of a whole system is below 1 MiB.
            let text = String(decoding: try SmallFile.read(path, limit: 16 << 20), as: UTF8.self)
            guard !text.contains("-----BEGIN ") else { return nil }
            return "the CA file \(QuotedText(path)) contains no certificate in PEM form "
                + "(-----BEGIN CERTIFICATE-----); convert one in DER form with openssl x509 -inform DER"
        } catch {
            return "the CA file cannot be used: \(error.explanation(path: path))"
        }
    }
}
