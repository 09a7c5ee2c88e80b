import PlainText

/// The state of a long-running process according to its replies: a pure state machine that decides the next step.
///
/// See `docs/api.md`, "Long-running processes".
package struct LongRunningProcess: Sendable {
    /// The next step for the caller.
    package enum Step: Sendable {
        /// Call get-status, after a pause that is zero unless the server fails to hold requests.
        case poll(after: Duration)
        /// The process has ended with this reply.
        case ended(APIReply)
    }

    package let token: String
    /// How long the server is asked to hold a get-status request.
    let wait: Duration
    package private(set) var statusVersion: Int64
    /// Above 0, up to 1; `nil` while the server reports no progress, or 0.
    package private(set) var progress: Double?
    package private(set) var statusText: String?
    /// Whether a reply has reported its end.
    package private(set) var isOver = false
    /// The log of the process since ``takeLog()`` was last called, with CRLF line ends.
    private var newLog = ""

    /// Resumes watching a process that was started earlier.
    ///
    /// - Parameter statusVersion: The version up to which its log was read.
    package init(resuming token: String, statusVersion: Int64 = 0, wait: Duration = .seconds(5)) {
        self.token = token
        self.statusVersion = statusVersion
        self.wait = wait
    }

    /// The process that a call has started; `nil` if the state in the reply is not `running`.
    ///
    /// - Throws: ``JSONError`` if the reply has no token.
    package init?(_ reply: APIReply, wait: Duration = .seconds(5)) throws(JSONError) {
        guard reply.statusCode == .running else { return nil }
        guard let token = reply.token, !token.isEmpty else {
            throw JSONError(
                "the call still runs on the server, but the reply has no token to ask for its result", offset: 0
            )
            .inside(.key("token"))
        }
        self.token = token
        self.wait = wait
        statusVersion = reply.statusVersion ?? 0
        note(reply)
    }

    /// The arguments of the next get-status, which must end within `remaining`.
    ///
    /// The server is asked to hold the request for at most half of that time, so that its answer arrives in time.
    package func statusQuery(within remaining: Duration) -> [FormField] {
        [
            FormField("token", token),
            FormField("lastKnownStatusVersion", statusVersion),
            FormField("millisecondsTimeout", max(1, min(wait, remaining / 2).inMilliseconds)),
        ]
    }

    /// Processes the answer to a get-status that took `elapsed`.
    ///
    /// The server holds a request until the status changes, so polls need no pause between them. If a server answers at
    /// once without a change, a pause of a second replaces the hold, so that the server is not flooded.
    package mutating func received(_ reply: APIReply, after elapsed: Duration) -> Step {
        isOver = reply.statusCode != .running
        // The end of the process is a change even without a version.
        let version = reply.statusVersion ?? (isOver ? .max : statusVersion)
        let hasChanged = version > statusVersion
        if hasChanged { note(reply) }
        guard !isOver else { return .ended(reply) }
        statusVersion = max(version, statusVersion)
        return .poll(after: hasChanged || elapsed >= wait / 2 ? .zero : .seconds(1))
    }

    /// Returns and clears the log since the last call; `nil` if it is empty.
    package mutating func takeLog() -> String? {
        guard !newLog.isEmpty else { return nil }
        defer { newLog = "" }
        return newLog
    }

    /// Called for changes only: a log is incremental, and a repeated status would append it twice.
    private mutating func note(_ reply: APIReply) {
        // Some servers always report 0, so 0 carries no information.
        progress = reply.percentProgress.flatMap { $0 > 0 ? min($0 / 100, 1) : nil }
        statusText = reply.statusText
        newLog += reply.logOutput ?? ""
    }
}

/// How a long-running process ended.
package struct ProcessEnd: Sendable {
    /// The last reply; `nil` if the process was lost.
    package let envelope: APIReply?
    /// The server's error structure, if the process failed.
    package let error: ErrorStructure?

    package init(_ reply: APIReply?) {
        envelope = reply
        error = reply?.error
    }

    /// The state as the server sent it (`succeeded`, `failed`, `cancelled` or an unpublished word); `lost` if the
    /// server no longer knows the process.
    package var state: String {
        envelope?.statusCode.rawValue ?? "lost"
    }

    package var isSuccess: Bool {
        envelope?.statusCode == .succeeded && error == nil
    }
}
