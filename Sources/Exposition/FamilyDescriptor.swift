/// A metric family without its samples: declared once, next to the collector that fills it.
///
/// ```swift
/// static let runs = FamilyDescriptor(
///     "mailstore_job_runs", .counter, help: "Finished runs of the job, by result.",
///     labels: ["target", "instance_id", "job_id", "job_name", "action", "result"], group: "jobs")
/// ```
///
/// Nothing is checked here; ``Catalogue`` checks all families together.
///
/// A class, because each block of samples refers to it.
package final class FamilyDescriptor: Sendable {
    /// The family's name as in OpenMetrics: without `_total` (counters) and `_info` (infos).
    package let name: String
    package let type: MetricType
    /// The base unit, such as `seconds`, `bytes` or `ratio`, with which the name ends; nil if there is none.
    package let unit: String?
    /// One sentence for people; any text, since the encoder escapes it.
    package let help: String
    /// The labels that a series may carry, in the order in which they are written, without the state label.
    let labelNames: [String]
    /// In a state set, the label with the name of the state; nil in every other type.
    let stateLabel: String?
    /// The collector (or other part of the program) that fills the family.
    package let group: String
    /// The names as bytes.
    let names: RenderedNames

    package init(
        _ name: String, _ type: MetricType, unit: String? = nil, help: String, labels labelNames: [String] = [],
        stateLabel: String? = nil, group: String
    ) {
        self.name = name
        self.type = type
        self.unit = unit
        self.help = help
        self.labelNames = labelNames
        self.stateLabel = stateLabel
        self.group = group
        names = RenderedNames(name, type, labels: labelNames, stateLabel: stateLabel)
    }

    /// The name in queries: `x_total` for a counter, `x_info` for an info, the family's name otherwise.
    ///
    /// The samples of a summary add `_sum` and `_count` to it.
    package var sampleName: String {
        name + type.sampleSuffix
    }

    /// Every sample name that can appear on a page for this family.
    package var sampleNames: [String] {
        type == .summary ? [name + "_sum", name + "_count"] : [sampleName]
    }

    /// Every label that a series of this family can carry: the declared ones, then the state label.
    package var allLabelNames: [String] {
        labelNames + (stateLabel.map { [$0] } ?? [])
    }
}

extension FamilyDescriptor: Equatable {
    package static func == (left: FamilyDescriptor, right: FamilyDescriptor) -> Bool {
        left === right
            || (left.name == right.name && left.type == right.type && left.unit == right.unit && left.help == right.help
                && left.labelNames == right.labelNames && left.stateLabel == right.stateLabel
                && left.group == right.group)
    }
}

/// The type of a metric family.
///
/// The names are from OpenMetrics. Two types are written differently: a state set is a gauge in both formats, because
/// the StateSet of OpenMetrics requires a label with the name of the family; an info is a gauge of 1 in text 0.0.4,
/// which has no such type.
package enum MetricType: String, Sendable, Hashable, CaseIterable {
    case counter
    case gauge
    case info
    case stateset
    case summary

    /// The suffix of the main sample's name after the family's name; empty for most types.
    var sampleSuffix: String {
        switch self {
        case .counter: "_total"
        case .info: "_info"
        case .gauge, .stateset, .summary: ""
        }
    }

    /// The suffixes of all samples that a family of this type can have, `_created` included although it is not
    /// written: OpenMetrics reserves it.
    var reservedSuffixes: [String] {
        switch self {
        case .counter: ["_total", "_created"]
        case .info: ["_info"]
        case .gauge, .stateset: []
        case .summary: ["_sum", "_count", "_created"]
        }
    }

    /// The word after the name in a `# TYPE` line.
    func wireName(in format: Format) -> String {
        switch (self, format) {
        case (.stateset, _), (.info, .text): "gauge"
        default: rawValue
        }
    }
}
