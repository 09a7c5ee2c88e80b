import Exposition
import Testing

@Suite("State sets, summaries and histograms write several lines for one label set")
struct CompoundSampleTests {
    private let states = FamilyDescriptor("s", .stateset, help: "x", labels: ["a"], stateLabel: "state", group: "g")
    private let summary = FamilyDescriptor("q", .summary, help: "x", labels: ["a"], group: "g")
    private let histogram = FamilyDescriptor("h", .histogram, help: "x", labels: ["a"], group: "g")

    @Test("without a current state all are 0")
    func noState() {
        let block = SamplePage.block(states) { $0.addStates(labels: [], states: ["on", "off"], current: nil) }
        #expect(text(block) == "s{state=\"on\"} 0\ns{state=\"off\"} 0\n")
    }

    @Test("a state that nobody expected gets a series of its own")
    func unexpectedState() {
        let block = SamplePage.block(states) {
            $0.addStates(labels: [("a", "1")], states: ["on", "on", ""], current: "frozen")
        }
        #expect(text(block) == "s{a=\"1\",state=\"on\"} 0\ns{a=\"1\",state=\"frozen\"} 1\n")
        #expect(block.seriesCount == 2)
    }

    @Test("a repeated label set leaves no line behind")
    func duplicates() {
        let block = SamplePage.block(states) {
            $0.addStates(labels: [("a", "1")], states: ["on", "off"], current: "on")
            $0.addStates(labels: [("a", "1")], states: ["on", "new"], current: "new")
            $0.addStates(labels: [("a", "2")], states: ["on"], current: "on")
        }
        #expect(text(block) == "s{a=\"1\",state=\"on\"} 1\ns{a=\"1\",state=\"off\"} 0\ns{a=\"2\",state=\"on\"} 1\n")
        #expect(block.duplicates == 1)
        #expect(block.seriesCount == 3)

        let sums = SamplePage.block(summary) {
            $0.addSummary(labels: [], sum: 1, count: 2)
            $0.addSummary(labels: [], sum: 3, count: 4)
        }
        #expect(text(sums) == "q_sum 1\nq_count 2\n")
        #expect(sums.duplicates == 1)
    }

    @Test("a repeated histogram leaves no line behind in either format", arguments: Format.allCases)
    func duplicateHistogram(format: Format) {
        let block = SamplePage.block(histogram) {
            $0.addHistogram(labels: [("a", "1")], buckets: [(.infinity, 2)], sum: 3, count: 2)
            $0.addHistogram(labels: [("a", "1")], buckets: [(5, 1)], sum: 3, count: 2)
        }
        #expect(text(block, format) == "h_bucket{a=\"1\",le=\"+Inf\"} 2\nh_sum{a=\"1\"} 3\nh_count{a=\"1\"} 2\n")
        #expect(block.duplicates == 1)
        #expect(block.seriesCount == 3)
    }

    @Test(
        "a histogram that contradicts itself is refused",
        arguments: [
            ([(1, 2), (1, 2)], 1, 2), ([(2, 1), (1, 2)], 1, 2), ([(1, 3), (2, 2)], 1, 3), ([(1, 3)], 1, 2),
            ([(.infinity, 1)], 1, 2), ([(.nan, 1)], 1, 2), ([(.infinity, 1), (1, 1)], 1, 1), ([(1, 1)], .nan, 1),
        ] as [([(Double, UInt64)], Double, UInt64)])
    func contradictions(buckets: [(Double, UInt64)], sum: Double, count: UInt64) {
        let block = SamplePage.block(histogram) {
            $0.addHistogram(labels: [], buckets: buckets.map { ($0.0, $0.1) }, sum: sum, count: count)
        }
        #expect(block.refused == 1)
        #expect(block.isEmpty)
    }

    private func text(_ block: FamilyBlock, _ format: Format = .text) -> String {
        String(decoding: block.bytes(for: format), as: UTF8.self)
    }
}
