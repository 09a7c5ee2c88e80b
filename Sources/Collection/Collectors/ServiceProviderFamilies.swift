package import Exposition

/// The families of the Service Provider Edition: their names are reserved, so that dashboards and alerts can use them,
/// and no collector of this version writes them.
///
/// They follow the functions of the Management API (`docs/api.md`, "Service Provider Edition"); `instance_id` on a
/// store, a job, a profile, a verification or a count of users belongs to that edition too.
package enum ServiceProviderFamilies {
    package static let group = "spe"

    private static func family(
        _ name: String, _ type: MetricType = .gauge, unit: String? = nil, labels: [String] = [],
        state: String? = nil, help: String
    ) -> FamilyDescriptor {
        FamilyDescriptor(
            name, type, unit: unit, help: help, labels: ["target"] + labels, stateLabel: state, group: group)
    }

    private static func ofInstance(
        _ name: String, _ type: MetricType = .gauge, unit: String? = nil, labels: [String] = [],
        state: String? = nil, help: String
    ) -> FamilyDescriptor {
        family(
            "mailstore_instance_" + name, type, unit: unit, labels: ["instance_id"] + labels, state: state, help: help)
    }

    private static func ofHost(_ name: String, unit: String? = nil, help: String) -> FamilyDescriptor {
        family("mailstore_host_" + name, unit: unit, labels: ["server_name", "server_type"], help: help)
    }

    package static let families = host + instance + process

    private static let host = [
        family(
            "mailstore_service_messages", labels: ["severity"], help: "Messages of the service's status, by severity."),
        ofHost("active", help: "Whether the host takes part in the service (1) or not (0)."),
        ofHost("instances", help: "Instances on the host."),
        ofHost("running_instances", help: "Instances on the host that run."),
        ofHost("memory_bytes", unit: "bytes", help: "Physical memory of the host."),
    ]

    private static let instance = [
        family(
            "mailstore_instance", .info, labels: ["instance_id", "instance_name", "alias", "host", "start_mode"],
            help: "The name, alias and host of the instance."),
        ofInstance("up", help: "Whether every collector of the instance worked the last time (1) or not (0)."),
        ofInstance("status", .stateset, state: "status", help: "The status of the instance."),
        ofInstance("start_stop_error", help: "Whether starting or stopping the instance failed (1) or not (0)."),
        ofInstance("messages", help: "Messages in the instance."),
        ofInstance(
            "size_bytes", unit: "bytes", labels: ["part"], help: "Size of the instance: database, content, index."),
    ]

    private static let process = [
        ofInstance(
            "cpu_seconds", .counter, unit: "seconds", help: "CPU time of the instance's process since its start."),
        ofInstance("io_read_bytes", .counter, unit: "bytes", help: "Bytes read by the instance's process."),
        ofInstance("io_written_bytes", .counter, unit: "bytes", help: "Bytes written by the instance's process."),
        ofInstance("remote_procedure_calls", .counter, help: "Calls that the instance's process answered."),
        ofInstance("messages_archived", .counter, help: "Messages archived by the instance's process."),
        ofInstance("messages_checked", .counter, help: "Messages checked by the instance's process."),
        ofInstance("private_memory_bytes", unit: "bytes", help: "Private memory of the instance's process."),
    ]
}
