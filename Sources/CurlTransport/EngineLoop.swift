internal import CCurl
internal import MailStoreAPI

/// The engine's thread: takes commands, lets libcurl work, hands results out, sleeps.
///
/// Everything in it belongs to that thread alone.
final class EngineLoop {
    /// What an easy handle is with libcurl for.
    enum Work {
        case transfer(PendingTransfer)
        case inquiry(Target)
    }

    let multi: MultiHandle
    var active: [UnsafeMutableRawPointer: (handle: EasyHandle, work: Work)] = [:]
    var targets: [UInt64: Target] = [:]
    /// Transfers that were begun and not resolved yet.
    var pending: [ObjectIdentifier: PendingTransfer] = [:]
    private var queued: Set<UInt64> = []
    private let mailbox: Mailbox

    init(multi: MultiHandle, mailbox: Mailbox) {
        self.multi = multi
        self.mailbox = mailbox
    }

    /// Works until the mailbox says stop; frees the multi handle at the end.
    func run() {
        while true {
            let (commands, stopping) = mailbox.take()
            for command in commands { obey(command) }
            if stopping { break }
            var running: Int32 = 0
            curl_multi_perform(multi.pointer, &running)
            readMessages()
            let wait = expireQueued(now: .now)
            curl_multi_poll(multi.pointer, nil, 0, wait, nil)
        }
        mailbox.close()
        // What came in between the last taking and the stop; nothing comes after it.
        for command in mailbox.take().commands { obey(command) }
        for pending in Array(pending.values) { cancel(pending) }
        for id in Array(targets.keys) { retire(id) }
        curl_multi_cleanup(multi.pointer)
    }

    private func obey(_ command: Command) {
        switch command {
        case .begin(let transfer, let reply): begin(PendingTransfer(transfer, reply))
        case .cancel(let transfer): pending[ObjectIdentifier(transfer)].map(cancel)
        case .retire(let id): retire(id)
        }
    }

    private func begin(_ transfer: PendingTransfer) {
        pending[ObjectIdentifier(transfer.transfer)] = transfer
        if transfer.transfer.isCancelled {
            resolve(transfer, .failure(.cancelled(transfer.destination)))
            return
        }
        let target = target(for: transfer.destination)
        if target.running < target.limit {
            start(transfer, on: target)
        } else {
            target.queue.append(transfer)
            queued.insert(transfer.destination.id)
        }
    }

    /// Starts what has waited, as far as there is room now.
    func startQueued(on target: Target) {
        while target.running < target.limit, !target.queue.isEmpty {
            start(target.queue.removeFirst(), on: target)
        }
        if target.queue.isEmpty { queued.remove(target.destination.id) }
    }

    private func start(_ transfer: PendingTransfer, on target: Target) {
        let remaining = transfer.transfer.deadline - .now
        guard remaining > .zero else {
            resolve(transfer, .failure(.expiredInQueue(transfer.transfer)))
            return
        }
        guard let handle = target.takeHandle() else {
            resolve(transfer, .failure(CurlFailure(code: CURLE_OUT_OF_MEMORY, target.destination).error))
            return
        }
        handle.prepare(
            transfer.transfer.request, to: target.destination, remaining: remaining,
            // On a kept connection that turns out to be dead libcurl sends a request a second time by itself.
            freshConnection: !target.hasSeenCertificate || !transfer.transfer.request.isRepeatable)
        if let refusal = handle.refusal {
            resolve(transfer, .failure(CurlFailure(code: refusal, target.destination).error))
            return
        }
        guard curl_multi_add_handle(multi.pointer, handle.curl) == CURLM_OK else {
            resolve(transfer, .failure(CurlFailure(code: CURLE_FAILED_INIT, target.destination).error))
            return
        }
        transfer.state = .running(handle)
        target.running += 1
        active[handle.curl] = (handle, .transfer(transfer))
    }

    /// Ends a transfer wherever it is.
    private func cancel(_ transfer: PendingTransfer) {
        let target = target(for: transfer.destination)
        switch transfer.state {
        case .queued:
            target.queue.removeAll { $0 === transfer }
        case .running(let handle):
            curl_multi_remove_handle(multi.pointer, handle.curl)
            active[handle.curl] = nil
            target.running -= 1
            target.giveBack(handle)
        case .inquiring:
            target.inquiry.waiters.removeAll { $0.pending === transfer }
        }
        resolve(transfer, .failure(.cancelled(transfer.destination)))
        startQueued(on: target)
    }

    /// Hands the result to the waiting task; afterwards the transfer is unknown here.
    func resolve(_ transfer: PendingTransfer, _ result: Result<HTTPResponse, TransportError>) {
        guard pending.removeValue(forKey: ObjectIdentifier(transfer.transfer)) != nil else { return }
        transfer.reply.resolve(result)
    }

    private func target(for destination: Destination) -> Target {
        if let known = targets[destination.id] { return known }
        let target = Target(destination)
        targets[destination.id] = target
        keepConnections()
        return target
    }

    private func retire(_ id: UInt64) {
        guard let target = targets.removeValue(forKey: id) else { return }
        for (curl, entry) in active {
            if case .inquiry(let inquired) = entry.work, inquired === target {
                curl_multi_remove_handle(multi.pointer, curl)
                active[curl] = nil
            }
        }
        target.close()
        keepConnections()
    }

    /// Lets libcurl keep as many idle connections as all targets may use; by default it keeps four a running transfer,
    /// so that one transfer would close the connections of a hundred quiet targets.
    private func keepConnections() {
        let connections = targets.values.reduce(0) { $0 + $1.limit }
        _ = ccurl_multi_set_long(multi.pointer, CURLMOPT_MAXCONNECTS, max(4, connections))
    }

    /// Fails what has waited in vain, and tells how long the thread may sleep, in milliseconds.
    private func expireQueued(now: ContinuousClock.Instant) -> Int32 {
        var wait = 60_000
        for id in queued {
            guard let target = targets[id] else { continue }
            for transfer in target.queue where transfer.transfer.deadline <= now {
                resolve(transfer, .failure(.expiredInQueue(transfer.transfer)))
            }
            target.queue.removeAll { $0.transfer.deadline <= now }
            for transfer in target.queue { wait = min(wait, (transfer.transfer.deadline - now).curlMilliseconds) }
        }
        queued = queued.filter { targets[$0]?.queue.isEmpty == false }
        return Int32(wait)
    }
}
