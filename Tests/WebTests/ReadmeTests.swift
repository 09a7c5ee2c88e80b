import Foundation
import TestSupport
import Testing

@testable import Configuration
@testable import Web

@Suite("The README")
struct ReadmeTests {
    private func readme() throws -> String {
        let file = URL(fileURLWithPath: #filePath)
        let root = (0..<4).reduce(file) { folder, _ in folder.deletingLastPathComponent() }
        return try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    }

    @Test("has the table of metrics that the program prints")
    func metrics() throws {
        let readme = try readme()
        let start = try #require(readme.range(of: "<!-- metrics:begin -->\n"))
        let end = try #require(readme.range(of: "<!-- metrics:end -->"))
        let table = try MetricCatalogue.make().markdown()
        #expect(String(readme[start.upperBound..<end.lowerBound]) == table)
    }

    @Test("shows a configuration that is valid, and the defaults that are in force")
    func configuration() throws {
        let readme = try readme()
        let section = try #require(readme.range(of: "## Configuration\n"))
        let start = try #require(readme.range(of: "```yaml\n", range: section.upperBound..<readme.endIndex))
        let end = try #require(readme.range(of: "```", range: start.upperBound..<readme.endIndex))
        var lines = readme[start.upperBound..<end.lowerBound].split(separator: "\n").map(String.init)
        // The alternatives to the pin exclude it, and the pin is not spelt out.
        lines.removeAll { $0.contains("insecure_skip_verify") }
        lines = lines.map { $0.replacing("sha256//…", with: "sha256//" + String(repeating: "A", count: 43) + "=") }
        let file = try ConfigurationFile(path: "README.md", text: lines.joined(separator: "\n"))
        let written = try file.validate(environment: [:])
        let defaults = CollectionSettings()
        #expect(written.collection.timeout == defaults.timeout)
        #expect(written.collection.connectTimeout == defaults.connectTimeout)
        #expect(written.collection.lookback == defaults.lookback)
        #expect(written.collection.overlap == defaults.overlap)
        #expect(written.collection.maximumConcurrentCalls == defaults.maximumConcurrentCalls)
        #expect(written.collection.maximumReplySize == defaults.maximumReplySize)
        #expect(written.outcomes == OutcomeSettings())
        #expect(written.targets.map(\.collectors) == [CollectorName.allCases])
        #expect(
            written.targets.first?.verification == VerificationSettings(schedule: try Schedule(parsing: "Sun 02:00")))
    }
}
