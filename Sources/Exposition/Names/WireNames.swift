/// The names of a family as bytes, escaped by one scheme, made once so that a sample only copies them.
///
/// A class, because the bytes of its arrays can then be used for each sample without counting references to each.
final class WireNames: Sendable {
    /// The beginning of a sample line, before and without labels.
    struct Opening: Sendable {
        /// `name{`, or `{"my.name",` for a name that only Prometheus 3 reads.
        let beforeLabels: [UInt8]
        /// `name`, or `{"my.name"}`.
        let alone: [UInt8]

        init(_ name: String) {
            if MetricName.isLegacyMetricName(name) {
                beforeLabels = Array((name + "{").utf8)
                alone = Array(name.utf8)
            } else {
                let quoted = WireNames.quoted(name)
                beforeLabels = Array("{\(quoted),".utf8)
                alone = Array("{\(quoted)}".utf8)
            }
        }
    }

    /// The name of the family in header lines: by format.
    let textFamily: String
    let openMetricsFamily: String
    /// Openings of sample lines: the main sample, and those of summaries and histograms.
    let sample: Opening
    let bucket: Opening
    let sum: Opening
    let count: Opening
    /// The declared labels' names as callers give them.
    let declared: [String]
    /// `,name="` for every declared label, one behind the other.
    let labelBytes: [UInt8]
    /// Where each of those ends.
    let labelEnds: [Int]
    /// The bytes of the longest of them.
    let longestLabel: Int
    /// `name="` of the state label or of `le`; empty where the type has none.
    let ownLabel: [UInt8]

    init(_ descriptor: FamilyDescriptor, _ scheme: EscapingScheme) {
        let suffix = descriptor.type.sampleSuffix
        // The suffix is escaped together with the name, as Prometheus's library does; all schemes leave it at the end.
        let full = MetricName.escapedMetricName(descriptor.sampleName, scheme)
        let family = String(full.dropLast(suffix.count))
        textFamily = Self.inHeader(full)
        openMetricsFamily = Self.inHeader(family)
        sample = Opening(full)
        bucket = Opening(family + "_bucket")
        sum = Opening(family + "_sum")
        count = Opening(family + "_count")
        declared = descriptor.labelNames
        let rendered = declared.map { [UInt8(ascii: ",")] + Self.label($0, scheme) }
        labelBytes = rendered.flatMap(\.self)
        longestLabel = rendered.map(\.count).max() ?? 0
        var end = 0
        labelEnds = rendered.map { bytes in
            end += bytes.count
            return end
        }
        ownLabel = (descriptor.stateLabel ?? descriptor.type.ownLabel).map { Self.label($0, scheme) } ?? []
    }

    func family(in format: Format) -> String {
        format == .text ? textFamily : openMetricsFamily
    }

    private static func inHeader(_ name: String) -> String {
        MetricName.isLegacyMetricName(name) ? name : quoted(name)
    }

    private static func label(_ name: String, _ scheme: EscapingScheme) -> [UInt8] {
        let escaped = MetricName.escapedLabelName(name, scheme)
        return Array(((MetricName.isLegacyLabelName(escaped) ? escaped : quoted(escaped)) + "=\"").utf8)
    }

    private static func quoted(_ name: String) -> String {
        var buffer = LineBuffer()
        buffer.write(atMost: name.utf8.count * 2 + 2) { line in
            line.put(UInt8(ascii: "\""))
            line.putEscaped(name)
            line.put(UInt8(ascii: "\""))
        }
        return buffer.withBytes { String(decoding: $0, as: UTF8.self) }
    }
}
