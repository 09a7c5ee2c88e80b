import Ledger
internal import OperatingSystem
import PlainText

/// Shows on a terminal how far the reading has come: one line, redrawn.
final class HistoryProgress: Sendable {
    private let target: String
    private let console: Console
    private let isShown = Locked(false)

    init(target: String, console: Console) {
        self.target = target
        self.console = console
    }

    func show(_ function: String, _ window: TimeWindow, _ number: Int, of count: Int) {
        guard let columns = console.columns() else { return }
        let line = "history: \(target): \(function) from \(window.start.text) (\(number) of \(count))"
        isShown.withLock { $0 = true }
        // Without wrapping: a line that is a column too long must not leave a copy of itself each time.
        console.writeMessage("\r\u{1B}[?7l" + ScreenText.cut(line, to: columns - 1) + "\u{1B}[K\u{1B}[?7h")
    }

    /// Says something that stays.
    func say(_ text: String) {
        clear()
        console.say("history: \(target): \(ScreenText.line(text))")
    }

    func clear() {
        let wasShown = isShown.withLock { shown in
            defer { shown = false }
            return shown
        }
        if wasShown { console.writeMessage("\r\u{1B}[K") }
    }
}
