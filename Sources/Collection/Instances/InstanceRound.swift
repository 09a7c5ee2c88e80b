import Configuration
package import MailStoreAPI
import OperatingSystem

extension InformationalFunction {
    package static let getInstances = Self("GetInstances")
    package static let getArchiveAdminEnabled = Self("GetArchiveAdminEnabled")
    package static let canRunArchiveProfiles = Self("CanRunArchiveProfiles")
    package static let getInstanceStatistics = Self("GetInstanceStatistics")
    package static let getInstanceProcessLiveStatistics = Self("GetInstanceProcessLiveStatistics")
}

/// Asks the instances of a target, several at a time, so that one that fails or hangs costs its own data alone.
struct InstanceRound {
    /// How many instances in a row must fail for a reason that is not their own until the round ends.
    static let patience = 3

    let context: CollectionContext

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

    /// How many instances are asked at a time: one call of the target is left to its other collectors.
    private var width: Int { max(1, target.settings.maximumConcurrentCalls - 1) }

    /// Asks all instances of the queue, and takes over what they answer.
    ///
    /// - Throws: the failure of the server itself: it cannot be reached, or refuses the login.
    func run(_ queue: [Instance]) async throws(APIError) -> Outcome {
        let settings = target.settings
        // A round is longer than other runs, and is over before the next one begins.
        let deadline = Deadline(
            after: max(settings.timeout.duration, settings.interval(for: .instances).duration / 2), clock: target.clock)
        var outcome = Outcome()
        var general: APIError?
        await withTaskGroup(of: (Instance, InstanceFacts.Reading).self) { group in
            var rest = queue[...]
            var generalFailures = 0
            func start() -> Bool {
                let isOver = generalFailures >= Self.patience || deadline.remaining == .zero
                guard !isOver, let next = rest.popFirst() else { return false }
                group.addTask { (next, await read(next)) }
                return true
            }
            for _ in 0..<width where !start() { break }
            while let (instance, reading) = await group.next() {
                outcome.asked += 1
                if let failure = reading.failure {
                    outcome.failed += 1
                    outcome.firstFailure = outcome.firstFailure ?? failure
                }
                generalFailures = reading.failure?.isOfServer == true ? generalFailures + 1 : 0
                if generalFailures > 0 { general = reading.failure }
                let (now, uptime) = (target.clock.now(), target.clock.uptime())
                target.instances.withLock { $0.take(reading, of: instance, at: now, uptime: uptime) }
                _ = start()
            }
            outcome.left = rest.count
            if generalFailures < Self.patience, generalFailures < outcome.asked { general = nil }
        }
        if let general { throw general }
        return outcome
    }

    /// Makes the calls on one instance.
    private func read(_ instance: Instance) async -> InstanceFacts.Reading {
        // Half of the time-out: a call of another collector that waits for this one has the rest.
        let deadline = Deadline(after: target.settings.timeout.duration / 2, clock: target.clock)
        var reading = InstanceFacts.Reading()
        reading.providerAccess = await ask(.getArchiveAdminEnabled, instance, deadline, &reading, OptionalFlag.self)?
            .value
        reading.canArchive = await ask(.canRunArchiveProfiles, instance, deadline, &reading, OptionalFlag.self)?.value
        reading.statistics = await ask(.getInstanceStatistics, instance, deadline, &reading, InstanceStatistics.self)
        reading.process = await ask(
            .getInstanceProcessLiveStatistics, instance, deadline, &reading, ProcessStatistics.self)
        return reading
    }

    /// Calls a function on an instance; `nil` if it fails, or is not to be called.
    ///
    /// It is not published which functions need service provider access. So without it each one is tried, until one
    /// instance without it has refused it (`docs/api.md`, "Service Provider Edition").
    private func ask<Value: JSONDecodable>(
        _ function: InformationalFunction, _ instance: Instance, _ deadline: Deadline,
        _ reading: inout InstanceFacts.Reading, _ type: Value.Type
    ) async -> Value? {
        let lacksAccess = reading.providerAccess == false
        guard context.offers(function), reading.failure?.endsReading != true,
            !lacksAccess || !target.instances.withLock({ $0.needAccess.contains(function) })
        else { return nil }
        do throws(APIError) {
            return try await target.api.invoke(
                function, [FormField("instanceID", instance.argument)], as: type, by: deadline)
        } catch {
            if lacksAccess, error.reason == .apiError || error.reason == .forbidden {
                reading.refused.insert(function)
            } else if reading.failure == nil {
                reading.failure = error
            }
            return nil
        }
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
    fileprivate var endsReading: Bool { isOfServer || reason == .timeout }
}
