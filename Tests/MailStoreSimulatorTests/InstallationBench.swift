import Testing

@testable import MailStoreSimulator

extension Bench {
    /// A core that plays the Service Provider Edition.
    static func installation(
        instances: Int = 12,
        odd: Bool = true,
        history: Int = 0,
        _ change: (inout SimulatorOptions) -> Void = { _ in }
    ) -> Bench {
        Bench(history: history) {
            $0.edition = .serviceProvider
            $0.instances = instances
            $0.hasOddInstances = odd
            change(&$0)
        }
    }

    /// Calls a function on an instance.
    func invoke(_ function: String, on instance: String, _ arguments: [String: String] = [:]) -> SimulatedEnvelope {
        invoke(function, arguments.merging(["instanceID": instance]) { $1 })
    }

    /// The row of an instance in GetInstances; nil if it is not listed.
    func row(of instance: String) -> JSONValue? {
        invoke("GetInstances", ["instanceFilter": "*"]).result.elements.first { $0["instanceID"]?.text == instance }
    }

    /// The machine with this name in GetServiceStatus.
    func machine(_ name: String) -> JSONValue? {
        invoke("GetServiceStatus").result["serverInfos"]?.elements.first { $0["serverName"]?.text == name }
    }

    /// The archive of an instance at the present time.
    func world(of instance: String) throws -> World {
        core.advance(to: real)
        return try #require(core.withWorld(of: instance, at: core.world.now) { $0 })
    }

    /// The instance with this id.
    func instance(_ id: String) throws -> SimulatedInstance {
        try #require(core.installation.instances.first { $0.instanceID == id })
    }

    func apply(_ change: InstanceChange, to id: String) throws {
        core.advance(to: real)
        try core.apply(change, to: id)
    }

    /// The arguments of GetJobResults and GetWorkerResults for the days around the begin of the test.
    static let days = [
        "fromIncluding": "2025-09-01T00:00:00", "toExcluding": "2025-11-30T00:00:00", "timeZoneId": "UTC",
        "timeZoneID": "UTC",
    ]
}
