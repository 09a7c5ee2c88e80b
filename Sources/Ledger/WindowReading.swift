/// The reading of one window, oldest part first, halved where the server cannot answer: a pure state machine.
///
/// GetWorkerResults fails on windows with thousands of rows, and narrower ones then work (`mailstore-api.md`, section 4).
package struct WindowReading: Sendable {
    /// What is still to be read, the oldest last.
    private var pending: [TimeWindow]

    /// - Parameter minutes: Minutes to pass over, since they are known to be unreadable.
    package init(_ window: TimeWindow, without minutes: Set<Int64> = []) {
        var rest = window
        var parts: [TimeWindow] = []
        for minute in minutes.sorted() where minute >= rest.from && minute < rest.to {
            if minute > rest.from { parts.append(TimeWindow(from: rest.from, to: minute)) }
            guard minute + 1 < rest.to else {
                pending = parts.reversed()
                return
            }
            rest.from = minute + 1
        }
        pending = parts.reversed()
        pending.insert(rest, at: 0)
    }

    /// The window to read next; `nil` when all is done.
    package var next: TimeWindow? { pending.last }

    /// Notes that the next window was read.
    package mutating func wasRead() {
        pending.removeLast()
    }

    /// Notes that the server could not answer the next window: it is halved.
    ///
    /// - Returns: the window where it is a single minute and stays unreadable; it is then passed over.
    package mutating func wasTooWide() -> TimeWindow? {
        let window = pending.removeLast()
        guard let halves = window.halves else { return window }
        pending.append(halves.newer)
        pending.append(halves.older)
        return nil
    }
}
