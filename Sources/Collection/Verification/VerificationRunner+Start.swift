import Ledger
import MailStoreAPI

/// Starting a verification.
extension VerificationRunner {
    /// The pause before what could not be asked is asked again; it doubles up to a quarter of an hour.
    private static let firstPause = Duration.seconds(30)
    private static let longestPause = Duration.seconds(900)

    /// Starts the verification of a store, or of all of them together, and watches it to its end.
    ///
    /// It leaves the queue and counts as under way, without a token, just before it is sent: what the end of the program
    /// prevents is not forgotten, and what may have been started is not started twice.
    package func start(_ stores: [String]) async {
        let call = await call(for: stores)
        if call == nil, Task.isCancelled { return }
        guard let (function, arguments) = call else {
            await parts.ledger.update { $0.ownVerifications.pending.removeFirst() }
            return
        }
        let run = VerificationRun(stores: stores, token: "", start: parts.server.now)
        await parts.ledger.update { ledger in
            ledger.ownVerifications.pending.removeFirst()
            ledger.ownVerifications.current = run
        }
        await parts.ledger.saveNow()
        do throws(APIError) {
            let deadline = Deadline(after: .seconds(60), clock: parts.clock)
            let envelope = try await parts.api.send(function, arguments, by: deadline).envelope
            await begin(run, envelope)
        } catch {
            if Task.isCancelled { return await putBack(stores) }
            parts.logger.error(
                "a verification cannot be started",
                metadata: [
                    "stores": "\(stores.joined(separator: ","))", "reason": "\(error.reason.rawValue)",
                    "error": "\(error.description)",
                ])
            // Refused logins start nothing. After anything else it may run on the server unseen: nobody can say how it ends.
            guard error.wasSent, error.reason != .unauthorized, error.reason != .forbidden else {
                await parts.ledger.update { $0.ownVerifications.current = nil }
                return
            }
            await record(run, as: .lost(.start))
        }
    }

    /// The process that a reply tells of is in the state file before it is first asked about.
    private func begin(_ run: VerificationRun, _ envelope: Envelope) async {
        var run = run
        let process: LongRunningProcess?
        do throws(JSONError) {
            process = try LongRunningProcess(envelope)
        } catch {
            parts.logger.error(
                "a verification runs on the server, but the reply does not fit", metadata: ["error": "\(error)"])
            return await record(run, as: .lost(.start))
        }
        guard let process else {
            return await record(withLog(of: envelope, run), as: .ended(ProcessEnd(envelope)))
        }
        run.token = process.token
        nameLog(of: &run)
        let started = run
        await parts.ledger.update { $0.ownVerifications.current = started }
        await parts.ledger.saveNow()
        await watch(run, process)
    }

    private func nameLog(of run: inout VerificationRun) {
        do throws(LedgerFileError) {
            run.logPath = try parts.archive.begin(stores: run.stores, start: run.start, token: run.token)
        } catch {
            parts.logger.error("the log of a verification cannot be kept", metadata: ["error": "\(error)"])
        }
    }

    /// The log of a verification that was over with its first reply.
    private func withLog(of envelope: Envelope, _ run: VerificationRun) -> VerificationRun {
        guard let log = envelope.logOutput, !log.isEmpty else { return run }
        var run = run
        nameLog(of: &run)
        let file = openLog(of: &run)
        run.log.append(log)
        keep(log, in: file, of: &run)
        return run
    }

    /// The function and its arguments, as this server takes them; `nil` where it cannot be called.
    private func call(for stores: [String]) async -> (function: String, arguments: [FormField])? {
        let function = settings.together ? "VerifyStores" : "VerifyStore"
        let metadata: [FunctionMetadata]? = await retrying("the server cannot be asked what it offers") {
            (api, deadline) throws(APIError) in try await api.metadata(by: deadline)
        }
        guard let metadata else { return nil }
        guard let offered = metadata.first(where: { $0.name == function }) else {
            parts.logger.error(
                "the server does not offer the verification: remove verification from the configuration",
                metadata: ["function": "\(function)"])
            return nil
        }
        var arguments = settings.together ? [] : [FormField("id", stores[0])]
        // Older servers do not know the argument, newer ones insist on it (`mailstore-api.md`, section 2).
        if offered.arguments.contains(where: { $0.name == "includeIndexes" }) {
            arguments.append(FormField("includeIndexes", settings.includesIndexes))
        } else if settings.includesIndexes {
            parts.logger.warning("the server cannot verify search indexes: the stores are verified without them")
        }
        return (function, arguments)
    }

    /// A verification that was cut short by the end of the program, before it began, is not forgotten.
    private func putBack(_ stores: [String]) async {
        await parts.ledger.update { ledger in
            ledger.ownVerifications.current = nil
            ledger.ownVerifications.pending.insert(stores, at: 0)
        }
        await parts.ledger.saveNow()
    }

    /// Asks again with growing pauses, for an hour: a verification is heavy, and its time was chosen.
    ///
    /// - Returns: `nil` where that did not help.
    func retrying<Value: Sendable>(
        _ trouble: String, _ ask: (APIClient, Deadline) async throws(APIError) -> Value
    ) async -> Value? {
        let end = parts.clock.uptime() + min(settings.stopAfter.duration, .seconds(3600))
        var pause = Self.firstPause
        while !Task.isCancelled {
            do throws(APIError) {
                return try await ask(parts.api, Deadline(after: .seconds(60), clock: parts.clock))
            } catch {
                parts.logger.warning(
                    "the verification waits",
                    metadata: [
                        "trouble": "\(trouble)", "reason": "\(error.reason.rawValue)", "error": "\(error.description)",
                    ])
            }
            guard parts.clock.uptime() + pause < end else {
                parts.logger.error(
                    "the verification is left out until its next time", metadata: ["trouble": "\(trouble)"])
                return nil
            }
            do { try await parts.clock.sleep(pause) } catch { return nil }
            pause = min(pause * 2, Self.longestPause)
        }
        return nil
    }
}
