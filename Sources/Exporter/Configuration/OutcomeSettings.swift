/// How the outcomes of jobs and profiles are judged.
public struct OutcomeSettings: Sendable, Equatable {
    /// Whether `completedWithErrors` counts as a success, as `succeeded` and `completedWithWarnings` do.
    public var completedWithErrorsIsSuccess: Bool
    /// How often a profile that runs by itself is expected to succeed, unless the target says otherwise.
    public var profileExpectedInterval: ExpectedInterval

    public init(
        completedWithErrorsIsSuccess: Bool = false, profileExpectedInterval: ExpectedInterval = .every(.hours(24))
    ) {
        self.completedWithErrorsIsSuccess = completedWithErrorsIsSuccess
        self.profileExpectedInterval = profileExpectedInterval
    }
}
