import Glibc
import MailStoreAPI
import OperatingSystem
import PlainText

/// Follows one call interactively: shows its progress, and asks what to do on Ctrl-C.
///
/// Events of the process, the clock and signals arrive from three tasks; this actor serializes them.
actor ProcessSession {
    /// The state of the session.
    private enum Phase {
        case calling
        case watching(token: String)
        case asking(token: String)
    }

    private static let tick = Duration.milliseconds(100)

    private let api: APIClient
    private let console: Console
    private let clock: Clock
    private let callTime: Duration
    private let keepLog: (@Sendable (String) -> Void)?
    private let start: Duration

    private(set) var view: ProcessView
    private var phase = Phase.calling
    private var isCancelling = false
    /// The HTTP reply to the first call, if it is known.
    private(set) var response: HTTPResponse?
    /// Whether the call started a process.
    private(set) var isProcess = false
    private var display: any ProcessDisplay
    private var splitter = LogSplitter()
    /// Notes that are delayed while a question is on the screen.
    private var pendingNotes = ""

    /// - Parameters:
    ///   - title: The name of the process in the progress line.
    ///   - callTime: How long a single call may take.
    ///   - keepLog: Receives the log as it arrives.
    init(
        _ title: String, api: APIClient, console: Console, callTime: Duration,
        keepLog: (@Sendable (String) -> Void)? = nil, clock: Clock = .system
    ) {
        self.api = api
        self.console = console
        self.callTime = callTime
        self.keepLog = keepLog
        self.clock = clock
        start = clock.uptime()
        view = ProcessView(title: title)
        display = console.columns() == nil ? PlainDisplay() : LiveDisplay()
    }

    /// The time since the session began.
    var elapsed: Duration { clock.uptime() - start }

    /// Makes the first call and follows the process that it may start.
    ///
    /// - Throws: ``CommandError`` if the first call fails.
    nonisolated func run(
        _ call: @escaping @Sendable () async throws(CommandError) -> FirstReply
    ) async throws(CommandError) -> WatchOutcome {
        let signals = console.signals()
        let result = await withTaskGroup(of: Result<WatchOutcome, CommandError>?.self) { group in
            group.addTask { await self.follow(call) }
            group.addTask { await self.keepTime().map { .success($0) } }
            group.addTask { await self.listen(to: signals).map { .success($0) } }
            var result: Result<WatchOutcome, CommandError>?
            for await next in group where result == nil {
                guard let next else { continue }
                result = next
                group.cancelAll()
            }
            return result ?? .success(.interrupted)
        }
        await finish()
        return try result.get()
    }

    private nonisolated func follow(
        _ call: @Sendable () async throws(CommandError) -> FirstReply
    ) async -> Result<WatchOutcome, CommandError>? {
        do throws(CommandError) {
            let first = try await call()
            guard let process = try await begin(first) else { return .success(.ended(first.envelope)) }
            for await event in api.events(of: process) {
                if let outcome = await take(event, of: process.token) { return .success(outcome) }
            }
            return nil
        } catch {
            return Task.isCancelled ? nil : .failure(error)
        }
    }

    private func begin(_ first: FirstReply) throws(CommandError) -> LongRunningProcess? {
        response = first.response
        do throws(JSONError) {
            guard let process = try LongRunningProcess(first.envelope) else {
                if let log = first.envelope.logOutput { take(log: log) }
                return nil
            }
            isProcess = true
            phase = .watching(token: process.token)
            return process
        } catch {
            throw CommandError(.failure, "\(view.title): \(error)")
        }
    }

    private func take(_ event: ProcessEvent, of token: String) -> WatchOutcome? {
        switch event {
        case .status(let process):
            view.progress = process.progress
            view.statusText = process.statusText
        case .log(let text):
            take(log: text)
        case .trouble(let error, let pause):
            switch error.reason {
            case .unauthorized, .forbidden, .tooLarge:
                // Another request would lock the account, or get the same reply.
                return .left(token: token, because: error)
            default:
                note("\(TerminalText.line(error.description)); retrying in \(pause.components.seconds) s")
            }
        case .ended(let end):
            return end.envelope.map { .ended($0) } ?? .lost
        }
        return nil
    }

    private func take(log text: String) {
        keepLog?(text)
        for line in splitter.lines(of: text) { take(line: line) }
    }

    private func take(line: String) {
        let before = view.log.errorLines
        view.log.append(line + "\n")
        show(display.log(line, looksLikeDamage: view.log.errorLines > before))
    }

    /// Redraws the progress line until the session ends; while a question is open, reads its answer instead.
    private func keepTime() async -> WatchOutcome? {
        while !Task.isCancelled {
            if case .asking(let token) = phase {
                if let answer = console.readAnswer(), let outcome = await answered(answer, token) { return outcome }
            } else {
                console.writeMessage(display.tick(view, elapsed: elapsed, columns: console.columns() ?? .max))
            }
            do { try await clock.sleep(Self.tick) } catch { return nil }
        }
        return nil
    }

    private func finish() {
        if let rest = splitter.finish() { take(line: rest) }
        if case .asking = phase { console.writeMessage("\n") }
        console.writeMessage(display.clear() + pendingNotes)
    }

    // MARK: - Notes

    private func note(_ text: String) {
        show(display.note(text))
    }

    private func show(_ text: String) {
        if case .asking = phase {
            pendingNotes += text
        } else {
            console.writeMessage(text)
        }
    }

    /// Changes the state; notes that were delayed during a question are written after it.
    private func change(to next: Phase) {
        phase = next
        if case .asking = next {
            console.writeMessage(display.clear())
        } else {
            console.writeMessage(pendingNotes)
            pendingNotes = ""
        }
    }

    /// Asks the server to cancel the process, which is then followed until it ends.
    private func cancel(_ token: String) async {
        isCancelling = true
        note("cancelling \(view.title) on the server; this may take a while")
        do throws(APIError) {
            try await api.cancel(token, by: Deadline(after: callTime, clock: clock))
        } catch {
            isCancelling = false
            note("cannot cancel it: \(TerminalText.line(error.description))")
        }
    }
}

