internal import CGnuTLS
internal import Dispatch
import MicroHTTPServer
import OperatingSystem
import OrderedCollections

/// Checks passwords without storing them.
///
/// bcrypt is slow on purpose, so verdicts are cached under a keyed hash of user, password and stored hash; a login with
/// a changed hash is checked again. Logins that are not in the cache wait for one thread, which checks one password at
/// a time and serves the clients in turn. A client with too many waiting checks gets the verdict `busy`, as do all
/// clients while the queue is full.
final class PasswordVerifier: Sendable {
    enum Verdict: Sendable, Equatable {
        case right
        case wrong
        /// Too many checks are waiting, so this one was not started.
        case busy
    }

    /// The most checks that may wait.
    struct Limits: Sendable {
        var waiting = 128
        var waitingPerClient = 8
    }

    /// Compares a password with a hash; called only on the one thread, so never concurrently.
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
        var queue: FairQueue<ClientNetwork, Job>
        var isWorking = false
        var nextID: UInt64 = 0
    }

    private let check: Check
    private let keyedHash = KeyedHash()
    private let thread = DispatchQueue(label: "password checks", qos: .utility)
    private let state: Locked<State>

    init(limits: Limits = Limits(), cache: VerdictCache = VerdictCache(), check: @escaping Check = Bcrypt.fits) {
        self.check = check
        let queue = FairQueue<ClientNetwork, Job>(limit: limits.waiting, limitPerClient: limits.waitingPerClient)
        state = Locked(State(cache: cache, queue: queue))
    }

    /// The number of waiting checks, without the running one.
    var waiting: Int { state.withLock { $0.queue.count } }

    /// The cached verdict, if any, without waiting.
    func remembered(_ credentials: BasicCredentials, in users: UserDirectory) -> Verdict? {
        guard let (_, digest) = look(up: credentials, in: users) else { return .wrong }
        return state.withLock { $0.cache.verdict(digest) }.map { $0 ? .right : .wrong }
    }

    /// The verdict, after waiting for it if necessary.
    ///
    /// A cancelled task is removed from the queue.
    func verdict(
        on credentials: BasicCredentials, in users: UserDirectory, from client: ClientNetwork
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

    private func begin(_ job: Job, from client: ClientNetwork) {
        let (answer, wakesThread) = state.withLock { state -> (Verdict?, Bool) in
            if let isRight = state.cache.verdict(job.digest) { return (isRight ? .right : .wrong, false) }
            // Under the lock, so that a later cancellation finds the job.
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

    /// The next job, with its verdict if the same login was checked while it waited.
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

/// The users of a configuration, and the substitute hashes for unknown users.
struct UserDirectory: Sendable {
    private let users: [String: BcryptHash]
    /// In a fixed order, so that an unknown name always gets the same substitute.
    private let hashes: [BcryptHash]

    init(_ users: [String: BcryptHash]) {
        self.users = users
        hashes = users.sorted { $0.key < $1.key }.map(\.value)
    }

    var isEmpty: Bool { users.isEmpty }

    /// What to check a password against.
    struct Entry: Equatable {
        var hash: BcryptHash
        /// If it is `false`, no password is accepted.
        var isUser: Bool
    }

    /// The hash of a user or, for an unknown name, the hash of some user.
    ///
    /// So a check of an unknown name takes as long as one of a known name, even if the hashes differ in cost.
    ///
    /// - Parameter choice: A number that depends on the name and that clients cannot predict.
    /// - Returns: `nil` if there are no users.
    func entry(for name: [UInt8], choice: UInt64) -> Entry? {
        if let name = String(validating: name, as: UTF8.self), let hash = users[name] {
            return Entry(hash: hash, isUser: true)
        }
        guard !hashes.isEmpty else { return nil }
        return Entry(hash: hashes[Int(choice % UInt64(hashes.count))], isUser: false)
    }
}

/// A cache of the newest right and wrong logins.
///
/// Each kind has its own limit, so that a flood of wrong logins does not displace a right one.
struct VerdictCache: Sendable {
    private let rightLimit: Int
    private let wrongLimit: Int
    private var right: OrderedSet<[UInt8]> = []
    private var wrong: OrderedSet<[UInt8]> = []

    /// - Parameters:
    ///   - right: The most right logins to keep; a user has one, or a few that bcrypt does not distinguish.
    ///   - wrong: The most wrong logins to keep.
    init(right: Int = 1024, wrong: Int = 1024) {
        (rightLimit, wrongLimit) = (right, wrong)
    }

    /// Whether a login is right; `nil` if it is not in the cache.
    func verdict(_ digest: [UInt8]) -> Bool? {
        if right.contains(digest) { return true }
        return wrong.contains(digest) ? false : nil
    }

    mutating func remember(_ digest: [UInt8], isRight: Bool) {
        if isRight {
            right.append(digest)
            if right.count > rightLimit { right.removeFirst() }
        } else {
            wrong.append(digest)
            if wrong.count > wrongLimit { wrong.removeFirst() }
        }
    }
}

/// A bounded queue that serves clients in turn, so that one with many requests does not delay the others.
struct FairQueue<Client: Hashable, Item> {
    private let limit: Int
    private let limitPerClient: Int
    private var lines: [Client: [Item]] = [:]
    /// The clients with waiting items, the next one first.
    private var turns: [Client] = []
    private(set) var count = 0

    init(limit: Int, limitPerClient: Int) {
        self.limit = limit
        self.limitPerClient = limitPerClient
    }

    /// Appends an item to the client's own queue; `false` if that or the whole queue is full.
    mutating func append(_ item: Item, for client: Client) -> Bool {
        guard count < limit, lines[client]?.count ?? 0 < limitPerClient else { return false }
        if lines[client] == nil { turns.append(client) }
        lines[client, default: []].append(item)
        count += 1
        return true
    }

    /// Takes the first item of the next client.
    mutating func popFirst() -> Item? {
        guard let client = turns.first, var line = lines[client] else { return nil }
        turns.removeFirst()
        let item = line.removeFirst()
        count -= 1
        if line.isEmpty {
            lines[client] = nil
        } else {
            lines[client] = line
            turns.append(client)
        }
        return item
    }

    /// Removes the first item that matches, at any position.
    mutating func remove(where fits: (Item) -> Bool) -> Item? {
        for client in turns {
            guard var line = lines[client], let index = line.firstIndex(where: fits) else { continue }
            let item = line.remove(at: index)
            count -= 1
            lines[client] = line.isEmpty ? nil : line
            if line.isEmpty { turns.removeAll { $0 == client } }
            return item
        }
        return nil
    }
}

extension FairQueue: Sendable where Client: Sendable, Item: Sendable {}

/// HMAC-SHA-256 (RFC 2104) with a random key that never leaves this process.
///
/// A digest of a password is safe to keep in memory: guesses cannot be tested against it without the key.
struct KeyedHash: Sendable {
    private let key: [UInt8]

    init() {
        var generator = SystemRandomNumberGenerator()
        key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// The digest of several texts, each prefixed with its length, so that different lists never give the same message.
    func digest(_ texts: [[UInt8]]) -> [UInt8] {
        var message: [UInt8] = []
        for text in texts {
            withUnsafeBytes(of: UInt64(text.count).littleEndian) { message += $0 }
            message += text
        }
        var digest = [UInt8](repeating: 0, count: 32)
        let result = gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, key.count, message, message.count, &digest)
        guard result == 0 else {
            // A random digest is never in the cache, so the password is checked, which is slow but safe.
            var generator = SystemRandomNumberGenerator()
            return digest.map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        return digest
    }

    /// A number derived from a text.
    func number(_ text: [UInt8]) -> UInt64 {
        digest([text]).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
