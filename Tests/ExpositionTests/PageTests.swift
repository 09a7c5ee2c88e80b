import Foundation
import Testing

@testable import Exposition

@Suite("Pages are written byte for byte as the golden files have them")
struct GoldenPageTests {
    @Test("every type and every hard label value", arguments: Format.allCases)
    func samplePage(format: Format) throws {
        let renderer = PageRenderer(try Catalogue(SamplePage.families), format: format)
        let targets = renderer.section(SamplePage.targetBlocks())
        let exporter = renderer.section(SamplePage.exporterBlocks(), isLast: true)
        let page = String(decoding: targets.bytes + exporter.bytes, as: UTF8.self)
        #expect(try page == golden("page-\(format.rawValue)"))
        #expect(targets.familyCount + exporter.familyCount == SamplePage.families.count - 1)
        #expect(targets.seriesCount + exporter.seriesCount == page.split(separator: "\n").count { $0.first != "#" })
        #expect(targets.leftOut == 0)
    }

    @Test("promtool accepts the text page without a warning")
    func promtool() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["promtool", "check", "metrics"]
        process.standardInput = try FileHandle(forReadingFrom: goldenURL("page-text"))
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(String(decoding: said, as: UTF8.self).isEmpty)
        #expect(process.terminationStatus == 0)
    }

    private func golden(_ name: String) throws -> String {
        try String(contentsOf: goldenURL(name), encoding: .utf8)
    }

    private func goldenURL(_ name: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).txt")
    }
}

@Suite("A section is assembled without copying large blocks")
struct PageSectionTests {
    private let large = FamilyDescriptor("large", .gauge, help: "x", labels: ["id"], group: "g")
    private let small = FamilyDescriptor("small", .gauge, help: "x", group: "g")

    @Test("segments joined are the bytes, and a large block is among them uncopied")
    func segments() throws {
        let block = largeBlock(value: 1)
        let renderer = PageRenderer(try Catalogue([large, small]), format: .openMetrics)
        let section = renderer.section([SamplePage.block(small) { $0.add(labels: [], 2) }, block], isLast: true)
        #expect(section.parts.contains { $0.segments.contains { $0 === block.lines } })
        #expect(section.segments.flatMap(\.self) == section.bytes)
        #expect(section.bytes.count == section.byteCount)
        #expect(section.parts.count == 3)
        #expect(String(decoding: section.bytes, as: UTF8.self).hasSuffix("# TYPE small gauge\nsmall 2\n# EOF\n"))
    }

    @Test("an empty page still ends as its format requires", arguments: [(Format.text, ""), (.openMetrics, "# EOF\n")])
    func empty(format: Format, expected: String) throws {
        let renderer = PageRenderer(try Catalogue([small]), format: format)
        #expect(String(decoding: renderer.section([], isLast: true).bytes, as: UTF8.self) == expected)
        #expect(renderer.section([]).bytes.isEmpty)
    }

    @Test("a block of a family that is not in the catalogue is left out and counted")
    func unknownFamily() throws {
        let renderer = PageRenderer(try Catalogue([small]), format: .text)
        let section = renderer.section([largeBlock(value: 1)])
        #expect(section.byteCount == 0)
        #expect(section.leftOut == 2000)
    }

    @Test("only what changed is compressed again")
    func reuse() throws {
        let renderer = PageRenderer(try Catalogue([large, small]), format: .text)
        let block = largeBlock(value: 1)
        let sections = [2, 3].map { value in
            renderer.section([block, SamplePage.block(small) { $0.add(labels: [], value) }])
        }
        let first = sections[0].compressed()
        let second = sections[1].compressed(reusing: first)
        #expect(
            second.parts.map { piece in first.parts.contains { $0.deflated === piece.deflated } } == [
                true, true, false,
            ])
        #expect(try Gunzip.inflate(Gzip.stream(of: [second]).flatMap(\.self)) == sections[1].bytes)
    }

    private func largeBlock(value: Double) -> FamilyBlock {
        SamplePage.block(large) { builder in
            for id in 0..<2000 {
                builder.add(labels: [("id", "number \(id)")], value)
            }
        }
    }
}
