import PlainText
import Testing

@testable import Configuration

@Suite("The edition of a target, and which of its instances are chosen")
struct InstanceSelectionTests {
    @Test(
        "a star stands for any characters and a question mark for one, without regard to case",
        arguments: [
            ("*", "", true), ("*", "kunde0001", true), ("kunde*", "KUNDE0001", true), ("Kunde*", "kunde", true),
            ("kunde?", "kunde1", true), ("kunde?", "kunde", false), ("kunde?", "kunde12", false),
            ("*-test", "a-test-b-test", true), ("*-test", "a-test-b", false), ("a*b*c", "aXbYbc", true),
            ("a*b*c", "acb", false), ("ü*", "Übersee", true), ("?", "é", true), ("a.b", "axb", false),
            ("a+(b)^$|", "a+(b)^$|", true), ("a b", "a b", true), ("**a**", "bab", true),
        ])
    func matching(pattern: String, id: String, matches: Bool) throws {
        #expect(try InstancePattern(parsing: pattern).matches(id) == matches)
    }

    @Test("an instance is chosen if it is included and not excluded")
    func selection() throws {
        let selection = InstanceSelection(
            include: [try InstancePattern(parsing: "kunde*"), try InstancePattern(parsing: "a")],
            exclude: [try InstancePattern(parsing: "*9")])
        #expect(selection.chooses("kunde1") && selection.chooses("A"))
        #expect(!selection.chooses("kunde9") && !selection.chooses("b"))
        #expect(InstanceSelection().chooses("anything"))
    }

    @Test("an instance has the target's labels and those of the patterns that match, of which later ones override")
    func labels() throws {
        let configuration = try ConfigurationExample.parse(
            ConfigurationExample.smallest + """

                    labels: { tier: gold, region: eu }
                    instances:
                      labels: { "a*": { customer: acme }, "?b": { customer: other, tier: basic } }
                """)
        let target = try #require(configuration.targets.first)
        func labels(_ id: String) -> [String: String] {
            Dictionary(uniqueKeysWithValues: target.labels(ofInstance: id).all.map { ($0.name, $0.value) })
        }
        #expect(labels("x") == ["tier": "gold", "region": "eu"])
        #expect(labels("A1") == ["tier": "gold", "region": "eu", "customer": "acme"])
        #expect(labels("ab") == ["tier": "basic", "region": "eu", "customer": "other"])
        #expect(configuration.redactedYAML().contains("        \"?b\":\n          customer: \"other\"\n"))
    }

    @Test(
        "a mistake is named with its key and the remedy",
        arguments: [
            ("edition: SPE", "edition: must be auto, server or spe, not \"SPE\""),
            ("edition: [spe]", "edition: must be a single value, not a list"),
            ("instances: [a]", "instances: must contain keys and values, not a list"),
            ("instances: { includes: [a] }", "instances.includes: unknown key; did you mean \"include\"?"),
            (
                "instances: { include: [] }",
                "instances.include: is an empty list; write at least one item, or remove the key"
            ),
            (
                "instances: { exclude: a }",
                "instances.exclude: must be a list (items that begin with -), not a single value"
            ),
            ("instances: { include: [''] }", "instances.include[0]: is empty; write a value, or remove it"),
            ("instances: { include: [a, a] }", "instances.include[1]: \"a\" is listed twice; keep one"),
            (
                "instances: { include: [\"a[12]\"] }",
                "instances.include[0]: \"a[12]\" contains [, which has no meaning here; write one pattern for each case, or "
                    + "? for one character and * for any"
            ),
            (
                "edition: spe\n    verification: { schedule: daily 02:00, stores: [1] }",
                "verification: names stores by their ids, which mean another store on each instance of a Service Provider "
                    + "Edition; write stores: all or stores: current"
            ),
            (
                "instances: { labels: { \"a[1]\": { customer: acme } } }",
                "instances.labels.\"a[1]\": \"a[1]\" contains [, which has no meaning here; write one pattern for each case, or "
                    + "? for one character and * for any"
            ),
            (
                "instances: { labels: { \"a*\": { job: acme } } }",
                "instances.labels.\"a*\".job: is a label of the exporter or of Prometheus; choose another name"
            ),
            (
                "instances: { labels: { \"a*\": acme } }",
                "instances.labels.\"a*\": must contain keys and values, not a single value"
            ),
            (
                "edition: server\n    instances: { include: [a] }",
                "instances: needs edition: spe or auto, because MailStore Server has no instances; remove it"
            ),
        ])
    func mistakes(lines: String, expected: String) {
        let found = ConfigurationExample.mistakes(in: ConfigurationExample.smallest + "\n    " + lines)
        #expect(found.count == 1)
        #expect(found.first?.hasSuffix("targets[0].\(expected)") == true, "\(found)")
    }

    @Test("without a key the server's functions decide, and every instance is chosen")
    func defaults() throws {
        let target = try #require(try ConfigurationExample.parse(ConfigurationExample.smallest).targets.first)
        #expect(target.edition == nil)
        #expect(target.instances == InstanceSelection())
    }
}
