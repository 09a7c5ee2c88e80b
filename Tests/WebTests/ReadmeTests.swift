import Foundation
import TestSupport
import Testing

@testable import Configuration
@testable import Web

@Suite("The documents")
struct ReadmeTests {
    private func document(_ path: String) throws -> String {
        let file = URL(fileURLWithPath: #filePath)
        let root = (0..<3).reduce(file) { folder, _ in folder.deletingLastPathComponent() }
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The code blocks of YAML that are not indented, in order.
    private func samples(in document: String) -> [String] {
        document.components(separatedBy: "\n```yaml\n").dropFirst().compactMap { rest in
            rest.components(separatedBy: "```").first
        }
    }

    private func validate(_ sample: String) throws -> Configuration {
        try ConfigurationFile(path: "configuration.md", text: sample)
            .validate(environment: ["CREDENTIALS_DIRECTORY": "/run/credentials"])
    }

    @Test("have the table of metrics that the program prints")
    func metrics() throws {
        let document = try document("docs/metrics.md")
        let start = try #require(document.range(of: "<!-- metrics:begin -->\n"))
        let end = try #require(document.range(of: "<!-- metrics:end -->"))
        let table = try MetricCatalogue.make().markdown()
        #expect(String(document[start.upperBound..<end.lowerBound]) == table)
    }

    @Test("explain every label")
    func labels() throws {
        let document = try document("docs/metrics.md")
        let start = try #require(document.range(of: "\n## Labels\n"))
        let end = try #require(document.range(of: "\n## Types\n"))
        let rows = document[start.upperBound..<end.lowerBound].split(separator: "\n").filter { $0.hasPrefix("| `") }
        var explained: Set<String> = []
        for cell in rows.compactMap({ $0.split(separator: "|").first }) {
            for match in cell.matches(of: /`(\w+)`/) { explained.insert(String(match.output.1)) }
        }
        let labels = try MetricCatalogue.make().families.flatMap(\.allLabelNames)
        #expect(explained == Set(labels))
    }

    @Test("show a configuration with every key, and the defaults that are in force")
    func configuration() throws {
        let sample = try #require(samples(in: try document("docs/configuration.md")).first)
        let written = try validate(sample)
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
        for key in ConfigurationSchema.root + ConfigurationSchema.collection + ConfigurationSchema.tls {
            #expect(sample.contains("\(key):"), "\(key) is not in the sample")
        }
    }

    @Test("show configurations that are valid")
    func configurations() throws {
        let configurations = samples(in: try document("docs/configuration.md")).filter { $0.hasPrefix("targets:") }
        #expect(configurations.count >= 3)
        for sample in configurations { _ = try validate(sample) }
    }

    @Test("explain every key of the configuration and of the web configuration")
    func keys() throws {
        let document = try document("docs/configuration.md")
        let keys =
            ConfigurationSchema.root + ConfigurationSchema.target + ConfigurationSchema.tls
            + ConfigurationSchema.verification + ConfigurationSchema.expectedIntervals + ConfigurationSchema.collection
            + ConfigurationSchema.outcomes + ConfigurationSchema.privacy + WebConfigurationSchema.root
            + WebConfigurationSchema.tls + WebConfigurationSchema.http + WebConfigurationSchema.headers
            + WebConfigurationSchema.rateLimit
        for key in keys {
            #expect(document.contains("`\(key)`"), "\(key) is not explained")
        }
    }

    @Test("show a web configuration that is valid")
    func webConfiguration() throws {
        let samples = samples(in: try document("docs/configuration.md")).filter { $0.contains("tls_server_config:") }
        let sample = try #require(samples.first)
        // The document shows no hash that somebody might copy.
        try #require(sample.contains("$2y$10$…"))
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        for name in ["exporter.pem", "prometheus-ca.pem"] {
            _ = try folder.write("-----BEGIN CERTIFICATE-----\n", to: name)
        }
        _ = try folder.write("-----BEGIN PRIVATE KEY-----\n", to: "exporter.key")
        let hash = "$2y$10$" + String(repeating: "a", count: 53)
        let path = try folder.write(sample.replacing("$2y$10$…", with: hash), to: "web.yml")
        let configuration = try WebConfigurationReading(path: path).outcome.get()
        #expect(configuration.tls?.policy.clientAuthentication == .requireAndVerify)
        #expect(Set(configuration.users.keys) == ["prometheus"])
        #expect(configuration.excludedPaths == ["/-/healthy", "/-/ready"])
        #expect(configuration.rateLimit == RateLimit(interval: .milliseconds(100), burst: 20))
        #expect(configuration.warnings == [])
    }
}
