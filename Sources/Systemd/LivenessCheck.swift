import OperatingSystem

/// One of the things that must be well for the program to count as alive.
package struct LivenessCheck: Sendable {
    /// Says what is wrong, in a few words, or nil where all is well; it may take for ever where something hangs.
    package var problem: @Sendable () async -> String?
    /// What is wrong where it takes too long.
    package var silence: String

    package init(silence: String, problem: @escaping @Sendable () async -> String?) {
        self.silence = silence
        self.problem = problem
    }

    /// Asks, and waits no longer than that.
    ///
    /// A check that hangs is left behind: whoever asks in vain is about to be restarted.
    package func problem(
        within limit: Duration, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) async -> String? {
        let isOpen = Locked(true)
        return await withCheckedContinuation { continuation in
            let answer: @Sendable (String?) -> Void = { problem in
                let isFirst = isOpen.withLock { open in
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
