/// Samples of the past as OpenMetrics text: lines with time stamps, for `promtool tsdb create-blocks-from openmetrics`.
///
/// A series is begun once, its name and labels rendered, and each of its samples then only adds a value and a time.
///
/// ```swift
/// var samples = TimedSamples(Stores.messages, commonLabels: ["job", "instance"])
/// samples.beginSeries([("job", "mailstore"), ("instance", "a:1"), ("target", "mail"), ("store_id", "1")])
/// samples.add(4711, at: 1_767_225_600)
/// // mailstore_store_messages{job="mailstore",instance="a:1",target="mail",store_id="1"} 4711 1767225600
/// ```
package struct TimedSamples: Sendable {
    /// The line that ends a whole text; without it, readers refuse it as cut short.
    package static let end = Array("# EOF\n".utf8)

    /// `# HELP`, `# TYPE` and `# UNIT`: they stand before the first sample of the family.
    package let header: [UInt8]
    private let names: WireNames
    /// Name and labels of the series at hand.
    private var series = LineBuffer()
    private var text = LineBuffer()

    /// - Parameters:
    ///   - family: A gauge, a counter or a state set.
    ///   - commonLabels: Labels that stand before those of the family; the catalogue reserves them for Prometheus.
    package init(_ family: FamilyDescriptor, commonLabels: [String] = []) {
        precondition([.gauge, .counter, .stateset].contains(family.type), "a family with more than one sample name")
        let extended = FamilyDescriptor(
            family.name, family.type, unit: family.unit, help: family.help, labels: commonLabels + family.labelNames,
            stateLabel: family.stateLabel, group: family.group)
        header = PageRenderer.header(of: extended, .openMetrics, .underscores)
        names = WireNames(extended, .underscores)
    }

    /// How many bytes wait to be taken.
    package var count: Int { text.count }

    /// Begins a series: what is added next belongs to it.
    ///
    /// - Parameters:
    ///   - labels: In the order in which they are declared, or any other; empty ones are left out.
    ///   - state: The value of the state label, in a state set.
    package mutating func beginSeries(_ labels: [(String, String)], state: String? = nil) {
        precondition((state == nil) == names.ownLabel.isEmpty, "a state is for state sets, and for all of them")
        series.removeAll()
        let names = names
        let room = names.room(for: labels) + names.sample.beforeLabels.count * 2 + 8
        var isSound = false
        var hasLabels = false
        series.write(atMost: room) { line in
            line.put(names.sample.beforeLabels)
            let start = line.cursor
            isSound = names.put(labels, to: &line)
            hasLabels = line.cursor > start
        }
        precondition(isSound, "a label that the family does not declare, or one given twice")
        series.write(atMost: names.ownLabel.count + (state?.utf8.count ?? 0) * 2 + 8) { line in
            if let state {
                if hasLabels { line.put(UInt8(ascii: ",")) }
                line.put(names.ownLabel)
                line.putEscaped(state)
                line.put(UInt8(ascii: "\""))
            }
            line.put(UInt8(ascii: "}"))
            line.put(UInt8(ascii: " "))
        }
    }

    /// Adds a sample to the series at hand; times have to rise.
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

    /// Takes what was added so far.
    package mutating func take() -> [UInt8] {
        defer { text.removeAll() }
        return text.withBytes { Array($0) }
    }
}
