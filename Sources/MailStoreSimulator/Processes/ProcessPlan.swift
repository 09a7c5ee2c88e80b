/// What a long process is going to do, in simulated time from its beginning.
struct ProcessPlan: Sendable {
    /// A new status: log lines that appear at a moment.
    struct Step: Sendable {
        /// Simulated seconds since the process began; never less than the step before.
        var at: Double
        /// Lines, each ended by CR LF.
        var log: String
    }

    enum Ending: Sendable {
        case succeeded(JSONValue)
        case failed(APIFailure)
    }

    /// What a process that succeeded leaves behind.
    enum Effect: Sendable {
        case nothing
        case command(String, store: Int?)
    }

    /// At least one; the first is there at once, the last is the end.
    var steps: [Step]
    var ending: Ending
    var effect: Effect
    /// True for a process that stays at its last step for ever.
    var isEndless = false
    /// Bytes of filling lines that are spread over the log.
    var extraLogBytes = 0

    init(steps: [Step], ending: Ending, effect: Effect) {
        self.steps = steps
        self.ending = ending
        self.effect = effect
    }

    /// A process of a line at its beginning, a few in between and one at its end.
    init(begin: String, seconds: Double, ending: Ending, effect: Effect) {
        var steps = [Step(at: 0, log: begin)]
        for quarter in 1...3 {
            steps.append(Step(at: seconds * Double(quarter) / 4, log: "  \(quarter * 25) %\r\n"))
        }
        steps.append(Step(at: seconds, log: ""))
        self.init(steps: steps, ending: ending, effect: effect)
    }
}
