package import Ledger
import Logging
package import MailStoreAPI
import OperatingSystem

/// Watching a verification to its end.
extension VerificationRunner {
    /// How long a process that was asked to stop may take to end.
    static let stopGrace = Duration.seconds(600)
    /// How often the state is saved and the page told while a verification runs.
    private static let saveInterval = Duration.seconds(5)
    private static let publicationInterval = Duration.seconds(1)

    /// How a verification ended.
    package enum Outcome {
        case ended(ProcessEnd)
        /// Nobody can say.
        case lost(Loss)

        /// Whether it may go on on the server all the same.
        var mayStillRun: Bool {
            switch self {
            case .lost(.start), .lost(.unending): true
            case .lost(.token), .ended: false
            }
        }
    }

    /// Why nobody can say how a verification ended.
    package enum Loss {
        /// It may have been started, but the answer does not tell.
        case start
        /// The server no longer knows its token.
        case token
        /// It went on after it was to be cancelled.
        case unending

        var message: Logger.Message {
            switch self {
            case .start: "a verification may have been started, but the server's answer does not tell: look there"
            case .token: "the server no longer knows a verification that was running: nobody can say how it ended"
            case .unending: "a verification went on after it was to be cancelled: it is no longer watched, look there"
            }
        }
    }

    /// Watches a process until it is over, or until the task is cancelled: then it is taken up again after the restart.
    package func watch(_ run: VerificationRun, _ process: LongRunningProcess?) async {
        var run = run
        let process = process ?? LongRunningProcess(resuming: run.token, statusVersion: run.statusVersion)
        let file = openLog(of: &run)
        let beginning = parts.server.now
        var isFirst = true
        var troubles: Set<APIError.Reason> = []
        publishProgress(atOnce: true)
        for await event in parts.api.events(of: process) {
            switch event {
            case .log(let text):
                run.log.append(text)
                keep(text, in: file, of: &run)
                // It goes into the state together with its version, which comes next: otherwise a restart in between
                // would read it twice.
                continue
            case .status(let process):
                troubles = []
                run.statusVersion = process.statusVersion
                run.progress = process.progress
                if process.isOver { continue }
            case .trouble(let error, _):
                if troubles.insert(error.reason).inserted {
                    parts.logger.warning(
                        "a verification cannot be asked about; it is tried again",
                        metadata: [
                            "stores": "\(run.stores.joined(separator: ","))", "reason": "\(error.reason.rawValue)",
                            "error": "\(error.description)",
                        ])
                }
            case .ended(let end):
                return await record(run, as: end.envelope == nil ? .lost(.token) : .ended(end))
            }
            // The first event tells what is known already, and one of trouble tells nothing: only what the server says is
            // judged.
            if case .status = event, !isFirst {
                guard await mayGoOn(&run, watchedSince: beginning) else {
                    return await record(run, as: .lost(.unending))
                }
            }
            let current = run
            await parts.ledger.update { $0.ownVerifications.current = current }
            // The first lines of the log came with the start: whoever resumes need not hope to be told them again.
            if isFirst { await parts.ledger.saveNow() } else { await parts.ledger.save(ifOlderThan: Self.saveInterval) }
            isFirst = false
            publishProgress()
        }
        await parts.ledger.saveNow()
    }

    /// Asks a process that runs for too long to stop; `false` where it does not end even then.
    ///
    /// - Parameter beginning: When it was taken up: it may have ended long ago, while the exporter was down.
    private func mayGoOn(_ run: inout VerificationRun, watchedSince beginning: Timestamp) async -> Bool {
        let now = parts.server.now
        if let stopRequest = run.stopRequest { return now < max(stopRequest, beginning) + Self.stopGrace }
        guard now >= run.start + settings.stopAfter.duration else { return true }
        parts.logger.error(
            "a verification runs for longer than verification.stop_after: the server is asked to cancel it",
            metadata: ["stores": "\(run.stores.joined(separator: ","))", "stop_after": "\(settings.stopAfter)"])
        run.stopRequest = now
        do throws(APIError) {
            try await parts.api.cancel(run.token, by: Deadline(after: .seconds(30), clock: parts.clock))
        } catch {
            // Asked again with the next event.
            run.stopRequest = nil
            parts.logger.error("the verification cannot be cancelled", metadata: ["error": "\(error.description)"])
            return now < max(run.start + settings.stopAfter.duration, beginning) + Self.stopGrace
        }
        return true
    }

    package func openLog(of run: inout VerificationRun) -> VerificationLogFile? {
        guard let path = run.logPath else { return nil }
        do throws(LedgerFileError) {
            return try VerificationLogFile(path: path, size: run.logSize)
        } catch {
            run.logPath = nil
            parts.logger.error("the log of a verification cannot be kept", metadata: ["error": "\(error)"])
            return nil
        }
    }

    package func keep(_ text: String, in file: VerificationLogFile?, of run: inout VerificationRun) {
        guard let file, run.logPath != nil else { return }
        do {
            try file.append(text)
            run.logSize = file.size
        } catch {
            // What is there is kept; the counts go on.
            run.logPath = nil
            parts.logger.error(
                "the log of a verification cannot be kept to its end: free space under the state directory",
                metadata: ["error": "\(error)"])
        }
    }

    private func publishProgress(atOnce: Bool = false) {
        let now = parts.clock.uptime()
        if !atOnce, let lastPublication, now - lastPublication < Self.publicationInterval { return }
        lastPublication = now
        parts.publish()
    }

    // MARK: - The end

    /// Counts the outcome for each store, once, and says it.
    package func record(_ run: VerificationRun, as outcome: Outcome) async {
        var run = run
        run.log.finish()
        let result = Self.result(of: outcome)
        let completion = parts.server.now
        let finished = run
        let mayStillRun = outcome.mayStillRun
        let unknownResults = await parts.ledger.update { ledger in
            ledger.ownVerifications.current = nil
            // One at a time on a server: the others wait for their next time.
            if mayStillRun { ledger.ownVerifications.pending = [] }
            return ledger.verifications.record(finished, result: result, completion: completion)
        }
        parts.statistics.metUnknownValue(of: .result, times: unknownResults)
        await parts.ledger.saveNow()
        say(run, result, outcome)
        publishProgress(atOnce: true)
    }

    private static func result(of outcome: Outcome) -> String {
        switch outcome {
        case .lost: "lost"
        // A reply that holds an error is no success, whatever its state says.
        case .ended(let end): end.error != nil && end.envelope?.statusCode == .succeeded ? "failed" : end.state
        }
    }

    private func say(_ run: VerificationRun, _ result: String, _ outcome: Outcome) {
        var metadata: Logger.Metadata = [
            "stores": "\(run.stores.joined(separator: ","))", "result": "\(result)",
            "log_error_lines": "\(run.log.errorLines)", "log": "\(run.logPath ?? "not kept")",
        ]
        if let messages = run.log.messagesVerified { metadata["messages_verified"] = "\(messages)" }
        if case .ended(let end) = outcome, let error = end.error { metadata["error"] = "\(error.message)" }
        switch outcome {
        case .lost(let loss):
            parts.logger.error(loss.message, metadata: metadata)
        case .ended(let end) where !end.isSuccess:
            parts.logger.error("a verification did not succeed: read its log", metadata: metadata)
        case .ended where run.log.errorLines > 0:
            parts.logger.warning(
                "a verification succeeded, but lines of its log look like damage: read it", metadata: metadata)
        case .ended:
            parts.logger.notice("a verification succeeded", metadata: metadata)
        }
    }
}