/// The question that Ctrl-C asks, and its answers.
extension ProcessSession {
    /// Handles signals; returns when one of them ends the session.
    private nonisolated func listen(to signals: AsyncStream<Int32>) async -> WatchOutcome? {
        for await signal in signals {
            if let outcome = await received(signal) { return outcome }
        }
        return nil
    }

    private func received(_ signal: Int32) -> WatchOutcome? {
        switch phase {
        case .calling:
            return .interrupted
        case .watching(let token):
            guard signal == SIGINT, console.canAsk, !isCancelling else { return .left(token: token, because: nil) }
            change(to: .asking(token: token))
            // Overwrites the ^C that the terminal has echoed.
            console.writeMessage(
                Console.statusLine(nil)
                    + "Cancel the process on the server (c), leave it running (l) or keep watching (w)? ")
            return nil
        case .asking(let token):
            return .left(token: token, because: nil)
        }
    }

    /// Acts on the answer; returns an outcome if it ends the session.
    private func answered(_ answer: Console.Answer, _ token: String) async -> WatchOutcome? {
        guard case .line(let text) = answer else { return .left(token: token, because: nil) }
        switch text.filter({ !$0.isWhitespace }).lowercased() {
        case "c", "cancel":
            change(to: .watching(token: token))
            await cancel(token)
        case "l", "leave":
            // The line break of the answer has ended the question.
            change(to: .watching(token: token))
            return .left(token: token, because: nil)
        case "w", "watch":
            change(to: .watching(token: token))
        default:
            console.writeMessage("Please answer c, l or w: ")
        }
        return nil
    }
}

/// The first reply to a call, or the first status of a process.
struct FirstReply: Sendable {
    var envelope: APIReply
    /// The HTTP reply that contains it, if it is known.
    var response: HTTPResponse?
}

/// How the session ended.
enum WatchOutcome: Sendable {
    /// The call or process ended, with this last reply.
    case ended(APIReply)
    /// The server no longer knows the process.
    case lost
    /// The process continues on the server and is no longer followed; with the error, unless the user chose to leave
    /// it.
    case left(token: String, because: APIError?)
    /// The call was interrupted before its reply arrived.
    case interrupted
}
