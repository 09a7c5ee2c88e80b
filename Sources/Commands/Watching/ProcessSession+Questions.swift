internal import Glibc

/// What happens when somebody presses Ctrl-C.
extension ProcessSession {
    /// Waits for signals; returns where one of them ends the session.
    package nonisolated func listen(to signals: AsyncStream<Int32>) async -> WatchOutcome? {
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
            ask()
            return nil
        case .asking(let token):
            return .left(token: token, because: nil)
        }
    }

    private func ask() {
        // The terminal has echoed ^C.
        console.writeMessage(
            "\r\u{1B}[KCancel the process on the server (c), leave it running (l) or go on watching (w)? ")
    }

    /// Does what was answered; returns where that ends the session.
    package func answered(_ answer: Console.Answer, _ token: String) async -> WatchOutcome? {
        guard case .line(let text) = answer else { return .left(token: token, because: nil) }
        switch text.filter({ !$0.isWhitespace }).lowercased() {
        case "c", "cancel":
            change(to: .watching(token: token))
            await cancel(token)
        case "l", "leave":
            // The answer's own line break has ended the question.
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
