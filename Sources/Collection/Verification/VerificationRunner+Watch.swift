import Ledger
import Logging
import MailStoreAPI
import OperatingSystem

/// Watching a verification until it ends.
extension VerificationRunner {
    /// How long a process may take to end after it was asked to stop.
    static let stopGrace = Duration.seconds(600)
    /// How often the state is saved while a verification runs.
    private static let saveInterval = Duration.seconds(5)

    /// How a verification ended.
    enum Outcome {
        case ended(ProcessEnd)
        /// It is unknown how it ended.
        case lost(Loss)

        /// Whether it may still be running on the server.
        var mayStillRun: Bool {
            switch self {
            case .lost(.start), .lost(.unending): true
            case .lost(.token), .ended: false
            }
        }
    }

    /// Why it is unknown how a verification ended.
    enum Loss {
        /// The server's reply does not say whether it was started.
        case start
        /// The server no longer knows its token.
        case token
        /// It continued after the server was asked to cancel it.
        case unending

        var message: Logger.Message {
            switch self {
            case .start:
                "a verification may have been started, but the server's reply does not say so: check the server"
            case .token: "the server no longer knows a verification that was running: its result is unknown"
            case .unending: "a verification continued after it was cancelled: it is no longer watched, check the server"
            }
        }
    }

    /// Watches a process until it ends, or until the task is cancelled: then watching is resumed after the restart.
    func watch(_ run: VerificationRun, _ process: LongRunningProcess?) async {
        var run = run
        let process = process ?? LongRunningProcess(resuming: run.token, statusVersion: run.statusVersion)
        let file = await openLog(of: &run)
        let beginning = target.server.now
        var isFirst = true
        var errors: Set<APIError.Reason> = []
        await publishProgress(atOnce: true)
        for await event in target.verificationAPI.events(of: process) {
            switch event {
            case .log(let text):
                run.log.append(text)
                await keep(text, in: file, of: &run)
                // The text is saved with its version, which is in the next event. Otherwise a restart in between would
                // read the text twice.
                continue
            case .status(let process):
                errors = []
                run.statusVersion = process.statusVersion
                run.progress = process.progress
                if process.isOver { continue }
            case .trouble(let error, _):
                if errors.insert(error.reason).inserted {
                    target.logger.warning(
                        "the status of a verification cannot be read; it is tried again",
                        metadata: [
                            "stores": "\(run.stores.joined(separator: ","))", "reason": "\(error.reason.rawValue)",
                            "error": "\(error.description)",
                        ])
                }
            case .ended(let end):
                return await record(run, as: end.envelope == nil ? .lost(.token) : .ended(end))
            }
            // The first event repeats known text, and after an error the state of the process is unknown.
            if case .status = event, !isFirst {
                guard await mayGoOn(&run, watchedSince: beginning) else {
                    return await record(run, as: .lost(.unending))
                }
            }
            let current = run
            await target.ledger.update { $0.ownVerifications.current = current }
            // The first lines of the log came with the start, and the server may not send them again after a restart.
            if isFirst {
                await target.ledger.saveNow()
            } else {
                await target.ledger.save(ifOlderThan: Self.saveInterval)
            }
            isFirst = false
            await publishProgress()
        }
        await target.ledger.saveNow()
    }

    /// Cancels a process that runs for too long; `false` if it does not end even then.
    ///
    /// - Parameter beginning: When watching began: the process may have ended long ago, while the exporter was down.
    private func mayGoOn(_ run: inout VerificationRun, watchedSince beginning: Timestamp) async -> Bool {
        let now = target.server.now
        if let stopRequest = run.stopRequest { return now < max(stopRequest, beginning) + Self.stopGrace }
        guard now >= run.start + settings.stopAfter.duration else { return true }
        target.logger.error(
            "a verification runs for longer than verification.stop_after: the server is asked to cancel it",
            metadata: ["stores": "\(run.stores.joined(separator: ","))", "stop_after": "\(settings.stopAfter)"])
        run.stopRequest = now
        do throws(APIError) {
            try await target.verificationAPI.cancel(run.token, by: Deadline(after: .seconds(30), clock: target.clock))
        } catch {
            // Retried with the next event.
            run.stopRequest = nil
            target.logger.error("the verification cannot be cancelled", metadata: ["error": "\(error.description)"])
            return now < max(run.start + settings.stopAfter.duration, beginning) + Self.stopGrace
        }
        return true
    }

