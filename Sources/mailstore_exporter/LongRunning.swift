import Glibc
import LogOutput
import Logging
import OperatingSystem

/// A command that runs until it is stopped.
protocol LongRunning: Sendable {
    /// Returns soon after the task was cancelled.
    func run() async
}

extension LongRunning {
    /// Runs until SIGTERM or SIGINT, and ends the program if the end takes too long or at a second signal.
    func runUntilSignal(logger: Logger) async {
        Descriptors.ignoreClosedPipes()
        // The first line of the log may already lead somebody to send a signal, so they are handled before.
        let (handlesSignals, ready) = AsyncStream<Never>.makeStream()
        let task = Task {
            for await _ in handlesSignals {}
            await run()
        }
        TerminationSignals.handle(within: LongRunningEnd.limit) {
            task.cancel()
        } end: { reason in
            LongRunningEnd.force(reason, logger: logger)
        }
        ready.finish()
        await task.value
        LogQueue.standardError.flush(within: LongRunningEnd.flushLimit)
    }
}

/// The end of a program that was asked to stop.
private enum LongRunningEnd {
    /// With the last lines of the log and much memory to give back, the end takes no longer than five seconds.
    static let limit = Duration.milliseconds(4500)
    static let flushLimit = Duration.milliseconds(200)

    /// Ends the program without waiting for anything else.
    ///
    /// Counts that were published are saved already.
    static func force(_ reason: TerminationSignals.Overdue, logger: Logger) -> Never {
        let message: Logger.Message =
            switch reason {
            case .late: "something did not stop in time: the program ends without waiting for it"
            case .repeated: "a second signal arrived: the program ends at once"
            }
        logger.error(message)
        LogQueue.standardError.flush(within: flushLimit)
        // Not `exit`, whose handlers may hang as well.
        _exit(Failure.Code.cannotRun.rawValue)
    }
}
