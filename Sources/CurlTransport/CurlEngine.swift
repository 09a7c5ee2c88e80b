internal import CCurl
internal import MailStoreAPI
internal import OperatingSystem

/// The one thread that runs the transfers of all transports.
///
/// It owns one libcurl multi handle and sleeps while no socket has an event. Any number of transports can share it;
/// create one engine per process.
package final class CurlEngine: Sendable {
    let commands = CommandQueue()
    private let thread: PlainThread?
    private let isJoined = Locked(false)

    /// Starts the thread; if the system refuses it, every request fails as cancelled.
    package init() {
        guard Self.libraryIsReady, let pointer = curl_multi_init() else {
            thread = nil
            return
        }
        let multi = MultiHandle(pointer: pointer)
        commands.open(multi)
        thread = PlainThread { [commands] in
            ccurl_name_this_thread("curl-engine")
            EngineLoop(multi: multi, commands: commands).run()
        }
        if thread == nil {
            commands.close()
            curl_multi_cleanup(pointer)
        }
    }

    deinit {
        shutdown()
    }

    /// Ends the thread and waits for it; current and later requests throw as cancelled.
    ///
    /// Several threads may call it, more than once; every call returns when the thread has ended.
    package func shutdown() {
        commands.stop()
        isJoined.withLock { isJoined in
            if !isJoined { thread?.join() }
            isJoined = true
        }
    }

    private static let libraryIsReady = ccurl_global_init() == CURLE_OK
}

/// A command from another thread to the engine's thread.
enum Command: Sendable {
    case begin(TransferRequest, TransferContinuation)
    case cancel(TransferRequest)
    /// The transport of this endpoint was released: close the connections to it.
    case retire(ObjectIdentifier)
}

/// Passes commands from any thread to the engine's thread.
final class CommandQueue: Sendable {
    private struct State {
        var commands: [Command] = []
        var isStopping = false
        /// Set while the engine's thread accepts commands; `nil` before and after.
        var multi: MultiHandle?
    }

    private let state = Locked(State())

    /// Starts to accept commands, and wakes this multi handle for them.
    func open(_ multi: MultiHandle) {
        state.withLock { $0.multi = multi }
    }

    /// Passes a command to the engine; `false` if the engine is not running, and the command is dropped.
    @discardableResult
    func post(_ command: Command) -> Bool {
        state.withLock { state in
            guard let multi = state.multi, !state.isStopping else { return false }
            state.commands.append(command)
            // Only the first command in the queue wakes the thread. Waking under the lock keeps the multi handle valid:
            // it is freed only after `close`.
            if state.commands.count == 1 { multi.wake() }
            return true
        }
    }

    func stop() {
        state.withLock { state in
            state.isStopping = true
            state.multi?.wake()
        }
    }

    /// Takes the commands since the last call.
    func take() -> (commands: [Command], isStopping: Bool) {
        state.withLock { state in
            let commands = state.commands
            if !commands.isEmpty { state.commands = [] }
            return (commands, state.isStopping)
        }
    }

    /// Stops the use of the multi handle by other threads; it may be freed afterwards.
    func close() {
        state.withLock { $0.multi = nil }
    }
}

/// The engine's multi handle.
///
// Safety: only the engine's thread uses the pointer, except for `wake`, which libcurl allows from every thread as long
// as the handle exists; `CommandQueue` calls it under its lock and drops the handle before the engine's thread frees
// it.
struct MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    func wake() { _ = curl_multi_wakeup(pointer) }
}

/// Resumes the task that waits for a transfer.
typealias TransferContinuation = CheckedContinuation<Result<HTTPResponse, TransportError>, Never>

/// One request for the engine; immutable except for its cancellation.
final class TransferRequest: Sendable {
    let endpoint: Endpoint
    let http: HTTPRequest
    /// The deadline of the whole exchange, including the wait for a connection.
    let deadline: ContinuousClock.Instant
    private let cancelled = Locked(false)

    init(_ http: HTTPRequest, to endpoint: Endpoint) {
        self.endpoint = endpoint
        self.http = http
        deadline = .now + http.timeout
    }

    /// Whether the task was cancelled, which can happen before the engine has seen the request.
    var isCancelled: Bool { cancelled.withLock { $0 } }

    func markCancelled() { cancelled.withLock { $0 = true } }
}

/// One transfer on the engine's thread.
final class Transfer {
    enum State {
        case queued
        case running(EasyHandle)
        /// It has failed, and its error waits for a probe of the server's certificate.
        case probing
    }

    let request: TransferRequest
    let continuation: TransferContinuation
    var state = State.queued
    /// Whether the request was sent again on a new connection.
    var isRepeated = false

    init(_ request: TransferRequest, _ continuation: TransferContinuation) {
        self.request = request
        self.continuation = continuation
    }

    var endpoint: Endpoint { request.endpoint }

    /// Whether the failure may be that of a kept-alive connection alone: no byte of a reply arrived on it.
    ///
    /// libcurl repeats a request by itself only if the connection ended while it was being used for receiving.
    func canBeRepeated(after code: CURLcode, on handle: EasyHandle) -> Bool {
        guard request.http.isRepeatable, !isRepeated, handle.reusedConnection, handle.buffer.headerBytes == 0 else {
            return false
        }
        switch code {
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_WEIRD_SERVER_REPLY,
            CURLE_UNSUPPORTED_PROTOCOL, CURLE_SSL_CONNECT_ERROR:
            return true
        default:
            return false
        }
    }
}
