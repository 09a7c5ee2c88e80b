import Foundation
import Testing

@testable import Exposition

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

    @Test(
        "a value of more than 256 characters is cut, with a mark, and takes at most 1024 bytes",
        arguments: ["x", "ü", "漢", "🗄", "\n", "\"", "e\u{301}", "\r\n"])
    func longValues(character: String) throws {
        let scalars = character.unicodeScalars.count
        for length in [1, 255, 256, 257, 60_000] {
            let value = String(repeating: character, count: length)
            let block = SamplePage.block(family) { $0.add(labels: [("a", value), ("b", "1")], 1) }
            let page = try ScrapedValue(text(block))
            if length * scalars <= 256 {
                #expect(page.value == value)
            } else {
                #expect(page.value.unicodeScalars.count == 256 && page.value.utf8.count <= 1024)
                #expect(page.value.unicodeScalars.elementsEqual(Array(value.unicodeScalars.prefix(255)) + ["…"]))
            }
        }
    }

    @Test("values that are equal after the cut are the same unless another label differs; a state is cut too")
    func equalAfterCut() {
        let name = String(repeating: "x", count: 300)
        let block = SamplePage.block(family) {
            $0.add(labels: [("a", "1"), ("b", name + "a")], 1)
            $0.add(labels: [("a", "2"), ("b", name + "b")], 2)
            $0.add(labels: [("a", "2"), ("b", name + "c")], 3)
        }
        #expect(block.seriesCount == 2 && block.duplicates == 1)
        let states = FamilyDescriptor("y", .stateset, help: "y", labels: ["a"], stateLabel: "s", group: "g")
        let stated = SamplePage.block(states) { $0.addStates(labels: [("a", name)], states: [name], current: name) }
        #expect(text(stated).utf8.count < 600)
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
        #expect(block.seriesCount == 0)
        #expect(text(block).isEmpty)
    }
}

@Suite("State sets and summaries write several lines for one label set")
struct CompoundSampleTests {
    private let states = FamilyDescriptor("s", .stateset, help: "x", labels: ["a"], stateLabel: "state", group: "g")
    private let summary = FamilyDescriptor("q", .summary, help: "x", labels: ["a"], group: "g")

    @Test("without a current state all are 0")
    func noState() {
        let block = SamplePage.block(states) { $0.addStates(labels: [], states: ["on", "off"], current: nil) }
        #expect(text(block) == "s{state=\"on\"} 0\ns{state=\"off\"} 0\n")
    }

    @Test("an unexpected state gets a series of its own")
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
}

@Suite("Label values are escaped and nothing else about them changes")
struct LabelEscapingTests {
    @Test(
        "a value has one escaped form",
        arguments: [
            ("plain", "plain"), ("\"", #"\""#), ("\\", #"\\"#), ("\n", #"\n"#), ("\r\n", "\r\\n"), ("\t", "\t"),
            ("\\n", #"\\n"#), ("12345678", "12345678"), ("1234567\"", #"1234567\""#), ("\\2345678", #"\\2345678"#),
            ("12345678\n0", #"12345678\n0"#), ("Süd 📧 日本", "Süd 📧 日本"), ("a\0b", "a\0b"), ("e\u{301}", "e\u{301}"),
            ("#{}[],=' ", "#{}[],=' "),
            ("\u{80}\u{7F}\u{23}\u{21}\u{0B}\u{09}\u{5B}\u{5D}", "\u{80}\u{7F}#!\u{0B}\t[]"),
        ])
    func escaped(value: String, expected: String) {
        #expect(render(value) == expected)
    }

    @Test("random values come back when the escapes are undone")
    func roundTrip() {
        var generator = SplitMix(state: 3)
        let alphabet = Array("\"\\\nabcdefgäß📧 ,={}".unicodeScalars)
        for _ in 0..<3000 {
            var value = ""
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                value.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
            }
            let text = render(value)
            #expect(!text.unicodeScalars.contains("\n"))
            #expect(Array(undo(text).utf8) == Array(value.utf8))
        }
    }

    private func render(_ value: String) -> String {
        let family = FamilyDescriptor("x", .gauge, help: "x", labels: ["l"], group: "g")
        var builder = FamilyBlock.Builder(family)
        builder.add(labels: [("l", value)], 1)
        return String(text(builder.finish()).unicodeScalars.dropFirst(5).dropLast(5))
    }

    private func undo(_ text: String) -> String {
        var result = ""
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "\\" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            if let escaped = scalars.next() {
                result.unicodeScalars.append(escaped == "n" ? "\n" : escaped)
            }
        }
        return result
    }
}

private func text(_ block: FamilyBlock) -> String {
    String(decoding: block.lines.bytes, as: UTF8.self)
}

/// The value of the label `a` of a page's only line.
private struct ScrapedValue {
    let value: String

    init(_ line: String) throws {
        let start = try #require(line.range(of: "a=\""))
        let end = try #require(line.range(of: "\",b=\"1\"} 1\n"))
        value = String(line[start.upperBound..<end.lowerBound]).replacing("\\n", with: "\n").replacing(
            "\\\"", with: "\"")
    }
}
