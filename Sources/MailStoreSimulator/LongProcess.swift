/// A long-running process, which a client polls by its token (`docs/api.md`, "Long-running processes").
struct LongProcess: Sendable {
    let token: String
    let function: String
    /// The instance on whose archive it works; nil: it is MailStore Server's.
    let instance: String?
    /// The simulated start, in seconds since 1970 (UTC).
    let begin: Double
    let plan: ProcessPlan
    /// The simulated end if the process was cancelled, in seconds since 1970 (UTC).
    private(set) var cancelledAt: Double?
    /// The real time of its end or of the last poll, in seconds since 1970 (UTC).
    var lastUse: Double
    /// Whether its effect was already applied to the state.
    var isSettled = false
    /// The last status that was sent, for polls that time out.
    private var lastStatus: SimulatedEnvelope?

    init(token: String, function: String, instance: String?, begin: Double, plan: ProcessPlan, real: Double) {
        self.token = token
        self.function = function
        self.instance = instance
        self.begin = begin
        self.plan = plan
        lastUse = real
    }

    /// The simulated end, in seconds since 1970 (UTC); nil: never.
    var end: Double? {
        let planned = plan.isEndless ? nil : begin + (plan.steps.last?.at ?? 0)
        guard let cancelledAt else { return planned }
        return min(planned ?? cancelledAt, cancelledAt)
    }

    /// Whether the process ended early because it was cancelled.
    var wasCancelled: Bool {
        cancelledAt != nil && end == cancelledAt
    }

    /// Cancels the process, which then ends a simulated second later.
    mutating func cancel(at now: Double) {
        guard cancelledAt == nil, end.map({ $0 > now }) ?? true else { return }
        cancelledAt = now + 1
    }

    /// The status at a simulated instant; nil if it is not newer than the client's last known status.
    mutating func status(at now: Double, newerThan known: Int, quirks: Quirks) -> SimulatedEnvelope? {
        let isOver = end.map { $0 <= now } ?? false
        let step = isOver && !wasCancelled ? plan.steps.count - 1 : lastStep(at: now)
        let version = isOver ? self.version(of: plan.steps.count, quirks) : self.version(of: step, quirks)
        guard version > known else { return nil }
        let log = (0...step).filter { self.version(of: $0, quirks) > known }.map { self.log(of: $0) }.joined()
        var status = SimulatedEnvelope(
            token: token, statusVersion: version, statusCode: "running",
            percentProgress: quirks.progressStaysZero ? 0 : step * 100 / plan.steps.count,
            logOutput: log.isEmpty ? nil : log)
        if isOver { finish(&status, quirks) }
        lastStatus = status
        return status
    }

    /// The last status that was sent, or the current one if none has been sent.
    mutating func repeatedStatus(at now: Double, quirks: Quirks) -> SimulatedEnvelope? {
        lastStatus ?? status(at: now, newerThan: -1, quirks: quirks)
    }

    private func finish(_ status: inout SimulatedEnvelope, _ quirks: Quirks) {
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

    /// The number of the newest step, except the last one, which is only reached at the end.
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

    /// The version of a step: 3 and 9 as in the vendor's example, then increasing unevenly.
    private func version(of step: Int, _ quirks: Quirks) -> Int {
        guard quirks.statusVersionJumps else { return step + 1 }
        return step == 0 ? 3 : 9 + 5 * (step - 1) + (step - 1) * 7 % 3
    }

    private func log(of step: Int) -> String {
        guard plan.extraLogBytes > 0 else { return plan.steps[step].log }
        let line = "  padding of a log that is far longer than one that a store of this size would give at all.\r\n"
        let count = plan.extraLogBytes / plan.steps.count / line.utf8.count + 1
        return plan.steps[step].log + String(repeating: line, count: count)
    }
}

/// The plan of a long-running process, in simulated time from its start.
struct ProcessPlan: Sendable {
    /// A change of the status, with new log lines.
    struct Step: Sendable {
        /// Simulated seconds since the start of the process; not less than in the previous step.
        var at: Double
        /// Lines that end with CR LF.
        var log: String
    }

    enum Ending: Sendable {
        case succeeded(JSONValue)
        case failed(APIFailure)
    }

    /// The effect of a successful process on the archive.
    enum Effect: Sendable {
        case nothing
        case command(String, store: Int?)
    }

    /// At least one; the first is at the start, the last is the end.
    var steps: [Step]
    var ending: Ending
    var effect: Effect
    /// Whether the process never ends.
    var isEndless = false
    /// Bytes of padding to spread over the log.
    var extraLogBytes = 0

    init(steps: [Step], ending: Ending, effect: Effect) {
        self.steps = steps
        self.ending = ending
        self.effect = effect
    }

    /// Plans a process that logs a first line and then its progress.
    init(firstLine: String, seconds: Double, ending: Ending, effect: Effect) {
        var steps = [Step(at: 0, log: firstLine)]
        for quarter in 1...3 {
            steps.append(Step(at: seconds * Double(quarter) / 4, log: "  \(quarter * 25) %\r\n"))
        }
        steps.append(Step(at: seconds, log: ""))
        self.init(steps: steps, ending: ending, effect: effect)
    }
}

/// The processes whose tokens are still valid.
struct ProcessTable: Sendable {
    /// Real seconds for which a token stays valid after the end of the process and its last poll; a guess.
    static let tokenLifetime = 600.0

    private var processes: [String: LongProcess] = [:]
    private var random: SimulatedRandom

    init(seed: UInt64) {
        // Tokens have a separate random stream, so that a call does not change the simulated events.
        random = SimulatedRandom(seed: seed ^ 0x70CE55)
    }

    /// The valid tokens of an instance, or of MailStore Server.
    func tokens(ofInstance instance: String?) -> [String] {
        processes.filter { $0.value.instance == instance }.keys.sorted()
    }

    mutating func start(
        _ plan: ProcessPlan,
        of function: String,
        on instance: String? = nil,
        at now: Double,
        real: Double
    ) -> LongProcess {
        let token = random.hexDigits(32)
        let process = LongProcess(
            token: token, function: function, instance: instance, begin: now, plan: plan, real: real)
        processes[token] = process
        return process
    }

    subscript(token: String) -> LongProcess? {
        get { processes[token] }
        set { processes[token] = newValue }
    }

    mutating func removeAll() {
        processes = [:]
    }

    /// Removes the processes of an instance, whose own process has ended.
    mutating func removeAll(ofInstance id: String) {
        processes = processes.filter { $0.value.instance != id }
    }

    /// Removes processes that ended and have not been polled for ``tokenLifetime``.
    mutating func removeOld(at now: Double, real: Double) {
        processes = processes.filter { _, process in
            guard let end = process.end, end <= now else { return true }
            return real - process.lastUse <= Self.tokenLifetime
        }
    }

    /// The processes that have ended by an instant and whose effect has not been applied, in the order of their ends.
    ///
    /// Each process is returned once.
    mutating func takeEnded(by now: Double, real: Double) -> [LongProcess] {
        var ended: [LongProcess] = []
        for (token, process) in processes where !process.isSettled {
            guard let end = process.end, end <= now else { continue }
            processes[token]?.isSettled = true
            processes[token]?.lastUse = real
            ended.append(process)
        }
        return ended.sorted { ($0.end ?? 0, $0.token) < ($1.end ?? 0, $1.token) }
    }
}
