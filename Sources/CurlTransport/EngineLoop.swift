internal import CCurl
internal import MailStoreAPI

/// The work of the engine's thread: takes commands, runs libcurl, returns results, sleeps.
///
/// Only that thread uses it.
final class EngineLoop {
    /// The purpose of a running easy handle.
    private enum Work {
        case transfer(Transfer)
        case probe(ConnectionPool)
    }

    private let multi: MultiHandle
    private var active: [UnsafeMutableRawPointer: (handle: EasyHandle, work: Work)] = [:]
    private var pools: [ObjectIdentifier: ConnectionPool] = [:]
    /// Transfers that have no result yet, by their requests.
    private var pending: [ObjectIdentifier: Transfer] = [:]
    /// The endpoints with queued transfers.
    private var queued: Set<ObjectIdentifier> = []
    private let commands: CommandQueue

    init(multi: MultiHandle, commands: CommandQueue) {
        self.multi = multi
        self.commands = commands
    }

    /// Works until the engine stops; frees the multi handle at the end.
    func run() {
        while true {
            let (taken, isStopping) = commands.take()
            for command in taken { obey(command) }
            if isStopping { break }
            var running: Int32 = 0
            curl_multi_perform(multi.pointer, &running)
            readMessages()
            let wait = expireQueued(now: .now)
            curl_multi_poll(multi.pointer, nil, 0, wait, nil)
        }
        commands.close()
        // Commands that arrived before the stop; none arrive after `close`.
        for command in commands.take().commands { obey(command) }
        for pending in Array(pending.values) { cancel(pending) }
        for id in Array(pools.keys) { retire(id) }
        curl_multi_cleanup(multi.pointer)
    }

    private func obey(_ command: Command) {
        switch command {
        case .begin(let request, let continuation): begin(Transfer(request, continuation))
        case .cancel(let request): pending[ObjectIdentifier(request)].map(cancel)
        case .retire(let id): retire(id)
        }
    }

    private func begin(_ transfer: Transfer) {
        pending[ObjectIdentifier(transfer.request)] = transfer
        if transfer.request.isCancelled {
            resolve(transfer, .failure(.cancelled(transfer.endpoint)))
            return
        }
        let pool = pool(for: transfer.endpoint)
        if pool.running < pool.limit {
            start(transfer, on: pool)
        } else {
            pool.queue.append(transfer)
            queued.insert(ObjectIdentifier(transfer.endpoint))
        }
    }

    /// Starts queued transfers while there are free connections.
    private func startQueued(on pool: ConnectionPool) {
        while pool.running < pool.limit, !pool.queue.isEmpty {
            start(pool.queue.removeFirst(), on: pool)
        }
        if pool.queue.isEmpty { queued.remove(ObjectIdentifier(pool.endpoint)) }
    }

    private func start(_ transfer: Transfer, on pool: ConnectionPool) {
        let remaining = transfer.request.deadline - .now
        guard remaining > .zero else {
            resolve(transfer, .failure(.expiredInQueue(transfer.request)))
            return
        }
        guard let handle = pool.takeHandle() else {
            resolve(transfer, .failure(CurlFailure(code: CURLE_OUT_OF_MEMORY, pool.endpoint).error))
            return
        }
        handle.prepare(
            transfer.request.http, to: pool.endpoint, remaining: remaining,
            // A request on a kept-alive connection that turns out to be dead is repeated, partly by libcurl itself.
            freshConnection: !pool.hasSeenCertificate || !transfer.request.http.isRepeatable || transfer.isRepeated)
        if let refusal = handle.refusal {
            resolve(transfer, .failure(CurlFailure(code: refusal, pool.endpoint).error))
            return
        }
        guard curl_multi_add_handle(multi.pointer, handle.curl) == CURLM_OK else {
            resolve(transfer, .failure(CurlFailure(code: CURLE_FAILED_INIT, pool.endpoint).error))
            return
        }
        transfer.state = .running(handle)
        pool.running += 1
        active[handle.curl] = (handle, .transfer(transfer))
    }

    /// Cancels a transfer in any state.
    private func cancel(_ transfer: Transfer) {
        let pool = pool(for: transfer.endpoint)
        switch transfer.state {
        case .queued:
            pool.queue.removeAll { $0 === transfer }
        case .running(let handle):
            curl_multi_remove_handle(multi.pointer, handle.curl)
            active[handle.curl] = nil
            pool.running -= 1
            pool.giveBack(handle)
        case .probing:
            pool.probe.waiters.removeAll { $0.transfer === transfer }
        }
        resolve(transfer, .failure(.cancelled(transfer.endpoint)))
        startQueued(on: pool)
    }

    /// Resumes the waiting task with the result, once.
    private func resolve(_ transfer: Transfer, _ result: Result<HTTPResponse, TransportError>) {
        guard pending.removeValue(forKey: ObjectIdentifier(transfer.request)) != nil else { return }
        transfer.continuation.resume(returning: result)
    }

    private func pool(for endpoint: Endpoint) -> ConnectionPool {
        if let known = pools[ObjectIdentifier(endpoint)] { return known }
        // The pool retains the endpoint, so no other endpoint can have its identifier.
        let pool = ConnectionPool(endpoint)
        pools[ObjectIdentifier(endpoint)] = pool
        keepConnections()
        return pool
    }

