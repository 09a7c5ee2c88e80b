/// The life of one long-running process, as its replies tell it: a pure state machine that says what to do next.
///
/// See `mailstore-api.md`, section 1, "Long-running processes".
package struct LongRunningProcess: Sendable {
    /// What the caller has to do next.
    package enum Step: Sendable {
        /// Ask get-status, after a pause that is zero unless the server fails to hold requests.
        case poll(after: Duration)
        /// The process is over; the envelope holds its end.
        case ended(Envelope)
    }

    package let token: String
    /// How long get-status is asked to hold a request.
    package let wait: Duration
    package private(set) var statusVersion: Int64
    /// Above 0, up to 1; `nil` while the server does not say, which an unmoving 0 is taken for.
    package private(set) var progress: Double?
    package private(set) var statusText: String?
    /// Whether a reply told its end.
    package private(set) var isOver = false
    /// What the process has logged since this was last taken, lines ended by CRLF.
    private var newLog = ""

    /// Takes up a process that was started earlier, by its token.
    ///
    /// - Parameter statusVersion: The version up to which its log is known.
    package init(resuming token: String, statusVersion: Int64 = 0, wait: Duration = .seconds(5)) {
        self.token = token
        self.statusVersion = statusVersion
        self.wait = wait
    }

    /// Takes up the process that a reply tells of; `nil` where its state is not `running`.
    ///
    /// - Throws: ``JSONError`` where the process has no token to ask by.
    package init?(_ envelope: Envelope, wait: Duration = .seconds(5)) throws(JSONError) {
        guard envelope.statusCode == .running else { return nil }
        guard let token = envelope.token, !token.isEmpty else {
            throw JSONError("the call goes on on the server, but there is no token to ask by", offset: 0)
                .inside(.key("token"))
        }
        self.token = token
        self.wait = wait
        statusVersion = envelope.statusVersion ?? 0
        note(envelope)
    }

    /// The arguments of the next get-status, for which there is `remaining` time.
    ///
    /// The request is asked to be held for half of that at most, so that an answer comes before the time is over.
    package func statusQuery(within remaining: Duration) -> [FormField] {
        [
            FormField("token", token),
            FormField("lastKnownStatusVersion", statusVersion),
            FormField("millisecondsTimeout", max(1, min(wait, remaining / 2).inMilliseconds)),
        ]
    }

    /// Takes in the answer to a get-status that took `elapsed`.
    ///
    /// The server holds a request until there is news, so polls follow one another without a pause. One that answers
    /// at once without news would be flooded: then a pause of a second takes the place of the hold.
    package mutating func received(_ envelope: Envelope, after elapsed: Duration) -> Step {
        isOver = envelope.statusCode != .running
        // An end without a version is news all the same.
        let version = envelope.statusVersion ?? (isOver ? .max : statusVersion)
        let hasNews = version > statusVersion
        if hasNews { note(envelope) }
        guard !isOver else { return .ended(envelope) }
        statusVersion = max(version, statusVersion)
        return .poll(after: hasNews || elapsed >= wait / 2 ? .zero : .seconds(1))
    }

    /// Hands over what the process has logged since the last time; `nil` where that is nothing.
    package mutating func takeLog() -> String? {
        guard !newLog.isEmpty else { return nil }
        defer { newLog = "" }
        return newLog
    }

    /// Called with news only: a log is incremental, and a repeated status would append it twice.
    private mutating func note(_ envelope: Envelope) {
        // Servers are known that say 0 from the beginning to the end: 0 is as good as nothing said.
        progress = envelope.percentProgress.flatMap { $0 > 0 ? min($0 / 100, 1) : nil }
        statusText = envelope.statusText
        newLog += envelope.logOutput ?? ""
    }
}
