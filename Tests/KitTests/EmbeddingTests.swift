import Foundation
import Testing

@testable import Kit
@testable import KitGenerator

@Suite("The embedded files")
struct EmbeddingTests {
    @Test("are the files of the sources, byte for byte")
    func sameAsSources() throws {
        let sources = try Repository.kitSources()
        let carried = Dictionary(uniqueKeysWithValues: KitSources.all.map { ($0.name, $0.text) })
        for name in Set(sources.keys).union(carried.keys).sorted() {
            // Compares bytes, since Swift treats canonically equivalent texts as equal.
            let isSame = carried[name].map { Array($0.utf8) } == sources[name].map { Array($0.utf8) }
            #expect(
                isSame,
                "\(name) differs from the sources: build again (touch Package.swift, then swift build)")
        }
    }

    @Test("include every part")
    func parts() {
        let names = Set(KitSources.all.map(\.name))
        let expected = [
            "alerts/mailstore.rules.yml", "alerts/windows-volume.rules.yml", "alerts/alertmanager-example.yml",
            "alerts/runbook.md", "dashboards/mailstore-fleet.json", "dashboards/mailstore-server.json",
            "dashboards/mailstore-jobs.json", "dashboards/mailstore-storage.json", "dashboards/mailstore-exporter.json",
            "dashboards/mailstore-spe.json",
            "files/README.md", "files/mailstore_exporter.yml", "files/systemd/mailstore_exporter.service",
            "files/prometheus/prometheus.yml", "files/grafana/provisioning/dashboards/mailstore.yml",
        ]
        for name in expected { #expect(names.contains(name), "\(name) is missing") }
        // Neither tests nor the sources of the dashboards.
        #expect(names.allSatisfy { !$0.contains("test") && !$0.contains("source") })
    }
}

@Suite("A Swift literal")
struct LiteralTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        /// The smallest number of `#` that the language requires.
        var fence: Int

        var testDescription: String { text.debugDescription }
    }

    private static let cases = [
        Case(text: "", fence: 1),
        Case(text: "one line", fence: 1),
        Case(text: "one line\n", fence: 1),
        Case(text: "\n\n  indented\n\ttab \n\n", fence: 1),
        Case(text: "Größe → 𝔐, e\u{301}, \u{FEFF}", fence: 1),
        Case(text: #"\n \(interpolated) \u{41} \\"#, fence: 1),
        Case(text: ##"\#n \#(interpolated)"##, fence: 2),
        Case(text: ###"\##n and \#n"###, fence: 3),
        Case(text: "a \\", fence: 1),
        Case(text: "\"", fence: 1),
        Case(text: "\"\"\"", fence: 1),
        Case(text: "\"\"\"#", fence: 2),
        Case(text: "\"\"\"\"\"##", fence: 3),
        Case(text: "\"\"#### \"\" #", fence: 1),
        Case(text: "#### heading", fence: 1),
        Case(text: "\"\"\" ##", fence: 1),
        Case(text: "\"\"\"\n##", fence: 1),
        Case(text: "\"\"\"###\n\\#", fence: 4),
    ]

    @Test("has exactly the bytes of the text", arguments: cases)
    func roundTrip(_ item: Case) throws {
        let source = try SwiftLiteral(item.text).source
        let fence = String(repeating: "#", count: item.fence)
        let opening = fence + "\"\"\"\n"
        let closing = "\n\"\"\"" + fence
        try #require(source.utf8.count == opening.utf8.count + item.text.utf8.count + closing.utf8.count)
        #expect(source.hasPrefix(opening))
        #expect(source.hasSuffix(closing))
        let body = source.utf8.dropFirst(opening.utf8.count).dropLast(closing.utf8.count)
        #expect(body.elementsEqual(item.text.utf8))
        // A raw multi-line literal ends at its closing delimiter, and its escapes have the same number of #.
        let text = String(decoding: body, as: UTF8.self)
        #expect(!text.contains("\"\"\"" + fence))
        #expect(!text.contains("\\" + fence))
    }

    @Test("is refused if the compiler would read something else", arguments: ["a\r\nb", "\u{0}", "\u{1B}[1m"])
    func controlCharacters(_ text: String) {
        #expect(throws: GeneratorError.self) { try SwiftLiteral(text) }
    }
}

/// The files of the kit in the repository.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The expected content of the kit: the text of each file, by its name in the sources.
    static func kitSources() throws -> [String: String] {
        var sources: [String: String] = [:]
        for (folder, endings) in [("alerts", [".yml", ".md"]), ("dashboards", [".json"])] {
            for file in try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")
            where endings.contains(where: file.hasSuffix) {
                sources["\(folder)/\(file)"] = try read("\(folder)/\(file)")
            }
        }
        let own = "Sources/Kit/Files"
        for file in try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(own)") {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(root)/\(own)/\(file)", isDirectory: &isFolder)
            if !isFolder.boolValue { sources["files/\(file)"] = try read("\(own)/\(file)") }
        }
        return sources
    }

    private static func read(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)")), as: UTF8.self)
    }
}
