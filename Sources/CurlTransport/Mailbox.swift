internal import OperatingSystem

/// What other threads ask of the engine's thread.
enum Command: Sendable {
    case begin(Transfer, Reply)
    case cancel(Transfer)
    /// The transport with this destination is gone: close what was kept for it.
    case retire(UInt64)
}

/// The way from any thread to the engine's thread: commands, and the wish to stop.
final class Mailbox: Sendable {
    private struct State {
        var commands: [Command] = []
        var stopping = false
        /// Set while the engine's thread takes commands; `nil` before and after.
        var waker: MultiHandle?
        var destinations: UInt64 = 0
    }

    private let state = Locked(State())

    /// An identity for one more destination.
    func nextDestination() -> UInt64 {
        state.withLock { state in
            state.destinations += 1
            return state.destinations
        }
    }

    /// Makes the mailbox take commands and wake this multi handle for them.
    func open(_ multi: MultiHandle) {
        state.withLock { $0.waker = multi }
    }

    /// Hands a command to the engine; `false` where the engine is not running, and the command is then dropped.
    @discardableResult
    func post(_ command: Command) -> Bool {
        state.withLock { state in
            guard let waker = state.waker, !state.stopping else { return false }
            state.commands.append(command)
            // Whoever put in the first command has woken the thread already. Waking under the lock keeps the
            // multi handle alive: it is cleaned up only after `close`.
            if state.commands.count == 1 { waker.wake() }
            return true
        }
    }

    func stop() {
        state.withLock { state in
            state.stopping = true
            state.waker?.wake()
        }
    }

    /// Takes everything that was asked since the last time.
    func take() -> (commands: [Command], stopping: Bool) {
        state.withLock { state in
            let commands = state.commands
            if !commands.isEmpty { state.commands = [] }
            return (commands, state.stopping)
        }
    }

    /// Ends the use of the multi handle by other threads; afterwards it may be cleaned up.
    func close() {
        state.withLock { $0.waker = nil }
    }
}
