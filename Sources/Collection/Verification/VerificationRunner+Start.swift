import Ledger
import MailStoreAPI

/// Starting a verification.
extension VerificationRunner {
    /// Starts the verification of a store, or of all of them together, and watches it to its end.
    ///
    /// Just before the call it leaves the queue and counts as running, without a token. If the program ends then, a
    /// verification that was not started is not forgotten, and one that may have started is not started twice.
    func start(_ stores: [String]) async {
        let call = await call(for: stores)
        if call == nil, Task.isCancelled { return }
        guard let (function, arguments) = call else {
            await target.ledger.update { $0.ownVerifications.pending.removeFirst() }
            return
        }
        let run = VerificationRun(stores: stores, token: "", start: target.server.now)
        await target.ledger.update { ledger in
            ledger.ownVerifications.pending.removeFirst()
            ledger.ownVerifications.current = run
        }
        await target.ledger.saveNow()
        do throws(APIError) {
            let deadline = Deadline(after: .seconds(60), clock: target.clock)
            let envelope = try await target.verificationAPI.send(function, arguments, by: deadline).envelope
            firstFailedStart = nil
            await begin(run, envelope)
        } catch {
            if Task.isCancelled { return await putBack(stores) }
            if !error.wasSent, error.reason != .unauthorized, await mayStartLater(stores, after: error) { return }
            firstFailedStart = nil
            target.logger.error(
                "a verification cannot be started",
                metadata: [
                    "stores": "\(stores.joined(separator: ","))", "reason": "\(error.reason.rawValue)",
                    "error": "\(error.description)",
                ])
            // A refused login starts nothing. After any other error the verification may be running on the server.
            guard error.wasSent, error.reason != .unauthorized, error.reason != .forbidden else {
                await target.ledger.update { $0.ownVerifications.current = nil }
                return
            }
            await record(run, as: .lost(.start))
        }
    }

    /// Saves the process in the state file before it is first polled.
    private func begin(_ run: VerificationRun, _ envelope: APIReply) async {
        var run = run
        let process: LongRunningProcess?
        do throws(JSONError) {
            process = try LongRunningProcess(envelope)
        } catch {
            target.logger.error(
                "a verification runs on the server, but its reply cannot be read", metadata: ["error": "\(error)"])
            return await record(run, as: .lost(.start))
        }
        guard let process else {
            return await record(await withLog(of: envelope, run), as: .ended(ProcessEnd(envelope)))
        }
        run.token = process.token
        await nameLog(of: &run)
        let started = run
        await target.ledger.update { $0.ownVerifications.current = started }
        await target.ledger.saveNow()
        await watch(run, process)
    }

    private func nameLog(of run: inout VerificationRun) async {
        let (archive, stores, start, token) = (target.verificationLogs, run.stores, run.start, run.token)
        do throws(StateError) {
            run.logPath = try await onDisk { () throws(StateError) in
                try archive.begin(stores: stores, start: start, token: token)
            }
        } catch {
            target.logger.error("the log of a verification cannot be kept", metadata: ["error": "\(error)"])
        }
    }

    /// Returns the run, with the log of a verification that ended with its first reply.
    private func withLog(of envelope: APIReply, _ run: VerificationRun) async -> VerificationRun {
        guard let log = envelope.logOutput, !log.isEmpty else { return run }
        var run = run
        await nameLog(of: &run)
        let file = await openLog(of: &run)
        run.log.append(log)
        await keep(log, in: file, of: &run)
        return run
    }

    /// The function and the arguments that this server accepts; `nil` if it cannot be called.
    private func call(for stores: [String]) async -> (function: String, arguments: [FormField])? {
        let function = settings.together ? "VerifyStores" : "VerifyStore"
        let metadata: [FunctionMetadata]? = await retrying("the server's list of functions cannot be read") {
            (api, deadline) throws(APIError) in try await api.metadata(by: deadline)
        }
        guard let metadata else { return nil }
        guard let offered = metadata.first(where: { $0.name == function }) else {
            target.logger.error(
                "the server does not offer the verification: remove verification from the configuration",
                metadata: ["function": "\(function)"])
            return nil
        }
        let concernsInstance = offered.arguments.contains { $0.name.lowercased() == "instanceid" }
        guard !concernsInstance || target.instance != nil else {
            // The edition was not known when this began; each instance has verifications of its own.
            target.logger.notice("the server is a Service Provider Edition: its instances verify their own stores")
            return nil
        }
        var arguments = settings.together ? [] : [FormField("id", stores[0])]
        // Older servers do not know the argument, newer ones require it (`docs/api.md`, "Functions").
        if offered.arguments.contains(where: { $0.name == "includeIndexes" }) {
            arguments.append(FormField("includeIndexes", settings.includesIndexes))
        } else if settings.includesIndexes {
            target.logger.warning("the server cannot verify search indexes: the stores are verified without them")
        }
        return (function, arguments)
    }

    /// Returns a verification whose start did not reach the server to the queue, and waits.
    ///
    /// - Returns: `false` if that has gone on for too long.
    private func mayStartLater(_ stores: [String], after error: APIError) async -> Bool {
        let now = target.clock.uptime()
        let first = firstFailedStart ?? now
        firstFailedStart = first
        guard now + Self.firstPause < first + longestDelay else { return false }
        target.logger.warning(
            "the verification is delayed",
            metadata: [
                "problem": "the request to start it did not reach the server", "reason": "\(error.reason.rawValue)",
                "error": "\(error.description)",
            ])
        await putBack(stores)
        try? await target.clock.sleep(Self.firstPause)
        return true
    }

    /// Returns a verification to the queue if the program ended before it was started.
    private func putBack(_ stores: [String]) async {
        await target.ledger.update { ledger in
            ledger.ownVerifications.current = nil
            ledger.ownVerifications.pending.insert(stores, at: 0)
        }
        await target.ledger.saveNow()
    }
}
