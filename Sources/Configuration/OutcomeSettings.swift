import PlainText

/// The settings for evaluating the outcomes of jobs and profiles.
package struct OutcomeSettings: Sendable, Equatable {
    /// Whether `completedWithErrors` counts as a success, as `succeeded` and `completedWithWarnings` do.
    package var completedWithErrorsIsSuccess: Bool
    /// How often an automatic profile is expected to succeed, unless the target overrides it.
    package var profileExpectedInterval: ExpectedInterval

    package init(
        completedWithErrorsIsSuccess: Bool = false, profileExpectedInterval: ExpectedInterval = .every(.hours(24))
    ) {
        self.completedWithErrorsIsSuccess = completedWithErrorsIsSuccess
        self.profileExpectedInterval = profileExpectedInterval
    }

    /// Reads the section `outcomes`.
    init(_ root: MappingReader) {
        let defaults = OutcomeSettings()
        let section = root.section("outcomes", keys: ConfigurationSchema.outcomes)
        completedWithErrorsIsSuccess =
            section?.value("completed_with_errors_is_success", SimpleValue.flag)
            ?? defaults.completedWithErrorsIsSuccess
        profileExpectedInterval =
            section?.value("profile_expected_interval", ExpectedInterval.parse) ?? defaults.profileExpectedInterval
    }
}

/// How often a job or a profile is expected to succeed.
package enum ExpectedInterval: Sendable, Hashable, CustomStringConvertible {
    case every(PrometheusDuration)
    /// No success is expected.
    case off

    package var description: String {
        switch self {
        case .every(let interval): interval.description
        case .off: "off"
        }
    }

    static func parse(_ text: String) throws(InvalidValue) -> ExpectedInterval {
        // Programs that rewrite YAML 1.1 turn a plain `off` into `false`.
        if ["off", "Off", "OFF", "false", "False"].contains(text) { return .off }
        do {
            return .every(try PrometheusDuration.within(.seconds(1)...Configuration.longestDuration)(text))
        } catch {
            throw InvalidValue("\(error); or off, if no success is expected")
        }
    }
}

/// The expected intervals that the configuration sets for individual jobs and profiles of a target.
package struct ExpectedIntervals: Sendable, Equatable {
    /// By id or name, as it was written.
    var jobs: [String: ExpectedInterval]
    /// By id or name, as it was written.
    var profiles: [String: ExpectedInterval]

    package init(jobs: [String: ExpectedInterval] = [:], profiles: [String: ExpectedInterval] = [:]) {
        self.jobs = jobs
        self.profiles = profiles
    }

    /// Reads the section `expected_intervals` of a target.
    init(_ target: MappingReader) {
        let section = target.section("expected_intervals", keys: ConfigurationSchema.expectedIntervals)
        func intervals(_ key: String) -> [String: ExpectedInterval] {
            guard let section = section?.section(key, keys: nil) else { return [:] }
            return section.entries.reduce(into: [:]) { found, entry in
                found[entry.key] = section.value(entry.key, ExpectedInterval.parse)
            }
        }
        self.init(jobs: intervals("jobs"), profiles: intervals("profiles"))
    }

    /// The ids and names of jobs that have a setting.
    package var jobKeys: [String] { jobs.keys.sorted() }

    /// The ids and names of profiles that have a setting.
    package var profileKeys: [String] { profiles.keys.sorted() }

    /// The setting for a job, whose id takes precedence over its name; `nil` means that the job's schedule decides.
    package func job(id: String, name: String?) -> ExpectedInterval? {
        jobs[id] ?? name.flatMap { jobs[$0] }
    }

    /// The setting for a profile, whose id takes precedence over its name; `nil` means that ``OutcomeSettings``
    /// decides.
    package func profile(id: String, name: String?) -> ExpectedInterval? {
        profiles[id] ?? name.flatMap { profiles[$0] }
    }
}
