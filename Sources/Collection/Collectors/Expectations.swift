import Configuration
import MailStoreAPI

/// How often the jobs and profiles of a target are expected to run: the configuration's word over the server's.
struct Expectations: Sendable {
    var configured: ExpectedIntervals
    /// For profiles that the server runs by itself.
    var automaticProfile: ExpectedInterval

    /// A job's interval comes from its schedule; a disabled one is expected never.
    ///
    /// Only an explicit "no" disables: where the server does not say, silence would hide a job that should run.
    func interval(of job: Job) -> Duration? {
        guard job.enabled != false else { return nil }
        guard let configured = configured.job(id: job.id, name: job.name) else { return job.schedule.expectedInterval }
        return configured.duration
    }

    func interval(of profile: Profile) -> Duration? {
        if let configured = configured.profile(id: profile.id, name: profile.name) { return configured.duration }
        return profile.automatic == true ? automaticProfile.duration : nil
    }
}

extension ExpectedInterval {
    fileprivate var duration: Duration? {
        switch self {
        case .every(let interval): interval.duration
        case .off: nil
        }
    }
}
