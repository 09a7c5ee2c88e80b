import Configuration
import PlainText

extension Status {
    /// The configuration in force: the result of the last reload, the shard and the target files.
    struct Configuration: Sendable, Encodable {
        /// The files that `target_files` names.
        struct TargetFiles: Sendable, Encodable {
            /// A file with mistakes, or a directory that cannot be listed.
            struct Problem: Sendable, Encodable {
                /// The path of the file, or the pattern.
                var place: String
                /// At most 20.
                var mistakes: [String]

                init(_ problem: TargetFileReport.Problem) {
                    place = TerminalText.clean(problem.place)
                    mistakes = problem.mistakes.prefix(20).map { TerminalText.clean($0.description) }
                }
            }

            var valid: Int
            var invalid: Int
            /// At most 100.
            var problems: [Problem]

            static let mostProblems = 100
        }

        var lastReloadSuccessful: Bool
        var lastReload: Moment
        /// This exporter's share of the targets: `2/3`.
        var shard: String?
        var targetFiles: TargetFiles?
        /// Whether the configuration and the web configuration were valid when they were last read.
        var isValid: Bool

        private enum CodingKeys: String, CodingKey {
            case lastReloadSuccessful, lastReload, shard, targetFiles
        }

        init(_ reload: ConfigurationStatus.LastReload, shard: Shard?) {
            lastReloadSuccessful = reload.wasSuccessful
            isValid = reload.wasValid
            lastReload = Moment(reload.success)
            self.shard = shard?.description
            let files = reload.targetFiles
            guard files.isUsed else { return }
            targetFiles = TargetFiles(
                valid: files.validFiles, invalid: files.invalidFiles,
                problems: files.problems.prefix(TargetFiles.mostProblems).map(TargetFiles.Problem.init))
        }
    }
}
