/// Runs a verification, shows it while it runs, and judges how it ended.
package struct VerifyCommand: Sendable {
    /// What is verified.
    package enum Scope: Sendable, Equatable {
        /// One store, by its id.
        case store(String)
        case all
    }

    package enum Verdict: Sendable {
        /// It succeeded, and no line of its log looks like damage.
        case sound
        /// It did not succeed, or its log speaks of damage.
        case suspect
        /// It was left before its end, or its log could not be kept.
        case incomplete
    }

    package var scope: Scope
    package var includesIndexes: Bool
    /// Where the log is kept; a file of that name is replaced.
    package var logFile: String?

    package init(_ scope: Scope, includesIndexes: Bool = false, logFile: String? = nil) {
        self.scope = scope
        self.includesIndexes = includesIndexes
        self.logFile = logFile
    }

    /// Does it.
    ///
    /// - Parameter attaching: The beginning of a command line that takes a process up again; its token goes behind it.
    /// - Throws: ``CommandError`` where it could not be run, or was lost.
    package func run(
        on connection: TargetConnection, console: Console, attaching: [String]
    ) async throws(CommandError) -> Verdict {
        let call = try await prepare(on: connection, console: console)
        let log = try openLog()
        let session = ProcessSession(
            call.label, api: connection.api, console: console, callTime: connection.settings.timeout.duration,
            keepLog: { log?.append($0) })
        let outcome = try await session.run(call.send)
        if let problem = log?.problem { console.say("mailstore_exporter: \(problem)") }
        switch outcome {
        case .ended(let envelope):
            let view = await session.view
            let took = await session.elapsed
            let conclusion = VerificationConclusion(
                title: call.title, problem: envelope.problem, log: view.log, took: took)
            try console.writeResult(Array((conclusion.text + "\n").utf8))
            guard conclusion.isSound else { return .suspect }
            return log?.problem == nil ? .sound : .incomplete
        case .lost:
            throw .lost(call.title)
        case .left(let token, let error):
            console.sayLeft(call.title, token: token, because: error, attaching: attaching)
            return .incomplete
        case .interrupted:
            throw CommandError(
                .failure,
                "\(call.title) was interrupted before its reply came; the verification may have begun on the server")
        }
    }

    private func openLog() throws(CommandError) -> KeptLog? {
        guard let logFile else { return nil }
        return try KeptLog(path: logFile)
    }
}
