package import MailStoreAPI

extension InformationalFunction {
    package static let getInstances = Self("GetInstances")
    package static let getArchiveAdminEnabled = Self("GetArchiveAdminEnabled")
    package static let canRunArchiveProfiles = Self("CanRunArchiveProfiles")
    package static let getInstanceStatistics = Self("GetInstanceStatistics")
    package static let getInstanceProcessLiveStatistics = Self("GetInstanceProcessLiveStatistics")
}

/// Asks an instance what the collector ``InstancesCollector`` shows of it.
struct InstanceReading {
    let context: CollectionContext
    let instance: Instance
    let deadline: Deadline

    private var target: TargetDependencies { context.target }

    /// Makes the calls.
    func read() async -> InstanceFacts.Reading {
        var reading = InstanceFacts.Reading()
        reading.providerAccess = await ask(.getArchiveAdminEnabled, &reading, OptionalFlag.self)?
            .value
        reading.canArchive = await ask(.canRunArchiveProfiles, &reading, OptionalFlag.self)?.value
        reading.statistics = await ask(.getInstanceStatistics, &reading, InstanceStatistics.self)
        reading.process = await ask(
            .getInstanceProcessLiveStatistics, &reading, ProcessStatistics.self)
        return reading
    }

    /// Calls a function on an instance; `nil` if it fails, or is not to be called.
    ///
    /// It is not published which functions need service provider access. So without it each one is tried, until one
    /// instance without it has refused it (`docs/api.md`, "Service Provider Edition").
    private func ask<Value: JSONDecodable>(
        _ function: InformationalFunction, _ reading: inout InstanceFacts.Reading, _ type: Value.Type
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
