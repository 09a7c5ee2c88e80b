/// How the outcomes of jobs and profiles are judged.
package struct OutcomeSettings: Sendable, Equatable {
    /// Whether `completedWithErrors` counts as a success, as `succeeded` and `completedWithWarnings` do.
    package var completedWithErrorsIsSuccess: Bool
    /// How often a profile that runs by itself is expected to succeed, unless the target says otherwise.
    package var profileExpectedInterval: ExpectedInterval

    package init(
        completedWithErrorsIsSuccess: Bool = false, profileExpectedInterval: ExpectedInterval = .every(.hours(24))
    ) {
        self.completedWithErrorsIsSuccess = completedWithErrorsIsSuccess
        self.profileExpectedInterval = profileExpectedInterval
    }
}
