import Testing

@testable import Configuration

@Suite("The user's own labels of a target")
struct TargetLabelsTests {
    private static func configuration(_ labels: String) throws -> Configuration {
        try ConfigurationExample.parse(
            ConfigurationExample.smallest.replacing("username: admin", with: "username: admin\n    labels: \(labels)"))
    }

    @Test("are kept as written, in their order")
    func order() throws {
        let target = try #require(
            try Self.configuration("{ tier: gold, customer: 'Müller & Söhne', _Region2: 07 }").targets.first)
        #expect(target.labels == TargetLabels(["tier": "gold", "customer": "Müller & Söhne", "_Region2": "07"]))
    }

    @Test("need not be set")
    func none() throws {
        #expect(try ConfigurationExample.parse(ConfigurationExample.smallest).targets.first?.labels.all == [])
        #expect(try Self.configuration("{}").targets.first?.labels.all == [])
    }

    @Test(
        "are refused with the reason and the place",
        arguments: [
            ("{ job: x }", "targets[0].labels.job", "is a label of the exporter or of Prometheus"),
            ("{ instance: x }", "targets[0].labels.instance", "is a label of the exporter or of Prometheus"),
            ("{ store_id: x }", "targets[0].labels.store_id", "is a label of the exporter or of Prometheus"),
            ("{ __x: x }", "targets[0].labels.__x", "two underscores"),
            ("{ 1st: x }", "targets[0].labels.1st", "no digit first"),
            ("{ cost-centre: x }", "cost-centre", "letters A-Z a-z, digits and underscores"),
            ("{ größe: x }", "größe", "letters A-Z a-z, digits and underscores"),
            ("{ customer: '' }", "targets[0].labels.customer", "is empty"),
            ("{ customer: }", "targets[0].labels.customer", "has no value"),
            ("{ customer: [a, b] }", "targets[0].labels.customer", "must be a single value"),
            ("{ customer: \(String(repeating: "é", count: 129)) }", "targets[0].labels.customer", "longer than 256"),
            ("{ a: x, a: y }", "a", "twice"),
            ("gold", "targets[0].labels", "must contain keys and values"),
            ("{ \((1...31).map { "l\($0): x" }.joined(separator: ", ")) }", "targets[0].labels", "maximum is 30"),
        ])
    func refused(labels: String, key: String, reason: String) throws {
        do {
            _ = try Self.configuration(labels)
            Issue.record("it was accepted")
        } catch let error as ConfigurationError {
            #expect(error.mistakes.count == 1)
            let mistake = try #require(error.mistakes.first)
            #expect(mistake.key.contains(key) && mistake.message.contains(reason), "\(mistake)")
        }
    }
}
