import Testing

@testable import Configuration

@Suite("Intervals and ages of collectors")
struct CollectionSettingsTests {
    private func intervals(_ settings: CollectionSettings) -> [String] {
        CollectorName.allCases.map { settings.interval(for: $0).description }
    }

    // The order is that of CollectorName: server, license, users, sessions, stores, jobs, profiles, environment, instances.
    @Test(
        "a common interval sets the quick collectors and slows the slow ones",
        arguments: [
            (nil, ["1m", "1h", "15m", "1m", "5m", "1m", "1m", "1m", "5m"]),
            (.seconds(10), ["10s", "1h", "15m", "10s", "5m", "10s", "10s", "10s", "5m"]),
            (.minutes(10), ["10m", "1h", "15m", "10m", "10m", "10m", "10m", "10m", "10m"]),
            (.hours(2), ["2h", "2h", "2h", "2h", "2h", "2h", "2h", "2h", "2h"]),
        ] as [(PrometheusDuration?, [String])])
    func commonInterval(base: PrometheusDuration?, expected: [String]) {
        #expect(intervals(CollectionSettings(baseInterval: base)) == expected)
    }

    @Test("the interval of one collector wins over the common one")
    func ownInterval() {
        let settings = CollectionSettings(
            baseInterval: .minutes(2), intervals: [.license: .seconds(5), .jobs: .hours(1)])
        #expect(intervals(settings) == ["2m", "5s", "15m", "2m", "5m", "1h", "2m", "2m", "5m"])
    }

    @Test("values live for five intervals, or as long as configured, but never less than two intervals")
    func maximumAge() {
        let settings = CollectionSettings()
        #expect(settings.maximumAge(for: .jobs) == .minutes(5))
        #expect(settings.maximumAge(for: .license) == .hours(5))
        let configured = CollectionSettings(maximumAge: .minutes(20))
        #expect(configured.maximumAge(for: .jobs) == .minutes(20))
        #expect(configured.maximumAge(for: .users) == .minutes(30))
        #expect(configured.maximumAge(for: .license) == .hours(2))
    }

    @Test("a default gives way to a shorter value that was written")
    func dependentDefaults() throws {
        let settings = try ConfigurationExample.parse(
            ConfigurationExample.smallest + "\ncollection: { timeout: 5s, lookback: 10m }"
        ).collection
        #expect(settings.connectTimeout == .seconds(5))
        #expect(settings.overlap == .minutes(10))
    }
}
