/// The processes that a server knows by their tokens.
struct ProcessTable: Sendable {
    /// Real seconds for which a process is remembered after its end and the last question about it: a guess.
    static let memory = 600.0

    private var processes: [String: LongProcess] = [:]
    private var random: SimulatedRandom

    init(seed: UInt64) {
        // Tokens come from a stream of their own, so that asking for one does not change what happens in the world.
        random = SimulatedRandom(seed: seed ^ 0x70CE55)
    }

    /// Tokens of all processes that are still remembered.
    var tokens: [String] { processes.keys.sorted() }

    mutating func start(_ plan: ProcessPlan, of function: String, at now: Double, real: Double) -> LongProcess {
        let token = random.hexDigits(32)
        let process = LongProcess(token: token, function: function, begin: now, plan: plan, real: real)
        processes[token] = process
        return process
    }

    subscript(token: String) -> LongProcess? {
        get { processes[token] }
        set { processes[token] = newValue }
    }

    /// Forgets processes: all of them, or those of one function.
    mutating func forget(function: String? = nil) {
        processes = processes.filter { function != nil && $0.value.function != function }
    }

    /// Forgets what ended and was not asked about for long.
    mutating func forgetOld(at now: Double, real: Double) {
        processes = processes.filter { _, process in
            guard let end = process.end, end <= now else { return true }
            return real - process.lastNews <= Self.memory
        }
    }

    /// Takes those that have ended up to an instant and whose effect is still to be applied, in the order of their ends.
    mutating func takeEnded(by now: Double, real: Double) -> [LongProcess] {
        var ended: [LongProcess] = []
        for (token, process) in processes where !process.isSettled {
            guard let end = process.end, end <= now else { continue }
            processes[token]?.isSettled = true
            processes[token]?.lastNews = real
            ended.append(process)
        }
        return ended.sorted { ($0.end ?? 0, $0.token) < ($1.end ?? 0, $1.token) }
    }
}
