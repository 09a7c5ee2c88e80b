import Configuration
import Exposition
import TestSupport
import Testing

@testable import Web

@Suite("The names, types and labels of the metrics are a contract")
struct MetricContractTests {
    /// A family as people query it.
    struct Promise: Hashable, CustomStringConvertible {
        var name: String
        var type: String
        var labels: Set<String>

        var description: String { "\(name) \(type) \(labels.sorted().joined(separator: ","))" }
    }

    @Test("every family that is promised is in the catalogue, and nothing else is")
    func catalogue() throws {
        let promised = Set(Self.promises)
        let declared = Set(
            try MetricCatalogue.make().families.map {
                Promise(name: $0.sampleName, type: $0.type.rawValue, labels: Set($0.allLabelNames))
            })
        #expect(promised.subtracting(declared).map(\.description).sorted() == [], "missing in the catalogue")
        #expect(declared.subtracting(promised).map(\.description).sorted() == [], "not in the list")
    }

    @Test("units are part of the names that have one")
    func units() throws {
        for family in try MetricCatalogue.make().families {
            for unit in ["seconds", "bytes", "ratio"] {
                #expect(family.name.hasSuffix("_" + unit) == (family.unit == unit), "\(family.name)")
            }
        }
    }

    @Test("no family uses a label that belongs to Prometheus and its users")
    func labels() throws {
        for family in try MetricCatalogue.make().families {
            #expect(Set(family.allLabelNames).isDisjoint(with: ["job", "instance", "type", "owner", "service"]))
        }
    }

    @Test("a user's own label cannot have the name of another one")
    func ownLabels() throws {
        for family in try MetricCatalogue.make().families {
            #expect(TargetLabels.reserved.isSuperset(of: family.allLabelNames), "\(family.name)")
        }
        #expect(TargetLabels.reserved.isSuperset(of: ["job", "instance"]))
    }

    /// The families, a line each: name, type, labels.
    private static let promises: [Promise] = (target + stores + runs + verifications + serviceProvider + api + exporter)
        .split(separator: "\n").map { line in
            let words = line.split(separator: " ").map(String.init)
            return Promise(
                name: words[0], type: words[1],
                labels: words.count > 2 ? Set(words[2].split(separator: ",").map(String.init)) : [])
        }

    private static let target = """
        mailstore_up gauge target
        mailstore_target_info info target,instance_id
        mailstore_server_info info target,edition,version,server_name
        mailstore_license_named_users gauge target
        mailstore_license_max_named_users gauge target
        mailstore_users gauge target,instance_id,mfa_status
        mailstore_active_sessions gauge target

        """

    private static let stores = """
        mailstore_stores gauge target,instance_id
        mailstore_store_messages gauge target,instance_id,store_id,store_name
        mailstore_store_size_bytes gauge target,instance_id,store_id,store_name
        mailstore_store_error gauge target,instance_id,store_id,store_name
        mailstore_store_needs_upgrade gauge target,instance_id,store_id,store_name
        mailstore_store_search_indexes_need_rebuild gauge target,instance_id,store_id,store_name
        mailstore_store_state stateset target,instance_id,store_id,store_name,state

        """

    private static let runs = """
        mailstore_job_enabled gauge target,instance_id,job_id,job_name,action
        mailstore_job_runs_total counter target,instance_id,job_id,job_name,action,result
        mailstore_job_last_result stateset target,instance_id,job_id,job_name,action,result
        mailstore_job_last_start_timestamp_seconds gauge target,instance_id,job_id,job_name,action
        mailstore_job_last_completion_timestamp_seconds gauge target,instance_id,job_id,job_name,action
        mailstore_job_last_success_timestamp_seconds gauge target,instance_id,job_id,job_name,action
        mailstore_job_last_failure_timestamp_seconds gauge target,instance_id,job_id,job_name,action
        mailstore_job_last_duration_seconds gauge target,instance_id,job_id,job_name,action
        mailstore_job_consecutive_failures gauge target,instance_id,job_id,job_name,action
        mailstore_job_expected_interval_seconds gauge target,instance_id,job_id,job_name,action
        mailstore_profile_runs_total counter target,instance_id,profile_id,profile_name,result
        mailstore_profile_last_result stateset target,instance_id,profile_id,profile_name,result
        mailstore_profile_last_start_timestamp_seconds gauge target,instance_id,profile_id,profile_name
        mailstore_profile_last_completion_timestamp_seconds gauge target,instance_id,profile_id,profile_name
        mailstore_profile_last_success_timestamp_seconds gauge target,instance_id,profile_id,profile_name
        mailstore_profile_last_failure_timestamp_seconds gauge target,instance_id,profile_id,profile_name
        mailstore_profile_last_duration_seconds gauge target,instance_id,profile_id,profile_name
        mailstore_profile_consecutive_failures gauge target,instance_id,profile_id,profile_name
        mailstore_profile_expected_interval_seconds gauge target,instance_id,profile_id,profile_name
        mailstore_profile_automatic gauge target,instance_id,profile_id,profile_name
        mailstore_profile_items_archived_total counter target,instance_id,profile_id,profile_name
        mailstore_profile_last_items_archived gauge target,instance_id,profile_id,profile_name
        mailstore_profile_last_nonzero_run_timestamp_seconds gauge target,instance_id,profile_id,profile_name

        """

