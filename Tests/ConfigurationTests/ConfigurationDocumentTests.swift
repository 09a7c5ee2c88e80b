import TestSupport
import Testing

@testable import Configuration

@Suite("The document of the configuration")
struct ConfigurationDocumentTests {
    private let document: Document

    init() throws {
        document = try Document("docs/configuration.md")
    }

    private func validate(_ sample: String) throws -> Configuration {
        try ConfigurationFile(path: "configuration.md", text: sample)
            .validate(environment: ["CREDENTIALS_DIRECTORY": "/run/credentials"])
    }

    @Test("shows a configuration with every key, and the defaults that are in force")
    func configuration() throws {
        let sample = try #require(document.samples.first)
        let written = try validate(sample)
        let defaults = CollectionSettings()
        #expect(written.collection.timeout == defaults.timeout)
        #expect(written.collection.connectTimeout == defaults.connectTimeout)
        #expect(written.collection.lookback == defaults.lookback)
        #expect(written.collection.overlap == defaults.overlap)
        #expect(written.collection.maximumConcurrentCalls == defaults.maximumConcurrentCalls)
        #expect(written.collection.maximumConcurrentCallsToAll == defaults.maximumConcurrentCallsToAll)
        #expect(written.collection.maximumReplySize == defaults.maximumReplySize)
        #expect(written.outcomes == OutcomeSettings())
        #expect(written.limits == LimitSettings())
        #expect(written.targets.map(\.collectors) == [CollectorName.allCases])
        #expect(
            written.targets.first?.verification == VerificationSettings(schedule: try Schedule(parsing: "Sun 02:00")))
        for key in ConfigurationSchema.root + ConfigurationSchema.collection + ConfigurationSchema.tls + ["labels"] {
            #expect(sample.contains("\(key):"), "\(key) is not in the sample")
        }
    }

    @Test("shows configurations that are valid")
    func configurations() throws {
        let configurations = document.samples.filter { $0.hasPrefix("targets:") }
        #expect(configurations.count >= 3)
        for sample in configurations { _ = try validate(sample) }
    }

    @Test("explains every key")
    func keys() throws {
        let keys =
            ConfigurationSchema.root + ConfigurationSchema.target + ConfigurationSchema.tls
            + ConfigurationSchema.instances
            + ConfigurationSchema.verification + ConfigurationSchema.expectedIntervals + ConfigurationSchema.collection
            + ConfigurationSchema.outcomes + ConfigurationSchema.limits + ConfigurationSchema.privacy
        for key in keys {
            #expect(document.text.contains("`\(key)`"), "\(key) is not explained")
        }
    }
}
