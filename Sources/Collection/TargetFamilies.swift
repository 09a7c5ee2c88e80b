import Configuration
package import Exposition
import MailStoreAPI
import PlainText

/// The families about a target, its API and its collectors, which are always present while the target is configured.
package enum TargetFamilies {
    private static func family(
        _ name: String, _ type: MetricType, unit: String? = nil, _ labels: [String] = [], help: String
    ) -> FamilyDescriptor {
        FamilyDescriptor(name, type, unit: unit, help: help, labels: ["target"] + labels, group: "target")
    }

    private static let up = family(
        "mailstore_up", .gauge,
        help: "Whether the last collection reached the API and logged in (1) or not (0).")
    private static let info = family(
        "mailstore_target", .info, ["instance_id"],
        help:
            "The labels that the configuration gives to the target, or to each instance of a Service Provider Edition.")
    private static let requests = family(
        "mailstore_api_requests", .counter, ["function"],
        help: "API calls, by function; polls of long-running processes count as get-status.")
    private static let duration = family(
        "mailstore_api_request_duration_seconds", .summary, unit: "seconds", ["function"],
        help: "Duration of the API calls.")
    private static let errors = family(
        "mailstore_api_errors", .counter, ["function", "reason"], help: "Failed API calls, by function and reason.")
    private static let errorStructures = family(
        "mailstore_api_error_structure", .counter, ["function", "exception"],
        help: "Replies that reported an error, by the type of the exception.")
    private static let unknownValues = family(
        "mailstore_api_unknown_values", .counter, ["field"],
        help: "Values that this version does not know; they are exported as received.")
    private static let unreadableWindows = family(
        "mailstore_api_results_unreadable_windows", .counter, ["function"],
        help: "Minutes whose results the server could not return; runs in them may be missing.")
    private static let implausibleTimes = family(
        "mailstore_api_implausible_times", .counter, ["function"],
        help: "Times of runs that mean \"none\" or lie in the future; they are not used.")
    private static let reusedIDs = family(
        "mailstore_outcome_ids_reused", .counter, ["function"],
        help: "Ids that the server used again, for another run, job, profile or store; nothing is inherited.")
    private static let forgottenItems = family(
        "mailstore_outcome_items_forgotten", .counter, ["function"],
        help: "Unlisted jobs, profiles and stores beyond 10000 of a kind whose counts were dropped.")
    private static let skippedRows = family(
        "mailstore_api_skipped_rows", .counter, ["function"],
        help: "Rows of replies that could not be used and were left out, so that the others count.")
    private static let seriesLimited = family(
        "mailstore_target_series_limited", .gauge,
        help:
            "Whether series were left out because of limits.series_per_target or limits.rows_per_reply (1) or not (0)."
    )
    private static let stateAge = family(
        "mailstore_state_age_at_start_seconds", .gauge, unit: "seconds",
        help: "How long before the exporter's start results were last read, by the saved state; absent without one.")
    private static let certificateExpiry = family(
        "mailstore_api_certificate_not_after_timestamp_seconds", .gauge, unit: "seconds",
        help: "When the server's certificate expires, in seconds since 1970.")
    private static let certificateVerified = family(
        "mailstore_api_certificate_verified", .gauge,
        help: "Whether a CA or a pinned key verified the server's certificate (1) or not (0).")
    private static let clockSkew = family(
        "mailstore_api_clock_skew_seconds", .gauge, unit: "seconds",
        help: "The server's clock minus this machine's: positive if the server is ahead.")
    private static let collectorSupported = family(
        "mailstore_collector_supported", .gauge, ["collector"],
        help: "Whether the server offers what the collector needs (1) or not (0).")
    private static let collectorSuccess = family(
        "mailstore_collector_success", .gauge, ["collector"],
        help: "Whether the collector's last run succeeded (1) or not (0).")
    private static let collectorDuration = family(
        "mailstore_collector_duration_seconds", .gauge, unit: "seconds", ["collector"],
        help: "Duration of the collector's last run.")
    private static let collectorLastSuccess = family(
        "mailstore_collector_last_success_timestamp_seconds", .gauge, unit: "seconds", ["collector"],
        help: "When the collector last succeeded, in seconds since 1970.")
    private static let collectorInterval = family(
        "mailstore_collector_interval_seconds", .gauge, unit: "seconds", ["collector"],
        help: "How often the collector runs.")

    package static let families = [
        up, info, requests, duration, errors, errorStructures, unknownValues, unreadableWindows, implausibleTimes,
        reusedIDs, forgottenItems, skippedRows, seriesLimited, stateAge,
        certificateExpiry, certificateVerified, clockSkew, collectorSupported, collectorSuccess, collectorDuration,
        collectorLastSuccess,
        collectorInterval,
    ]

    /// A writer that has all of them, except those of ``faults(of:_:)`` and the one about the limit on series, which
    /// depends on their number.
    static func writer(for report: TargetReport) -> SampleWriter {
        var samples = SampleWriter(target: report.configuration.name, hidesNames: report.hidesNames)
        write(report, to: &samples)
        return samples
    }

    /// The counters of errors and oddities: most of the series, of which hardly one ever changes.
    static func faults(of report: TargetReport, _ faults: TargetStatistics.Faults) -> [FamilyBlock] {
        var samples = SampleWriter(target: report.configuration.name)
        for (function, calls) in faults.calls.sorted(by: { $0.key < $1.key }) {
            write(faults: calls, of: function, to: &samples)
        }
        for field in TargetStatistics.Field.allCases
        where report.edition == .serviceProvider || !field.isOfServiceProvider {
            samples.add(unknownValues, [("field", field.rawValue)], Double(faults.unknownValues[field] ?? 0))
        }
        return samples.finish()
    }

    static func writeLimit(_ report: TargetReport, to samples: inout SampleWriter) {
        samples.add(seriesLimited, [], report.isLimited)
    }

    private static func write(_ report: TargetReport, to samples: inout SampleWriter) {
        samples.add(up, [], report.isUp)
        // With labels of instances, each instance has a series of its own, which has the target's labels too.
        if report.configuration.instances.labels.isEmpty { write(report.configuration.labels, to: &samples) }
        for (function, calls) in report.counts.calls.sorted(by: { $0.key < $1.key }) {
            let labels = [("function", function)]
            samples.add(requests, labels, Double(calls.requests))
            samples.addSummary(duration, labels, sum: calls.seconds, count: calls.requests)
        }
        samples.add(stateAge, [], report.stateAge?.inSeconds)
        samples.add(certificateExpiry, [], report.certificate?.notAfter)
        samples.add(certificateVerified, [], report.certificate?.verified)
        samples.add(clockSkew, [], report.clockSkew)
        for collector in report.collectors {
            let labels = [("collector", collector.name.rawValue)]
            samples.add(collectorSupported, labels, collector.state.isSupported)
            samples.add(collectorSuccess, labels, collector.state.succeeded)
            samples.add(collectorDuration, labels, collector.state.duration?.inSeconds)
            samples.add(collectorLastSuccess, labels, collector.state.lastSuccess?.secondsSince1970)
            samples.add(collectorInterval, labels, collector.interval.inSeconds)
        }
    }

    /// Writes the user's own labels of a target or an instance.
    static func write(_ labels: TargetLabels, to samples: inout SampleWriter) {
        if !labels.all.isEmpty { samples.addInfo(info, withOwn: labels.all.map { ($0.name, $0.value) }) }
    }

    private static let listFunctions =
        [InformationalFunction.getStores, .getUsers, .getJobs, .getProfiles, .getInstances, .getServiceStatus].map(
            \.rawValue)
        + [ServiceCall.getMetadata.rawValue] + resultFunctions
    private static let resultFunctions = [InformationalFunction.getJobResults, .getWorkerResults].map(\.rawValue)
    /// Those whose results have ids that outcomes are counted by.
    private static let functionsWithIDs = resultFunctions + itemFunctions
    private static let itemFunctions = [InformationalFunction.getJobs, .getProfiles, .getStores].map(\.rawValue)

    private static func write(
        faults calls: TargetStatistics.Calls, of function: String, to samples: inout SampleWriter
    ) {
        let labels = [("function", function)]
        for reason in APIError.Reason.allCases {
            samples.add(errors, labels + [("reason", reason.rawValue)], Double(calls.errors[reason] ?? 0))
        }
        for (exception, count) in calls.exceptions.sorted(by: { $0.key < $1.key }) {
            samples.add(errorStructures, labels + [("exception", exception)], Double(count))
        }
        if resultFunctions.contains(function) {
            samples.add(unreadableWindows, labels, Double(calls.unreadableWindows))
            samples.add(implausibleTimes, labels, Double(calls.implausibleTimes))
        }
        if functionsWithIDs.contains(function) { samples.add(reusedIDs, labels, Double(calls.reusedIDs)) }
        if itemFunctions.contains(function) { samples.add(forgottenItems, labels, Double(calls.forgottenItems)) }
        if listFunctions.contains(function) { samples.add(skippedRows, labels, Double(calls.skippedRows)) }
    }
}
