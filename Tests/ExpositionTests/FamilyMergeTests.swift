import Testing

@testable import Exposition

@Suite("Blocks of one family from several sources never repeat a label set")
struct FamilyMergeTests {
    private let family = FamilyDescriptor("x", .gauge, help: "x", labels: ["target", "id", "name"], group: "g")

    @Test("blocks of different targets are shared as they are")
    func differentTargets() {
        let blocks = ["a", "b", "ab", "a,"].map { target in
            block([[("target", target), ("id", "1")], [("target", target), ("id", "2")]])
        }
        let merge = FamilyMerge(blocks)
        #expect(merge.duplicates == 0)
        #expect(merge.seriesCount == 8)
        #expect(zip(merge.segments, blocks).allSatisfy { $0 === $1.lines })
    }

    @Test("the series of an earlier block win over those of a later one")
    func sameTarget() {
        let merge = FamilyMerge(
            [
                block([[("target", "a"), ("id", "2")]], 1),
                block([[("target", "b"), ("id", "1")]], 2),
                block([[("target", "a"), ("id", "1")], [("target", "a"), ("id", "2")], [("target", "a")]], 3),
            ])
        #expect(
            text(merge) == """
                x{target="a",id="2"} 1
                x{target="b",id="1"} 2
                x{target="a",id="1"} 3
                x{target="a"} 3

                """)
        #expect(merge.duplicates == 1)
        #expect(merge.seriesCount == 4)
    }

    @Test("a block that repeats another one vanishes")
    func repeatedBlock() {
        let labels = [[("target", "a")], []]
        let merge = FamilyMerge([block(labels, 1), block(labels, 2)])
        #expect(text(merge) == "x{target=\"a\"} 1\nx 1\n")
        #expect(merge.duplicates == 2)
    }

    @Test("a summary is left out as a whole")
    func summaries() {
        let family = FamilyDescriptor("s", .summary, help: "x", labels: ["target"], group: "g")
        let first = SamplePage.block(family) { $0.addSummary(labels: [("target", "a")], sum: 1, count: 1) }
        let second = SamplePage.block(family) {
            $0.addSummary(labels: [("target", "a")], sum: 2, count: 2)
            $0.addSummary(labels: [("target", "b")], sum: 9, count: 9)
        }
        let merge = FamilyMerge([first, second])
        #expect(
            text(merge) == """
                s_sum{target="a"} 1
                s_count{target="a"} 1
                s_sum{target="b"} 9
                s_count{target="b"} 9

                """)
        #expect(merge.duplicates == 1)
        #expect(merge.seriesCount == 4)
    }

    @Test("any split of any samples into blocks gives every label set once, with its first value")
    func anySplit() {
        var generator = SplitMix(state: 11)
        for _ in 0..<300 {
            var expected: [String: Int] = [:]
            var blocks: [FamilyBlock] = []
            var number = 0
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                var builder = FamilyBlock.Builder(family)
                for _ in 0..<Int.random(in: 0...5, using: &generator) {
                    let names = ["", "a", "b", "a\",id=\"b", "c,"]
                    let labels = family.labelNames.map { label in
                        (label, names[Int.random(in: 0..<names.count, using: &generator)])
                    }
                    let key = labels.map(\.1).joined(separator: "\n")
                    builder.add(labels: labels, Double(number))
                    expected[key] = expected[key] ?? number
                    number += 1
                }
                blocks.append(builder.finish())
            }
            let merge = FamilyMerge(blocks)
            let values = text(merge).split(separator: "\n").compactMap {
                $0.split(separator: " ").last.flatMap { Int($0) }
            }
            #expect(values.sorted() == expected.values.sorted())
            #expect(merge.seriesCount == expected.count)
            #expect(merge.duplicates + blocks.reduce(0) { $0 + $1.duplicates } == number - expected.count)
        }
    }

    private func block(_ labelSets: [[(String, String)]], _ value: Double = 0) -> FamilyBlock {
        SamplePage.block(family) { builder in
            for labels in labelSets {
                builder.add(labels: labels, value)
            }
        }
    }

    private func text(_ merge: FamilyMerge) -> String {
        String(decoding: merge.segments.flatMap(\.bytes), as: UTF8.self)
    }
}