    func openLog(of run: inout VerificationRun) async -> VerificationLogFile? {
        guard let path = run.logPath else { return nil }
        let size = run.logSize
        do throws(StateError) {
            return try await onDisk { () throws(StateError) in try VerificationLogFile(path: path, size: size) }
        } catch {
            run.logPath = nil
            target.logger.error("the log of a verification cannot be kept", metadata: ["error": "\(error)"])
            return nil
        }
    }

    func keep(_ text: String, in file: VerificationLogFile?, of run: inout VerificationRun) async {
        guard let file, run.logPath != nil else { return }
        do throws(StateError) {
            try await onDisk { () throws(StateError) in try file.append(text) }
            run.logSize = file.size
        } catch {
            // The text written so far is kept, and counting continues.
            run.logPath = nil
            target.logger.error(
                "the log of a verification cannot be kept to its end: free space under the state directory",
                metadata: ["error": "\(error)"])
        }
    }

    /// Runs `body` on the thread for files; a disk that does not answer is an error.
    func onDisk<Value: Sendable>(
        _ body: @escaping @Sendable () throws(StateError) -> Value
    ) async throws(StateError) -> Value {
        let result = await target.stateFiles.result(within: LedgerStore.patience) {
            () -> Result<Value, StateError> in
            do throws(StateError) { return .success(try body()) } catch { return .failure(error) }
        }
        guard let result else {
            throw StateError("the disk does not answer; check the disk of the state directory")
        }
        return try result.get()
    }

    // MARK: - The end

    /// Counts the outcome for each store, once, and logs it.
    func record(_ run: VerificationRun, as outcome: Outcome) async {
        var run = run
        run.log.finish()
        let result = Self.result(of: outcome)
        let completion = target.server.now
        let finished = run
        let mayStillRun = outcome.mayStillRun
        let unknownResults = await target.ledger.update { ledger in
            ledger.ownVerifications.current = nil
            // A server runs one verification at a time: the others wait for the next scheduled time.
            if mayStillRun { ledger.ownVerifications.pending = [] }
            return ledger.verifications.record(finished, result: result, completion: completion)
        }
        target.statistics.countUnknownValues(of: .result, unknownResults)
        await target.ledger.saveNow()
        logEnd(of: run, result, outcome)
        await publishProgress(atOnce: true)
    }

    private static func result(of outcome: Outcome) -> String {
        switch outcome {
        case .lost: "lost"
        // A reply with an error is not a success, regardless of its state.
        case .ended(let end): end.error != nil && end.envelope?.statusCode == .succeeded ? "failed" : end.state
        }
    }

    private func logEnd(of run: VerificationRun, _ result: String, _ outcome: Outcome) {
        var metadata: Logger.Metadata = [
            "stores": "\(run.stores.joined(separator: ","))", "result": "\(result)",
            "log_error_lines": "\(run.log.errorLines)", "log": "\(run.logPath ?? "not kept")",
        ]
        if let messages = run.log.messagesVerified { metadata["messages_verified"] = "\(messages)" }
        if case .ended(let end) = outcome, let error = end.error { metadata["error"] = "\(error.message)" }
        switch outcome {
        case .lost(let loss):
            target.logger.error(loss.message, metadata: metadata)
        case .ended(let end) where !end.isSuccess:
            target.logger.error("a verification did not succeed: read its log", metadata: metadata)
        case .ended where run.log.errorLines > 0:
            target.logger.warning(
                "a verification succeeded, but lines of its log may report damage: read it", metadata: metadata)
        case .ended:
            target.logger.notice("a verification succeeded", metadata: metadata)
        }
    }
}