    private func retire(_ id: ObjectIdentifier) {
        guard let pool = pools.removeValue(forKey: id) else { return }
        for (curl, entry) in active {
            if case .probe(let probed) = entry.work, probed === pool {
                curl_multi_remove_handle(multi.pointer, curl)
                active[curl] = nil
            }
        }
        pool.close()
        keepConnections()
    }

    /// Lets libcurl keep as many idle connections as all pools may use.
    ///
    /// By default it keeps four for each running transfer, so one transfer would close the connections of a hundred
    /// idle pools.
    private func keepConnections() {
        let connections = pools.values.reduce(0) { $0 + $1.limit }
        _ = ccurl_multi_set_long(multi.pointer, CURLMOPT_MAXCONNECTS, max(4, connections))
    }

    /// Fails queued transfers that have timed out; returns how long the thread may sleep, in milliseconds.
    private func expireQueued(now: ContinuousClock.Instant) -> Int32 {
        var wait = 60_000
        for id in queued {
            guard let pool = pools[id] else { continue }
            for transfer in pool.queue where transfer.request.deadline <= now {
                resolve(transfer, .failure(.expiredInQueue(transfer.request)))
            }
            pool.queue.removeAll { $0.request.deadline <= now }
            for transfer in pool.queue { wait = min(wait, (transfer.request.deadline - now).curlMilliseconds) }
        }
        queued = queued.filter { pools[$0]?.queue.isEmpty == false }
        return Int32(wait)
    }

    /// Takes the finished transfers from libcurl.
    private func readMessages() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi.pointer, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let curl = message.pointee.easy_handle else { continue }
            let code = message.pointee.data.result
            // Removing the handle frees the message.
            curl_multi_remove_handle(multi.pointer, curl)
            guard let (handle, work) = active.removeValue(forKey: curl) else { continue }
            switch work {
            case .transfer(let transfer): finish(transfer, handle, code)
            case .probe(let pool): finishProbe(of: pool, handle)
            }
        }
    }

    private func finish(_ transfer: Transfer, _ handle: EasyHandle, _ code: CURLcode) {
        guard let pool = pools[ObjectIdentifier(transfer.endpoint)] else { return }
        pool.running -= 1
        if code == CURLE_OK {
            pool.remember(leaf: handle.leafCertificate)
            pool.probe.forget()
            let response = handle.takeResponse(
                certificate: pool.facts, wantsHeaders: transfer.request.http.wantsHeaders)
            resolve(transfer, .success(response))
        } else if transfer.canBeRepeated(after: code, on: handle) {
            pool.giveBack(handle)
            transfer.isRepeated = true
            start(transfer, on: pool)
            return
        } else {
            fail(transfer, on: pool, handle, code)
        }
        pool.giveBack(handle)
        startQueued(on: pool)
    }

    private func fail(_ transfer: Transfer, on pool: ConnectionPool, _ handle: EasyHandle, _ code: CURLcode) {
        var failure = CurlFailure(code: code, handle, pool.endpoint)
        if let pem = handle.leafCertificate {
            // libcurl provides a certificate with a wrong host name or pin, and an accepted one if a later step failed.
            if failure.concernsCertificate {
                failure.chain = handle.certificateChain.compactMap {
                    CertificateParser.facts(pem: $0, verified: false)
                }
            } else {
                pool.remember(leaf: pem)
            }
        }
        if !failure.concernsCertificate, failure.phase > .handshaking { failure.certificate = pool.facts }
        guard failure.concernsCertificate, failure.chain.isEmpty else {
            resolve(transfer, .failure(failure.error))
            return
        }
        switch pool.probe.decide(signature: failure.signature, now: .now) {
        case .known(let chain):
            failure.chain = chain
            resolve(transfer, .failure(failure.error))
        case let decision:
            transfer.state = .probing
            pool.probe.waiters.append((transfer, failure))
            if decision == .connect { probe(pool, before: transfer.request.deadline) }
        }
    }

    /// Connects once more without verification, to read the certificate; no request is sent.
    private func probe(_ pool: ConnectionPool, before deadline: ContinuousClock.Instant) {
        let longest = Duration.seconds(5)
        guard let handle = EasyHandle.forCertificate(of: pool.endpoint) else {
            return endProbe(of: pool, chain: [])
        }
        handle.setTimeouts(total: min(longest, deadline - .now), connect: longest)
        guard handle.refusal == nil, curl_multi_add_handle(multi.pointer, handle.curl) == CURLM_OK else {
            return endProbe(of: pool, chain: [])
        }
        active[handle.curl] = (handle, .probe(pool))
    }

    private func finishProbe(of pool: ConnectionPool, _ handle: EasyHandle) {
        endProbe(
            of: pool,
            chain: handle.certificateChain.compactMap { CertificateParser.facts(pem: $0, verified: false) })
    }

    private func endProbe(of pool: ConnectionPool, chain: [CertificateInfo]) {
        pool.probe.finished(chain, now: .now)
        let waiters = pool.probe.waiters
        pool.probe.waiters = []
        for (transfer, var failure) in waiters {
            failure.chain = chain
            resolve(transfer, .failure(failure.error))
        }
    }
}
