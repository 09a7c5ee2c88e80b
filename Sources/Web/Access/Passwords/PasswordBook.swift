internal import Dispatch
import MailStoreAPI
import OperatingSystem

/// Tells right passwords from wrong ones, and keeps none.
///
/// bcrypt is slow on purpose. So verdicts are remembered under a keyed hash of user, password and stored hash, so that
/// a changed hash makes another login. What is not known waits for one thread, which checks one password at a time.
/// Clients take turns there, and a client that has too many waiting, or a queue that is full, is told that the book is
/// busy.
package final class PasswordBook: Sendable {
    enum Verdict: Sendable, Equatable {
        case right
        case wrong
        /// Too many checks wait; this one was not begun.
        case busy
    }

    /// How many checks may wait.
    struct Limits: Sendable {
        var waiting = 128
        var waitingPerClient = 8
    }

    /// Compares a password with a hash; called on the one thread, never twice at a time.
    typealias Check = @Sendable (_ password: [UInt8], _ hash: BcryptHash) -> Bool

    private struct Job: Sendable {
        var id: UInt64
        var digest: [UInt8]
        var password: [UInt8]
        var entry: UserDirectory.Entry
        var continuation: CheckedContinuation<Verdict, Never>
    }

    private struct State: Sendable {
        var cache: VerdictCache
        var queue: FairQueue<ClientGroup, Job>
        var isWorking = false
        var nextID: UInt64 = 0
    }

    private let check: Check
    private let keyedHash = KeyedHash()
    private let thread = DispatchQueue(label: "password checks", qos: .utility)
    private let state: Locked<State>

    init(limits: Limits = Limits(), cache: VerdictCache = VerdictCache(), check: @escaping Check = Bcrypt.fits) {
        self.check = check
        let queue = FairQueue<ClientGroup, Job>(limit: limits.waiting, limitPerClient: limits.waitingPerClient)
        state = Locked(State(cache: cache, queue: queue))
    }

    /// How many checks wait, the one under way not counted.
    var waiting: Int { state.withLock { $0.queue.count } }

    /// The verdict where it is remembered, at once.
    func remembered(_ credentials: BasicCredentials, in users: UserDirectory) -> Verdict? {
        guard let (_, digest) = look(up: credentials, in: users) else { return .wrong }
        return state.withLock { $0.cache.verdict(digest) }.map { $0 ? .right : .wrong }
    }

    /// The verdict, as soon as there is one.
    ///
    /// A task that is cancelled gives up its place in the queue.
    func verdict(
        on credentials: BasicCredentials, in users: UserDirectory, from client: ClientGroup
    ) async -> Verdict {
        guard let (entry, digest) = look(up: credentials, in: users) else { return .wrong }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let job = Job(
                    id: id, digest: digest, password: credentials.password, entry: entry, continuation: continuation)
                begin(job, from: client)
            }
        } onCancel: {
            let job = state.withLock { $0.queue.remove { $0.id == id } }
            job?.continuation.resume(returning: .busy)
        }
    }

    private func look(
        up credentials: BasicCredentials, in users: UserDirectory
    ) -> (entry: UserDirectory.Entry, digest: [UInt8])? {
        guard let entry = users.entry(for: credentials.user, choice: keyedHash.number(credentials.user)) else {
            return nil
        }
        let isUser: [UInt8] = [entry.isUser ? 1 : 0]
        return (entry, keyedHash.digest([credentials.user, credentials.password, entry.hash.bytes, isUser]))
    }

    private func begin(_ job: Job, from client: ClientGroup) {
        let (answer, wakesThread) = state.withLock { state -> (Verdict?, Bool) in
            if let isRight = state.cache.verdict(job.digest) { return (isRight ? .right : .wrong, false) }
            // Under the lock: whoever cancels later finds the job.
            guard !Task.isCancelled, state.queue.append(job, for: client) else { return (.busy, false) }
            defer { state.isWorking = true }
            return (nil, !state.isWorking)
        }
        if let answer { job.continuation.resume(returning: answer) }
        if wakesThread { thread.async { self.work() } }
    }

    private func work() {
        while let (job, remembered) = next() {
            let isRight: Bool
            if let remembered {
                isRight = remembered
            } else {
                let fits = check(job.password, job.entry.hash)
                isRight = fits && job.entry.isUser
                state.withLock { $0.cache.remember(job.digest, isRight: isRight) }
            }
            job.continuation.resume(returning: isRight ? .right : .wrong)
        }
    }

    /// The next job, with its verdict where the same login was checked while it waited.
    private func next() -> (Job, remembered: Bool?)? {
        state.withLock { state in
            guard let job = state.queue.popFirst() else {
                state.isWorking = false
                return nil
            }
            return (job, state.cache.verdict(job.digest))
        }
    }
}
