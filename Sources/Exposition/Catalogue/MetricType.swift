/// The type of a metric family.
///
/// The names are OpenMetrics's. Two of them look different on the wire: a state set is written as a gauge in both
/// formats, because OpenMetrics's own StateSet insists on a label that is named after the family; an info is a gauge
/// of 1 in text 0.0.4, which has no such type.
package enum MetricType: String, Sendable, Hashable, CaseIterable {
    case counter
    case gauge
    case info
    case stateset
    case summary
    case histogram

    /// What follows the family's name in the name of its main sample; empty for most.
    var sampleSuffix: String {
        switch self {
        case .counter: "_total"
        case .info: "_info"
        case .gauge, .stateset, .summary, .histogram: ""
        }
    }

    /// The suffixes of all samples that a family of this type can have, `_created` included although it is not
    /// written: OpenMetrics reserves it.
    var reservedSuffixes: [String] {
        switch self {
        case .counter: ["_total", "_created"]
        case .info: ["_info"]
        case .gauge, .stateset: [""]
        case .summary: ["", "_sum", "_count", "_created"]
        case .histogram: ["_bucket", "_sum", "_count", "_created"]
        }
    }

    /// The label that the encoder adds by itself and that no caller may use.
    var ownLabel: String? {
        switch self {
        case .summary: "quantile"
        case .histogram: "le"
        case .counter, .gauge, .info, .stateset: nil
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
