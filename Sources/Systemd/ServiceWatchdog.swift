import Logging
import OperatingSystem

/// Gives a sign of life at half of the time that the service manager grants, for as long as every check is well.
///
/// A check that is not well is asked again sooner, so that one bad moment does not cost a restart: about five times in
/// the half that is left. That nothing at all is said where the program's tasks do not run any more needs no check.
struct ServiceWatchdog: Sendable {
    /// The time that the manager grants.
    var period: Duration
    var checks: [LivenessCheck]
    var clock: Clock
    var logger: Logger
    var beat: @Sendable () -> Void
    /// Told what is wrong when it begins.
    var complain: @Sendable (String) -> Void

    /// Runs until the task is cancelled.
    func run() async {
        var problem: String?
        while !Task.isCancelled {
            do { try await clock.sleep(problem == nil ? period / 2 : period / 10) } catch { return }
            let found = await firstProblem()
            if Task.isCancelled { return }
            if let found {
                if problem == nil {
                    logger.error(
                        "no sign of life for the service manager: it restarts the exporter where this lasts",
                        metadata: ["problem": "\(found)"])
                    complain(found)
                }
            } else {
                if problem != nil { logger.notice("signs of life for the service manager again") }
                beat()
            }
            problem = found
        }
    }

    /// All are asked together, so that one that hangs does not take the time of the others.
    private func firstProblem() async -> String? {
        await withTaskGroup(of: String?.self) { group in
            for check in checks {
                group.addTask { await check.problem(within: period / 10, sleep: clock.sleep) }
            }
            var first: String?
            for await problem in group { first = first ?? problem }
            return first
        }
    }
}
