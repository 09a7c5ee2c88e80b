/// An event of a long-running process that is watched.
package enum ProcessEvent: Sendable {
    /// A reply with the current progress and status of the process.
    case status(LongRunningProcess)
    /// A part of the log of the process; it may end in the middle of a line.
    case log(String)
    /// A poll failed; the next one follows after a pause.
    case trouble(APIError, retryAfter: Duration)
    /// The last event.
    case ended(ProcessEnd)
}

/// The events of a long-running process: each step of the iteration polls the server as needed.
///
/// Nothing is fetched until the iterating task requests the next event, so a log of any size needs little memory.
/// Transport errors do not end the sequence; polls are retried with growing pauses, because the process continues
/// without its watcher. The sequence ends with the process, when the server no longer knows the token, or when the task
/// is cancelled.
package struct ProcessEvents: AsyncSequence, Sendable {
    package typealias Element = ProcessEvent

    /// The pause after the first error; it doubles with each further one.
    static let firstPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(60)
    /// How long a poll may take beyond the hold before it counts as failed.
    static let replyMargin = Duration.seconds(15)

    private let process: LongRunningProcess
    private let api: APIClient

    init(of process: LongRunningProcess, api: APIClient) {
        self.process = process
        self.api = api
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(process: process, api: api)
    }

    package struct Iterator: AsyncIteratorProtocol {
        private var process: LongRunningProcess
        private let api: APIClient
        private var pending: [ProcessEvent] = []
        private var isOver = false
        private var pause = Duration.zero
        private var failures = 0

        fileprivate init(process: LongRunningProcess, api: APIClient) {
            self.process = process
            self.api = api
            collectChanges()
        }

        package mutating func next() async -> ProcessEvent? {
            while pending.isEmpty {
                if isOver || Task.isCancelled { return nil }
                if pause > .zero {
                    do { try await api.clock.sleep(pause) } catch { return nil }
                    pause = .zero
                }
                await poll()
            }
            return pending.removeFirst()
        }

        private mutating func poll() async {
            let start = api.clock.uptime()
            do throws(APIError) {
                let deadline = Deadline(after: process.wait + ProcessEvents.replyMargin, clock: api.clock)
                let reply = try await api.status(of: process, by: deadline)
                failures = 0
                let step = process.received(reply, after: api.clock.uptime() - start)
                collectChanges()
                switch step {
                case .poll(let pause): self.pause = pause
                case .ended(let reply): end(ProcessEnd(reply))
                }
            } catch {
                if error.httpStatus == 404 {
                    end(ProcessEnd(nil))
                } else if error.reason != .cancelled || !Task.isCancelled {
                    let doubled = ProcessEvents.firstPause * (1 << Swift.min(failures, 6))
                    pause = Swift.min(doubled, ProcessEvents.longestPause)
                    failures += 1
                    pending.append(.trouble(error, retryAfter: pause))
                }
            }
        }

        private mutating func collectChanges() {
            if let log = process.takeLog() { pending.append(.log(log)) }
            pending.append(.status(process))
        }

        private mutating func end(_ end: ProcessEnd) {
            isOver = true
            pending.append(.ended(end))
        }
    }
}
