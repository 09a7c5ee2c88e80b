/// A process that a client follows by its token.
struct LongProcess: Sendable {
    let token: String
    let function: String
    /// Seconds since 1970 (UTC), simulated.
    let begin: Double
    let plan: ProcessPlan
    /// When it came to an end by cancelling, simulated; nil where nobody cancelled it.
    private(set) var cancelledAt: Double?
    /// The real instant of its end or of the last question about it, in seconds since 1970 (UTC).
    var lastNews: Double
    /// Whether what it leaves behind is already part of the world.
    var isSettled = false
    /// The status that was told last, to be repeated where there is nothing new.
    private var lastStatus: Envelope?

    init(token: String, function: String, begin: Double, plan: ProcessPlan, real: Double) {
        self.token = token
        self.function = function
        self.begin = begin
        self.plan = plan
        lastNews = real
    }

    /// When it ends, simulated, in seconds since 1970 (UTC); nil = never.
    var end: Double? {
        let planned = plan.isEndless ? nil : begin + (plan.steps.last?.at ?? 0)
        guard let cancelledAt else { return planned }
        return min(planned ?? cancelledAt, cancelledAt)
    }

    /// Whether it was cut short.
    var wasCancelled: Bool {
        cancelledAt != nil && end == cancelledAt
    }

    /// Lets the process end as cancelled a little later.
    mutating func cancel(at now: Double) {
        guard cancelledAt == nil, end.map({ $0 > now }) ?? true else { return }
        cancelledAt = now + 1
    }

    /// The status at a simulated instant, where it is newer than the one that the client knows; else nil.
    mutating func status(at now: Double, newerThan known: Int, quirks: Quirks) -> Envelope? {
        let isOver = end.map { $0 <= now } ?? false
        let step = isOver && !wasCancelled ? plan.steps.count - 1 : lastStep(at: now)
        let version = isOver ? self.version(of: plan.steps.count, quirks) : self.version(of: step, quirks)
        guard version > known else { return nil }
        let log = (0...step).filter { self.version(of: $0, quirks) > known }.map { self.log(of: $0) }.joined()
        var status = Envelope(
            token: token, statusVersion: version, statusCode: "running",
            percentProgress: quirks.progressStaysZero ? 0 : step * 100 / plan.steps.count,
            logOutput: log.isEmpty ? nil : log)
        if isOver { finish(&status, quirks) }
        lastStatus = status
        return status
    }

    /// The status that was told last, or the present one where none was.
    mutating func repeatedStatus(at now: Double, quirks: Quirks) -> Envelope? {
        lastStatus ?? status(at: now, newerThan: -1, quirks: quirks)
    }

    private func finish(_ status: inout Envelope, _ quirks: Quirks) {
        if quirks.finalTokenIsNull { status.token = nil }
        status.percentProgress = nil
        if wasCancelled {
            status.statusCode = "cancelled"
            return
        }
        switch plan.ending {
        case .succeeded(let result):
            status.statusCode = "succeeded"
            status.result = result
        case .failed(let failure):
            status.statusCode = "failed"
            status.error = failure
        }
    }

    /// The number of the newest step; the last one belongs to the end.
    private func lastStep(at now: Double) -> Int {
        let elapsed = min(now, end ?? now) - begin
        var low = 0
        var high = plan.steps.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if plan.steps[middle].at <= elapsed { low = middle } else { high = middle }
        }
        return low
    }

    /// The documented example counts 3, 9 and 269: it begins so, and then jumps unevenly.
    private func version(of step: Int, _ quirks: Quirks) -> Int {
        guard quirks.statusVersionJumps else { return step + 1 }
        return step == 0 ? 3 : 9 + 5 * (step - 1) + (step - 1) * 7 % 3
    }

    private func log(of step: Int) -> String {
        guard plan.extraLogBytes > 0 else { return plan.steps[step].log }
        let line = "  Filling line of a log that is far longer than any that a store of this size would give.\r\n"
        let count = plan.extraLogBytes / plan.steps.count / line.utf8.count + 1
        return plan.steps[step].log + String(repeating: line, count: count)
    }
}
