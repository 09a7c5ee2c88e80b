/// Past samples as OpenMetrics text: lines with timestamps, for `promtool tsdb create-blocks-from openmetrics`.
///
/// Name and labels of a series are rendered once; each of its samples then only adds a value and a timestamp.
///
/// ```swift
/// var samples = TimestampedSamples(Stores.messages, commonLabels: ["job", "instance"])
/// samples.beginSeries([("job", "mailstore"), ("instance", "a:1"), ("target", "mail"), ("store_id", "1")])
/// samples.add(4711, at: 1_767_225_600)
/// // mailstore_store_messages{job="mailstore",instance="a:1",target="mail",store_id="1"} 4711 1767225600
/// ```
package struct TimestampedSamples: Sendable {
    /// The line that ends the whole text; without it, readers reject the text as truncated.
    package static let end = Array("# EOF\n".utf8)

    /// `# HELP`, `# TYPE` and `# UNIT`, to be written before the first sample of the family.
    package let header: [UInt8]
    private let names: RenderedNames
    private let hasStates: Bool
    /// The labels of the current series: `a="1",b="2"`.
    private var labels = LineBuffer()
    /// The beginning of its lines: name and labels.
    private var series = LineBuffer()
    private var text = LineBuffer()

    /// - Parameters:
    ///   - family: A gauge, a counter or a state set.
    ///   - commonLabels: Labels written before those of the family; the catalogue reserves them for Prometheus.
    package init(_ family: FamilyDescriptor, commonLabels: [String] = []) {
        precondition([.gauge, .counter, .stateset].contains(family.type), "a family with more than one sample name")
        let extended = FamilyDescriptor(
            family.name, family.type, unit: family.unit, help: family.help, labels: commonLabels + family.labelNames,
            stateLabel: family.stateLabel, group: family.group)
        header = PageRenderer.header(of: extended, .openMetrics)
        names = extended.names
        hasStates = family.stateLabel != nil
    }

    /// The bytes that have not been taken yet.
    package var count: Int { text.count }

    /// Begins a series, to which the next samples belong.
    ///
    /// - Parameters:
    ///   - labels: The labels in any order; empty ones are left out.
    ///   - state: The value of the state label, in a state set.
    package mutating func beginSeries(_ labels: [(String, String)], state: String? = nil) {
        precondition((state != nil) == hasStates, "a state is for state sets, and for all of them")
        let names = names
        var isValid = false
        self.labels.removeAll()
        self.labels.write(atMost: names.room(for: labels)) { isValid = names.put(labels, to: &$0) }
        precondition(isValid, "a label that the family does not declare, or one given twice")
        if let state { names.putState(state, to: &self.labels) }
        series.removeAll()
        let rendered = self.labels
        rendered.withBytes { labels in
            series.write(atMost: names.sample.count + labels.count + 8) { line in
                line.put(names.sample)
                line.put(labels)
                line.put(UInt8(ascii: "}"))
                line.put(UInt8(ascii: " "))
            }
        }
    }

    /// Adds a sample to the current series; times must increase.
    ///
    /// - Parameter time: Seconds since 1970.
    package mutating func add(_ value: Double, at time: Int64) {
        let room = series.count + Number.maximumLength * 2 + 8
        let series = series
        series.withBytes { series in
            text.write(atMost: room) { line in
                line.put(series)
                line.put(number: value)
                line.put(UInt8(ascii: " "))
                line.put(number: Double(time))
                line.put(UInt8(ascii: "\n"))
            }
        }
    }

    /// Returns and removes the bytes added so far.
    package mutating func take() -> [UInt8] {
        defer { text.removeAll() }
        return text.withBytes { Array($0) }
    }
}
