package import PlainText

/// How often a job or a profile is expected to succeed.
package enum ExpectedInterval: Sendable, Hashable, CustomStringConvertible {
    case every(PrometheusDuration)
    /// Nothing is expected.
    case off

    package var description: String {
        switch self {
        case .every(let interval): interval.description
        case .off: "off"
        }
    }

    package static func parse(_ text: String) throws(InvalidValue) -> ExpectedInterval {
        // Programs that rewrite YAML 1.1 turn a plain `off` into `false`.
        if ["off", "Off", "OFF", "false", "False"].contains(text) { return .off }
        do {
            return .every(try PrometheusDuration.within(.seconds(1)...Configuration.longestDuration)(text))
        } catch {
            throw InvalidValue("\(error); or off, where nothing is expected")
        }
    }
}

/// The expected intervals that the configuration sets for single jobs and profiles of a target.
package struct ExpectedIntervals: Sendable, Equatable {
    /// By id or name, as it was written.
    package var jobs: [String: ExpectedInterval]
    /// By id or name, as it was written.
    package var profiles: [String: ExpectedInterval]

    package init(jobs: [String: ExpectedInterval] = [:], profiles: [String: ExpectedInterval] = [:]) {
        self.jobs = jobs
        self.profiles = profiles
    }

    /// What is set for a job, whose id wins over its name; `nil` leaves it to the job's schedule.
    package func job(id: String, name: String?) -> ExpectedInterval? {
        jobs[id] ?? name.flatMap { jobs[$0] }
    }

    /// What is set for a profile, whose id wins over its name; `nil` leaves it to ``OutcomeSettings``.
    package func profile(id: String, name: String?) -> ExpectedInterval? {
        profiles[id] ?? name.flatMap { profiles[$0] }
    }
}
