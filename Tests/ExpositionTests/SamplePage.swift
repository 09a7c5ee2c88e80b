import Exposition

/// A page with every type of metric and with label values that are hard to write.
enum SamplePage {
    static let up = FamilyDescriptor(
        "mailstore_up", .gauge,
        help: "Whether the last collection reached the \"API\" \\ was let in.\nSecond line.", labels: ["target"],
        group: "target")
    static let server = FamilyDescriptor(
        "mailstore_server", .info, help: "What the server says about itself.",
        labels: ["target", "edition", "version", "server_name"], group: "server")
    static let storeSize = FamilyDescriptor(
        "mailstore_store_size_bytes", .gauge, unit: "bytes", help: "Size of the archive store.",
        labels: ["target", "store_id", "store_name"], group: "stores")
    static let storeState = FamilyDescriptor(
        "mailstore_store_state", .stateset, help: "State of the archive store.", labels: ["target", "store_id"],
        stateLabel: "state", group: "stores")
    static let neverFilled = FamilyDescriptor(
        "mailstore_never_filled", .gauge, help: "A family without samples.", group: "stores")
    static let jobRuns = FamilyDescriptor(
        "mailstore_job_runs", .counter, help: "Finished runs of the job.",
        labels: ["target", "job_id", "job_name", "result"], group: "jobs")
    static let requestDuration = FamilyDescriptor(
        "mailstore_api_request_duration_seconds", .summary, unit: "seconds", help: "Time that calls took.",
        labels: ["target", "function"], group: "api")
    static let build = FamilyDescriptor(
        "mailstore_exporter_build", .info, help: "Facts about the exporter.", labels: ["version"],
        group: "exporter")
    static let cpu = FamilyDescriptor(
        "process_cpu_seconds", .counter, unit: "seconds", help: "User and system time spent.", group: "exporter")

    static let families = [
        up, server, storeSize, storeState, neverFilled, jobRuns, requestDuration, build, cpu,
    ]

    /// What the targets say; in another order than the catalogue's, which must not matter.
    static func targetBlocks() -> [FamilyBlock] {
        [
            jobRunsBlock(), storeSizeBlock(), storeStateBlock(),
            block(requestDuration) {
                $0.addSummary(labels: [("target", "mail"), ("function", "GetJobs")], sum: 1.25, count: 3)
            },
            block(up) { $0.add(labels: [("target", "mail")], 1) },
            block(up) { $0.add(labels: [("target", "zürich 📧")], 0) },
            block(neverFilled) { $0.add(labels: [], .nan) },
            block(server) {
                $0.addInfo(labels: [
                    ("target", "mail"), ("edition", "server"), ("version", "24.1.0.12345"),
                    ("server_name", #"C:\MailStore\"#),
                ])
            },
        ]
    }

    static func exporterBlocks() -> [FamilyBlock] {
        [
            block(build) { $0.addInfo(labels: [("version", "1.0.0")]) },
            block(cpu) { $0.add(labels: [], 12.34) },
        ]
    }

    static func block(_ family: FamilyDescriptor, _ fill: (inout FamilyBlock.Builder) -> Void) -> FamilyBlock {
        var builder = FamilyBlock.Builder(family)
        fill(&builder)
        return builder.finish()
    }

    private static func storeSizeBlock() -> FamilyBlock {
        block(storeSize) { builder in
            let name = "Archiv \"2024\" \\ Süd\n📧 Zürich"
            builder.add(labels: [("target", "mail"), ("store_id", "1"), ("store_name", name)], 1_234_567_890_123)
            builder.add(labels: [("target", "mail"), ("store_id", "2"), ("store_name", "")], 0.5)
            builder.add(
                labels: [("store_name", #"{a="b"} 7 # no, \n"#), ("store_id", "3"), ("target", "mail")], 1e22)
            builder.add(labels: [("target", "mail"), ("store_id", "4")], .infinity)
            builder.add(labels: [("target", "mail"), ("store_id", "5")], -.infinity)
        }
    }

    private static func storeStateBlock() -> FamilyBlock {
        block(storeState) {
            $0.addStates(
                labels: [("target", "mail"), ("store_id", "1")], states: ["current", "normal", "writeProtected"],
                current: "current")
        }
    }

    private static func jobRunsBlock() -> FamilyBlock {
        block(jobRuns) { builder in
            let job = [("target", "mail"), ("job_id", "7"), ("job_name", "Prüfung, täglich")]
            builder.add(labels: job + [("result", "succeeded")], 41)
            builder.add(labels: job + [("result", "failed")], 0)
        }
    }
}
