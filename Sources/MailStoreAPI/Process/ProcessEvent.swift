/// What happens in the life of a long-running process, as its watcher sees it.
package enum ProcessEvent: Sendable {
    /// A reply came: progress and status are those of the process now.
    case status(LongRunningProcess)
    /// Lines that the process has logged; a chunk may end in the middle of one.
    case log(String)
    /// A reply was not to be had; the process is asked about again after a pause.
    case trouble(APIError, retryAfter: Duration)
    /// The last event.
    case ended(ProcessEnd)
}