    private static let verifications = """
        mailstore_verification_last_result stateset target,instance_id,store_id,store_name,result
        mailstore_verification_last_start_timestamp_seconds gauge target,instance_id,store_id,store_name
        mailstore_verification_last_completion_timestamp_seconds gauge target,instance_id,store_id,store_name
        mailstore_verification_last_success_timestamp_seconds gauge target,instance_id,store_id,store_name
        mailstore_verification_last_failure_timestamp_seconds gauge target,instance_id,store_id,store_name
        mailstore_verification_last_duration_seconds gauge target,instance_id,store_id,store_name
        mailstore_verification_expected_interval_seconds gauge target,instance_id,store_id,store_name
        mailstore_verification_runs_total counter target,instance_id,store_id,store_name,source,result
        mailstore_verification_running gauge target,instance_id,store_id,store_name
        mailstore_verification_progress_ratio gauge target,instance_id,store_id,store_name
        mailstore_verification_messages_verified gauge target,instance_id,store_id,store_name
        mailstore_verification_log_error_lines gauge target,instance_id,store_id,store_name
        mailstore_verification_next_run_timestamp_seconds gauge target,instance_id,store_id,store_name

        """

    private static let serviceProvider = """
        mailstore_service_messages gauge target,severity
        mailstore_host_active gauge target,server_name,server_type
        mailstore_host_instances gauge target,server_name,server_type
        mailstore_host_running_instances gauge target,server_name,server_type
        mailstore_host_memory_bytes gauge target,server_name,server_type
        mailstore_instance_info info target,instance_id,instance_name,alias,host,start_mode
        mailstore_instance_up gauge target,instance_id
        mailstore_instance_status stateset target,instance_id,status
        mailstore_instance_start_stop_error gauge target,instance_id
        mailstore_instance_provider_access gauge target,instance_id
        mailstore_instance_can_archive gauge target,instance_id
        mailstore_instance_last_collection_timestamp_seconds gauge target,instance_id
        mailstore_instance_messages gauge target,instance_id
        mailstore_instance_size_bytes gauge target,instance_id,part
        mailstore_instance_cpu_seconds_total counter target,instance_id
        mailstore_instance_io_read_bytes_total counter target,instance_id
        mailstore_instance_io_written_bytes_total counter target,instance_id
        mailstore_instance_remote_procedure_calls_total counter target,instance_id
        mailstore_instance_messages_archived_total counter target,instance_id
        mailstore_instance_messages_checked_total counter target,instance_id
        mailstore_instance_private_memory_bytes gauge target,instance_id

        """

    private static let api = """
        mailstore_api_requests_total counter target,function
        mailstore_api_request_duration_seconds summary target,function
        mailstore_api_errors_total counter target,function,reason
        mailstore_api_error_structure_total counter target,function,exception
        mailstore_api_unknown_values_total counter target,field
        mailstore_api_results_unreadable_windows_total counter target,function
        mailstore_api_implausible_times_total counter target,function
        mailstore_outcome_ids_reused_total counter target,function
        mailstore_outcome_items_forgotten_total counter target,function
        mailstore_api_skipped_rows_total counter target,function
        mailstore_target_series_limited gauge target
        mailstore_state_age_at_start_seconds gauge target
        mailstore_api_certificate_not_after_timestamp_seconds gauge target
        mailstore_api_certificate_verified gauge target
        mailstore_api_clock_skew_seconds gauge target
        mailstore_collector_supported gauge target,collector
        mailstore_collector_success gauge target,collector
        mailstore_collector_duration_seconds gauge target,collector
        mailstore_collector_last_success_timestamp_seconds gauge target,collector
        mailstore_collector_interval_seconds gauge target,collector

        """

    private static let exporter = """
        mailstore_exporter_build_info info version,revision,swift_version
        mailstore_exporter_config_last_reload_successful gauge
        mailstore_exporter_config_last_reload_success_timestamp_seconds gauge
        mailstore_exporter_target_files gauge state
        mailstore_exporter_shard_info info shard,shards
        mailstore_exporter_http_requests_total counter path,code
        mailstore_exporter_http_connections gauge
        mailstore_exporter_http_connections_refused_total counter reason
        mailstore_exporter_series gauge
        mailstore_exporter_snapshot_bytes gauge format
        mailstore_exporter_duplicate_series_total counter
        mailstore_exporter_state_save_failures_total counter
        process_cpu_seconds_total counter
        process_resident_memory_bytes gauge
        process_virtual_memory_bytes gauge
        process_open_fds gauge
        process_max_fds gauge
        process_start_time_seconds gauge

        """
}

@Suite("The document of the metrics")
struct MetricDocumentTests {
    private let document: Document

    init() throws {
        document = try Document("docs/metrics.md")
    }

    @Test("has the table of metrics that the program prints")
    func metrics() throws {
        let table = try #require(document.part(from: "<!-- metrics:begin -->\n", to: "<!-- metrics:end -->"))
        #expect(try String(table) == MetricCatalogue.make().markdown())
    }

    @Test("explains every label")
    func labels() throws {
        let section = try #require(document.part(from: "\n## Labels\n", to: "\n## Types\n"))
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
        var explained: Set<String> = []
        for cell in rows.compactMap({ $0.split(separator: "|").first }) {
            for match in cell.matches(of: /`(\w+)`/) { explained.insert(String(match.output.1)) }
        }
        let labels = try MetricCatalogue.make().families.flatMap(\.allLabelNames)
        #expect(explained == Set(labels))
    }
}
