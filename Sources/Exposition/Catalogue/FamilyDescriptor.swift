/// What is known about a metric family before there is a value: declared once, next to the collector that fills it.
///
/// ```swift
/// static let runs = FamilyDescriptor(
///     "mailstore_job_runs", .counter, help: "Finished runs of the job, by result.",
///     labels: ["target", "instance_id", "job_id", "job_name", "action", "result"], group: "jobs")
/// ```
///
/// Nothing is checked here; ``Catalogue`` checks all families together.
package struct FamilyDescriptor: Sendable, Hashable {
    /// The family's name as OpenMetrics has it: without `_total` (counters) and `_info` (infos).
    package let name: String
    package let type: MetricType
    /// The base unit, such as `seconds`, `bytes` or `ratio`; the name ends with it.
    ///
    /// Nil where there is none.
    package let unit: String?
    /// One sentence for people; any text, since the encoder escapes it.
    package let help: String
    /// The labels that a series may carry, in the order in which they are written, without the state label.
    package let labelNames: [String]
    /// The label that holds the name of the state, in a state set; nil in every other type.
    package let stateLabel: String?
    /// The collector (or other part of the program) that fills the family.
    package let group: String

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
    }

    /// The name that people query: `x_total` for a counter, `x_info` for an info, the family's name otherwise.
    ///
    /// The samples of a summary and a histogram add `_sum`, `_count` and `_bucket` to it.
    package var sampleName: String {
        name + type.sampleSuffix
    }

    /// Every sample name that can appear on a page for this family.
    package var sampleNames: [String] {
        switch type {
        case .counter, .info, .gauge, .stateset: [sampleName]
        case .summary: [name + "_sum", name + "_count"]
        case .histogram: [name + "_bucket", name + "_sum", name + "_count"]
        }
    }

    /// Every label that a series of this family can carry: the declared ones, then the state label or `le`.
    package var allLabelNames: [String] {
        var names = labelNames
        if let stateLabel {
            names.append(stateLabel)
        }
        if type == .histogram {
            names.append("le")
        }
        return names
    }

    /// Whether all names are valid without Prometheus 3's UTF-8 syntax, so that one rendering serves every scheme.
    package var hasOnlyLegacyNames: Bool {
        MetricName.isLegacyMetricName(name) && allLabelNames.allSatisfy(MetricName.isLegacyLabelName)
    }
}
