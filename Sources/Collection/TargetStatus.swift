package import Configuration
package import Exposition
import MailStoreAPI
import PlainText

/// The families about a target, its API and its collectors: they never vanish while the target is configured.
package struct TargetStatus: Sendable {
    /// Whether the last collection reached the API and was let in; `nil` before the first.
    package var isUp: Bool?
    package var counts: TargetStatistics.Counts
    package var clockSkew: Double?
    package var collectors: [(name: CollectorName, interval: Duration, state: CollectorState)]

    private static func family(
        _ name: String, _ type: MetricType, unit: String? = nil, _ labels: [String] = [], help: String
    ) -> FamilyDescriptor {
        FamilyDescriptor(name, type, unit: unit, help: help, labels: ["target"] + labels, group: "target")
    }

    private static let up = family(
        "mailstore_up", .gauge,
        help: "Whether the last collection reached the API and was let in (1) or not (0).")
    private static let requests = family(
        "mailstore_api_requests", .counter, ["function"],
        help: "Calls made, by function; polls of long-running processes count under get-status.")
    private static let duration = family(
        "mailstore_api_request_duration_seconds", .summary, unit: "seconds", ["function"],
        help: "How long the calls took.")
    private static let errors = family(
        "mailstore_api_errors", .counter, ["function", "reason"], help: "Calls that failed, by function and reason.")
    private static let errorStructures = family(
        "mailstore_api_error_structure", .counter, ["function", "exception"],
        help: "Replies whose error structure was set, by the type of the exception.")
    private static let unknownValues = family(
        "mailstore_api_unknown_values", .counter, ["field"],
        help: "Values met that this version does not know; they are shown as they came.")
    private static let unreadableWindows = family(
        "mailstore_api_results_unreadable_windows", .counter, ["function"],
        help: "Minutes whose results stayed unreadable after halving the window; runs in them may be missing.")
    private static let certificateExpiry = family(
        "mailstore_api_certificate_not_after_timestamp_seconds", .gauge, unit: "seconds",
        help: "When the validity of the server's certificate ends, in seconds since 1970.")
    private static let certificateVerified = family(
        "mailstore_api_certificate_verified", .gauge,
        help: "Whether a CA or a pin vouched for the server's certificate (1) or not (0).")
    private static let clockSkew = family(
        "mailstore_api_clock_skew_seconds", .gauge, unit: "seconds",
        help: "The server's clock against this machine's, positive where the server is ahead.")
    private static let collectorSupported = family(
        "mailstore_collector_supported", .gauge, ["collector"],
        help: "Whether the server offers what the collector needs (1) or not (0).")
    private static let collectorSuccess = family(
        "mailstore_collector_success", .gauge, ["collector"],
        help: "Whether the collector's last try worked (1) or not (0).")
    private static let collectorDuration = family(
        "mailstore_collector_duration_seconds", .gauge, unit: "seconds", ["collector"],
        help: "How long the collector's last try took.")
    private static let collectorLastSuccess = family(
        "mailstore_collector_last_success_timestamp_seconds", .gauge, unit: "seconds", ["collector"],
        help: "When the collector last worked, in seconds since 1970.")
    private static let collectorInterval = family(
        "mailstore_collector_interval_seconds", .gauge, unit: "seconds", ["collector"],
        help: "How often the collector runs.")

    package static let families = [
        up, requests, duration, errors, errorStructures, unknownValues, unreadableWindows, certificateExpiry,
        certificateVerified, clockSkew, collectorSupported, collectorSuccess, collectorDuration, collectorLastSuccess,
        collectorInterval,
    ]

    package func write(to samples: inout SampleWriter) {
        samples.add(Self.up, [], isUp)
        for (function, calls) in counts.calls.sorted(by: { $0.key < $1.key }) {
            write(calls, of: function, to: &samples)
        }
        for field in TargetStatistics.Field.allCases {
            samples.add(
                Self.unknownValues, [("field", field.rawValue)], Double(counts.unknownValues[field] ?? 0))
        }
        samples.add(Self.certificateExpiry, [], counts.certificate?.notAfter)
        samples.add(Self.certificateVerified, [], counts.certificate?.verified)
        samples.add(Self.clockSkew, [], clockSkew)
        for collector in collectors {
            let labels = [("collector", collector.name.rawValue)]
            samples.add(Self.collectorSupported, labels, collector.state.isSupported)
            samples.add(Self.collectorSuccess, labels, collector.state.succeeded)
            samples.add(Self.collectorDuration, labels, collector.state.duration?.inSeconds)
            samples.add(Self.collectorLastSuccess, labels, collector.state.lastSuccess?.secondsSince1970)
            samples.add(Self.collectorInterval, labels, collector.interval.inSeconds)
        }
    }

    private func write(_ calls: TargetStatistics.Calls, of function: String, to samples: inout SampleWriter) {
        let labels = [("function", function)]
        samples.add(Self.requests, labels, Double(calls.requests))
        samples.addSummary(Self.duration, labels, sum: calls.seconds, count: calls.requests)
        for reason in APIError.Reason.allCases {
            samples.add(Self.errors, labels + [("reason", reason.rawValue)], Double(calls.errors[reason] ?? 0))
        }
        for (exception, count) in calls.exceptions.sorted(by: { $0.key < $1.key }) {
            samples.add(Self.errorStructures, labels + [("exception", exception)], Double(count))
        }
        if InformationalFunction(rawValue: function)?.returnsOutcomes == true {
            samples.add(Self.unreadableWindows, labels, Double(calls.unreadableWindows))
        }
    }
}

extension InformationalFunction {
    fileprivate var returnsOutcomes: Bool { self == .getJobResults || self == .getWorkerResults }
}
