import Exposition
import Foundation
import Testing

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

    @Test(
        "names that only Prometheus 3 reads are quoted, or escaped for the others",
        arguments: [
            (Format.text, EscapingScheme.allowUTF8, "page-utf8-text"),
            (.openMetrics, .allowUTF8, "page-utf8-openmetrics"), (.text, .values, "page-utf8-values"),
        ])
    func utf8Names(format: Format, scheme: EscapingScheme, file: String) throws {
        let gauge = FamilyDescriptor(
            "mail.store/größe", .gauge, help: "A name that only Prometheus 3 reads.", labels: ["label.x", "plain"],
            group: "test")
        let counter = FamilyDescriptor(
            "mail.runs", .counter, help: "A counter of that kind.", labels: ["plain"], group: "test")
        var gauges = FamilyBlock.Builder(gauge, escaping: scheme)
        gauges.add(labels: [], 1)
        gauges.add(labels: [("label.x", "v")], 2)
        gauges.add(labels: [("label.x", "v"), ("plain", "w")], 3)
        var counters = FamilyBlock.Builder(counter, escaping: scheme)
        counters.add(labels: [("plain", "w")], 4)
        let catalogue = try Catalogue([gauge, counter], allowUTF8Names: true)
        let section = PageRenderer(catalogue, format: format, escaping: scheme)
            .section([gauges.finish(), counters.finish()], isLast: true)
        #expect(try String(decoding: section.bytes, as: UTF8.self) == golden(file))
    }

    @Test("promtool finds nothing to say about the text page")
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
