/// The reading of one window, oldest part first, halved where the server cannot answer: a pure state machine.
///
/// GetWorkerResults fails on windows with thousands of rows, and narrower ones then work (`mailstore-api.md`, section 4).
struct WindowReading: Sendable {
    /// What is still to be read, the oldest last.
    private var pending: [TimeWindow]

    init(_ window: TimeWindow) {
        pending = [window]
    }

    /// The window to read next; `nil` when all is done.
    var next: TimeWindow? { pending.last }

    /// Notes that the next window was read.
    mutating func wasRead() {
        pending.removeLast()
    }

    /// Notes that the server could not answer the next window: it is halved.
    ///
    /// - Returns: the window where it is a single minute and stays unreadable; it is then passed over.
    mutating func wasTooWide() -> TimeWindow? {
        let window = pending.removeLast()
        guard let halves = window.halves else { return window }
        pending.append(halves.newer)
        pending.append(halves.older)
        return nil
    }
}
