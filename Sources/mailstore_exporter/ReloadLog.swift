import Collection
import Configuration
import Logging

/// Logs how the state of the target files has changed; what has not changed is not logged again.
struct TargetFileLog {
    private let logger: Logger

    init(_ logger: Logger) {
        self.logger = logger
    }

    func log(from former: TargetFileReport, to report: TargetFileReport) {
        for problem in report.problems where !former.problems.contains(problem) {
            let place = problem.effect == .unlisted ? "pattern" : "file"
            logger.error(message(problem.effect), metadata: [place: "\(problem.place)", "error": "\(problem.text)"])
        }
        let places = Set(report.problems.map(\.place))
        for problem in former.problems where !places.contains(problem.place) {
            logger.notice("a problem with target files is over", metadata: ["file": "\(problem.place)"])
        }
    }

    private func message(_ effect: TargetFileReport.Effect) -> Logger.Message {
        switch effect {
        case .leftOut: "invalid target file: its targets are not collected"
        case .partial: "targets of a target file are not collected: their names are taken"
        case .formerVersion: "invalid target file: its last valid version stays in force"
        case .unlisted: "target files cannot be listed: those that are known stay in force"
        }
    }
}

extension Configuration.Findings {
    /// Logs what does not stop the program.
    func log(to logger: Logger) {
        for problem in problems + targetFileProblems {
            logger.error("configuration problem", metadata: ["problem": "\(problem)"])
        }
        for warning in warnings { logger.warning("configuration warning", metadata: ["warning": "\(warning)"]) }
    }
}

extension TargetSupervisor.Changes {
    /// The targets that are configured but not collected, with the reasons.
    var failures: [String] {
        failed.sorted { $0.key < $1.key }.map { "target \"\($0.key)\": \($0.value)" }
    }

    func log(_ message: Logger.Message, to logger: Logger) {
        logger.notice(
            message,
            metadata: [
                "added": "\(Self.shown(added))", "restarted": "\(Self.shown(restarted))",
                "removed": "\(Self.shown(removed))", "kept": "\(kept.count)",
            ])
    }

    /// The names, of very many only some: a line of the journal has a limit.
    private static func shown(_ names: [String]) -> String {
        let most = 50
        let rest = names.count > most ? " and \(names.count - most) more" : ""
        return names.prefix(most).joined(separator: ",") + rest
    }
}
