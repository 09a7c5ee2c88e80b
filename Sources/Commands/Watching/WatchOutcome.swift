internal import MailStoreAPI

/// The first reply to a call, or to the first question about a process.
package struct FirstReply: Sendable {
    var envelope: Envelope
    /// The HTTP reply around it, where it is known.
    var response: HTTPResponse?
}

/// How watching a call ended.
enum WatchOutcome: Sendable {
    /// With its last reply.
    case ended(Envelope)
    /// The server no longer knows the process.
    case lost
    /// The process goes on without a watcher; why, where nobody wished for it.
    case left(token: String, because: APIError?)
    /// The call was given up before its reply came.
    case interrupted
}
