import Foundation
import Testing

@testable import Configuration

@Suite("Verifications in the configuration")
struct VerificationConfigurationTests {
    /// The mistakes in a target with a section of these keys.
    private func mistakes(_ keys: String) -> [String] {
        ConfigurationExample.mistakes(in: ConfigurationExample.smallest + "\n    verification: \(keys)")
    }

    private func settings(_ keys: String) throws -> VerificationSettings? {
        let text = ConfigurationExample.smallest + "\n    verification: \(keys)"
        return try ConfigurationExample.parse(text).targets.first?.verification
    }

    @Test("a target without the section has no verification")
    func absent() throws {
        #expect(try ConfigurationExample.parse(ConfigurationExample.smallest).targets.first?.verification == nil)
    }

    @Test("a schedule is enough")
    func defaults() throws {
        let settings = try #require(try settings("{ schedule: Sun 02:00 }"))
        #expect(try settings == VerificationSettings(schedule: Schedule(parsing: "Sun 02:00")))
        #expect(settings.timeZone == nil)
        #expect(settings.effectiveTimeZone == .current)
        #expect(settings.stores == .all)
        #expect(!settings.includesIndexes)
        #expect(settings.stopAfter == .hours(12))
        #expect(!settings.together)
        #expect(settings.keptLogs == 20)
    }

    static let full = """
        targets:
          - name: archive
            url: https://mailstore.example.com
            username: admin
            password_env: P
            verification:
              schedule: "*/30 1-5 1,15 * mon-fri"
              time_zone: Europe/Berlin
              stores: [11, "a, \\"b\\"", 007]
              include_indexes: true
              stop_after: 90m
              together: false
              keep_logs: 1000
            expected_intervals: { jobs: { "7": 1d } }
        """

    @Test("every key arrives where it belongs")
    func everything() throws {
        let target = try #require(try ConfigurationExample.parse(Self.full).targets.first)
        let expected = VerificationSettings(
            schedule: try Schedule(parsing: "*/30 1-5 1,15 * mon-fri"), timeZone: TimeZone(identifier: "Europe/Berlin"),
            stores: .ids(["11", "a, \"b\"", "007"]), includesIndexes: true, stopAfter: .minutes(90), together: false,
            keptLogs: 1000)
        #expect(target.verification == expected)
        #expect(target.verification?.effectiveTimeZone.identifier == "Europe/Berlin")
    }

    @Test(
        "the effective configuration means what was written",
        arguments: [
            "{ schedule: 02:00 }", "{ schedule: every 7d, together: true, stop_after: 30d, keep_logs: 1 }",
            "{ schedule: '@weekly', stores: current, time_zone: UTC }",
            "{ schedule: 'Mon, Thursday 3:00', stores: ['11'], stop_after: 1m }",
        ])
    func roundTrip(keys: String) throws {
        let configuration = try ConfigurationExample.parse(
            ConfigurationExample.smallest + "\n    verification: \(keys)")
        #expect(try ConfigurationExample.parse(configuration.redactedYAML()) == configuration)
        let full = try ConfigurationExample.parse(Self.full)
        #expect(try ConfigurationExample.parse(full.redactedYAML()) == full)
    }

    @Test("the effective configuration writes the defaults out")
    func printed() throws {
        let configuration = try ConfigurationExample.parse(
            ConfigurationExample.smallest + "\n    verification: { schedule: sunday 2:00 }")
        let expected = """
                instances:
                  include: ["*"]
                verification:
                  schedule: "Sun 02:00"
                  stores: all
                  include_indexes: false
                  stop_after: 12h
                  together: false
                  keep_logs: 20
                  max_concurrent_per_host: 1
            collection:
            """
        #expect(configuration.redactedYAML().contains(expected))
    }

    static let missing = "schedule: is missing; add for example schedule: \"Sun 02:00\""

    @Test(
        "a wrong key is named with line and remedy",
        arguments: [
            ("", missing), ("{}", missing),
            ("Sun 02:00", ": must contain keys and values, not a single value"),
            ("{ schedule: nightly }", "schedule: \"nightly\" is not a schedule: \(Schedule.forms)"),
            ("{ schedule: [1] }", "schedule: must be a single value, not a list"),
            (
                "{ schedule: 02:00, time_zone: CEST }",
                "time_zone: \"CEST\" is not a known time zone; write an IANA name, such as Europe/Berlin"
            ),
            ("{ schedule: 02:00, stores: al }", "stores: \"al\" is not a selection of stores; did you mean all?"),
            (
                "{ schedule: 02:00, stores: 11 }",
                "stores: \"11\" is not a selection of stores; write all, current, or a list of ids such as [11, 12]"
            ),
            (
                "{ schedule: 02:00, stores: [] }",
                "stores: is an empty list; write at least one item, or remove the key"
            ),
            (
                "{ schedule: 02:00, stores: { id: 11 } }",
                "stores: must be a list (items that begin with -), not keys and values"
            ),
            ("{ schedule: 02:00, stores: [11, 12, \"11\"] }", "stores[2]: \"11\" is listed twice; keep one"),
            ("{ schedule: 02:00, stores: [[11]] }", "stores[0]: must be the id of a store, not a list"),
            ("{ schedule: 02:00, stores: [''] }", "stores[0]: is empty; write a value, or remove it"),
            ("{ schedule: 02:00, include_indexes: 1 }", "include_indexes: must be true or false, not \"1\""),
            ("{ schedule: 02:00, stop_after: 59s }", "stop_after: \"59s\" is too short; the minimum is 1m"),
            ("{ schedule: 02:00, stop_after: 31d }", "stop_after: \"31d\" is too long; the maximum is 30d"),
            ("{ schedule: 02:00, keep_logs: 0 }", "keep_logs: must be a whole number from 1 to 1000, not \"0\""),
            (
                "{ schedule: 02:00, together: true, stores: [11] }",
                "together: verifies all stores at once, so it needs stores: all; remove one or the other"
            ),
            (
                "{ schedule: 02:00, together: true, stores: current }",
                "together: verifies all stores at once, so it needs stores: all; remove one or the other"
            ),
            ("{ schedul: 02:00, schedule: 02:00 }", "schedul: unknown key; did you mean \"schedule\"?"),
            ("{ schedule: 02:00, timeout: 1h }", "timeout: unknown key here; it belongs in collection"),
        ])
    func mistake(keys: String, expected: String) {
        let separator = expected.hasPrefix(":") ? "" : "."
        #expect(mistakes(keys) == ["config.yml:6: targets[0].verification\(separator)\(expected)"])
    }

    @Test("all mistakes of the section are found at once")
    func several() {
        let found = mistakes("{ schedule: 25:00, time_zone: X, stores: none, together: true, keep_logs: many }")
        #expect(found.count == 4)
        #expect(found.allSatisfy { $0.hasPrefix("config.yml:6: targets[0].verification.") })
    }

    @Test("a key of the section that stands elsewhere is sent home")
    func elsewhere() {
        #expect(
            ConfigurationExample.mistakes(in: ConfigurationExample.smallest + "\n    schedule: 02:00")
                == ["config.yml:6: targets[0].schedule: unknown key here; it belongs in verification of a target"])
    }
}
