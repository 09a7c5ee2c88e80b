import NIOConcurrencyHelpers

/// One of the things that must be well for the program to count as alive.
struct LivenessCheck: Sendable {
    /// Says what is wrong, in a few words, or nil where all is well; it may take for ever where something hangs.
    var problem: @Sendable () async -> String?
    /// What is wrong where it takes too long.
    var silence: String

    init(silence: String, problem: @escaping @Sendable () async -> String?) {
        self.silence = silence
        self.problem = problem
    }

    /// Asks, and waits no longer than that.
    ///
    /// A check that hangs is left behind: whoever asks in vain is about to be restarted.
    func problem(
        within limit: Duration, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) async -> String? {
        let isOpen = NIOLockedValueBox(true)
        return await withCheckedContinuation { continuation in
            let answer: @Sendable (String?) -> Void = { problem in
                let isFirst = isOpen.withLockedValue { open in
                    defer { open = false }
                    return open
                }
                if isFirst { continuation.resume(returning: problem) }
            }
            let limiter = Task {
                do { try await sleep(limit) } catch { return }
                answer(silence)
            }
            Task {
                answer(await problem())
                limiter.cancel()
            }
        }
    }
}
