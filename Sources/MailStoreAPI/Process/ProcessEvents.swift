/// The life of a long-running process as a sequence of events: each step of the iteration polls the server as needed.
///
/// Whoever iterates sets the pace: while nobody asks for the next event, nothing is fetched, so a log of any size passes
/// through without piling up. Errors of the transport do not end the sequence; they are retried with growing pauses, since
/// the process goes on without its watcher. Only its end, a token that the server no longer knows, and cancelling the
/// task end it.
package struct ProcessEvents: AsyncSequence, Sendable {
    package typealias Element = ProcessEvent

    /// The pause after the first error; it doubles with each further one.
    static let firstPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(60)
    /// How much longer than the hold a poll may take before it counts as failed.
    static let patience = Duration.seconds(15)

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
            collectNews()
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
                let deadline = Deadline(after: process.wait + ProcessEvents.patience, clock: api.clock)
                let envelope = try await api.status(of: process, by: deadline)
                failures = 0
                let step = process.received(envelope, after: api.clock.uptime() - start)
                collectNews()
                switch step {
                case .poll(let pause): self.pause = pause
                case .ended(let envelope): end(ProcessEnd(envelope))
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

        private mutating func collectNews() {
            if let log = process.takeLog() { pending.append(.log(log)) }
            pending.append(.status(process))
        }

        private mutating func end(_ end: ProcessEnd) {
            isOver = true
            pending.append(.ended(end))
        }
    }
}
