import Configuration
import MailStoreAPI
import OperatingSystem

/// Asks the instances of a target for something, several at a time, so that one that fails or hangs costs its own data
/// alone.
struct InstanceRound {
    /// How many instances in a row must fail for a reason that is not their own until the round ends.
    static let patience = 3

    let context: CollectionContext
    let collector: CollectorName

    /// What a round could not do.
    struct Outcome {
        var asked = 0
        var failed = 0
        /// Instances that were not asked, because the time was over.
        var left = 0
        /// The first failure.
        var firstFailure: APIError?
    }

    private var target: TargetDependencies { context.target }

    /// Asks all instances of the queue.
    ///
    /// - Parameter ask: Asks an instance before the deadline, and keeps what it answers; returns the first failure.
    /// - Throws: the failure of the server itself: it cannot be reached, or refuses the login.
    func run(
        _ queue: [InstanceTable.Entry], _ ask: @escaping @Sendable (InstanceTable.Entry, Deadline) async -> APIError?
    ) async throws(APIError) -> Outcome {
        let settings = target.settings
        // A round takes longer than other runs: it may take until the next one is due.
        let deadline = Deadline(
            after: max(settings.timeout.duration, settings.interval(for: collector).duration), clock: target.clock)
        var outcome = Outcome()
        var general: APIError?
        await withTaskGroup(of: APIError?.self) { group in
            var rest = queue[...]
            var generalFailures = 0
            func start() -> Bool {
                let isOver = generalFailures >= Self.patience || deadline.remaining == .zero
                guard !isOver, let next = rest.popFirst() else { return false }
                group.addTask { [clock = target.clock] in
                    // Rounds of several collectors take turns, so that the time to wait for one that hangs is not
                    // taken from another one. Only the cancellation of the task ends the wait.
                    try? await target.instanceTurns.withSlot {
                        // Half of the time-out: a call of another collector that waits for this one has the rest.
                        await ask(next, Deadline(after: settings.timeout.duration / 2, clock: clock))
                    }
                }
                return true
            }
            for _ in 0..<target.instancesAtATime where !start() { break }
            while let failure = await group.next() {
                outcome.asked += 1
                if let failure {
                    outcome.failed += 1
                    outcome.firstFailure = outcome.firstFailure ?? failure
                }
                generalFailures = failure?.isOfServer == true ? generalFailures + 1 : 0
                if generalFailures > 0 { general = failure }
                _ = start()
            }
            outcome.left = rest.count
            if generalFailures < Self.patience, generalFailures < outcome.asked { general = nil }
        }
        if let general { throw general }
        return outcome
    }
}

extension InstanceRound.Outcome {
    /// Why the run did not succeed, although what it has read counts; `nil` if it did.
    ///
    /// - Parameter function: The one that the collector begins with.
    func failure(of collector: CollectorName, _ function: InformationalFunction) -> APIError? {
        if left > 0 {
            return APIError(
                .timeout, function: function.rawValue,
                description: """
                    the time was over before all instances were asked: \(left) were not; the next run begins with them. \
                    Raise collection.max_concurrent_calls, or collection.intervals.\(collector)
                    """)
        }
        guard failed == asked, var first = firstFailure else { return nil }
        first.description = "no instance answers (\(asked) asked); the first failure: \(first.description)"
        return first
    }

    var warnings: [String] {
        guard let firstFailure, failed < asked else { return [] }
        return [
            "instances of which data is missing: \(failed) of \(asked); the first failure: \(firstFailure.description)"
        ]
    }
}

extension APIError {
    /// Whether the cause may be the server, and not what was asked of it.
    fileprivate var isOfServer: Bool {
        switch reason {
        case .dns, .connect, .tls, .cancelled: true
        case .unauthorized, .forbidden: !concernsFunctionAlone
        case .timeout, .httpStatus, .badReply, .tooLarge, .apiError: false
        }
    }

    /// Whether no other function of the same instance is worth a try.
    var endsReading: Bool { isOfServer || reason == .timeout }
}
