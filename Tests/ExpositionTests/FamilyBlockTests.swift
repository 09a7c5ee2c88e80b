import Exposition
import Testing

@Suite("A block holds the samples of one family from one source")
struct FamilyBlockTests {
    private let family = FamilyDescriptor("x", .gauge, help: "x", labels: ["a", "b", "c"], group: "g")

    @Test("labels are written in declared order and empty ones left out")
    func order() {
        let block = SamplePage.block(family) {
            $0.add(labels: [("c", "3"), ("a", "1")], 1)
            $0.add(labels: [("a", "1"), ("b", ""), ("c", "4")], 2)
            $0.add(labels: [("b", "2")], 3)
            $0.add(labels: [("a", "")], 4)
        }
        #expect(
            text(block) == """
                x{a="1",c="3"} 1
                x{a="1",c="4"} 2
                x{b="2"} 3
                x 4

                """)
        #expect(block.seriesCount == 4)
    }

    @Test("the first of equal label sets stays and the others are counted")
    func duplicates() {
        let block = SamplePage.block(family) {
            $0.add(labels: [("a", "1"), ("b", "2")], 1)
            $0.add(labels: [("b", "2"), ("a", "1")], 2)
            $0.add(labels: [("a", "1"), ("b", "2"), ("c", "")], 3)
            $0.add(labels: [], 4)
            $0.add(labels: [], 5)
            $0.add(labels: [("a", "1\",b=\"2")], 6)
        }
        #expect(
            text(block) == #"""
                x{a="1",b="2"} 1
                x 4
                x{a="1\",b=\"2"} 6

                """#)
        #expect(block.duplicates == 3)
        #expect(block.seriesCount == 3)
    }

    @Test("ten thousand label sets are told apart, and each is recognised when it comes again")
    func manyLabelSets() {
        let block = SamplePage.block(family) { builder in
            for round in 0..<2 {
                for number in 0..<10_000 {
                    builder.add(labels: [("a", String(number % 100)), ("b", String(number / 100))], Double(round))
                }
            }
        }
        #expect(block.seriesCount == 10_000)
        #expect(block.duplicates == 10_000)
        #expect(!text(block).contains("} 1\n"))
    }

    @Test("what no page can hold is refused and counted")
    func refused() {
        let block = SamplePage.block(family) {
            $0.add(labels: [("a", "1")], .nan)
            $0.add(labels: [("a", "1"), ("unknown", "2")], 1)
            $0.add(labels: [("a", "1"), ("a", "2")], 1)
            $0.add(labels: [("a", "ok")], -1)
        }
        #expect(text(block) == "x{a=\"ok\"} -1\n")
        #expect(block.refused == 3)
        #expect(block.duplicates == 0)
    }

    @Test("a counter below zero is refused")
    func negativeCounter() {
        let counter = FamilyDescriptor("x", .counter, help: "x", group: "g")
        let block = SamplePage.block(counter) {
            $0.add(labels: [], -1)
            $0.add(labels: [], 2)
        }
        #expect(text(block) == "x_total 2\n")
        #expect(block.refused == 1)
    }

    @Test("a block without samples is empty")
    func empty() {
        let block = SamplePage.block(family) { _ in }
        #expect(block.isEmpty)
        #expect(block.byteCount(in: .openMetrics) == 0)
    }

    private func text(_ block: FamilyBlock) -> String {
        String(decoding: block.bytes(for: .text), as: UTF8.self)
    }
}
