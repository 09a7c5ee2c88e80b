import Dispatch
import MicroHTTPServer
import TestSupport
import Testing

@testable import OperatingSystem
@testable import Web

@Suite("The password verifier", .timeLimit(.minutes(1)))
struct PasswordVerifierTests {
    @Test(
        "only a user with the right password is admitted",
        arguments: [
            ("alice", "correct horse", PasswordVerifier.Verdict.right), ("bob", "battery staple", .right),
            ("alice", "battery staple", .wrong), ("alice", "", .wrong), ("Alice", "correct horse", .wrong),
            ("", "correct horse", .wrong), ("mallory", "correct horse", .wrong), ("mallory", "battery staple", .wrong),
        ])
    func verdicts(user: String, password: String, expected: PasswordVerifier.Verdict) async throws {
        let bench = try PasswordBench()
        #expect(await bench.verdict(user, password) == expected)
        #expect(bench.book.remembered(PasswordBench.login(user, password), in: bench.users) == expected)
    }

    @Test("a verdict is remembered, right or wrong, and each login is checked once")
    func remembered() async throws {
        let bench = try PasswordBench()
        #expect(bench.book.remembered(PasswordBench.login("alice", "correct horse"), in: bench.users) == nil)
        for _ in 0..<3 {
            #expect(await bench.verdict("alice", "correct horse") == .right)
            #expect(await bench.verdict("alice", "wrong") == .wrong)
        }
        #expect(bench.checked == ["correct horse", "wrong"])
    }

    @Test("a changed hash is another login: the old password is forgotten, the new one counts")
    func changed() async throws {
        let bench = try PasswordBench()
        #expect(await bench.verdict("alice", "correct horse") == .right)
        let changed = UserDirectory(["alice": try BcryptHash(parsing: WebExample.Hash.staple)])
        let client = ClientNetwork(address: "")
        let old = PasswordBench.login("alice", "correct horse")
        let new = PasswordBench.login("alice", "battery staple")
        #expect(await bench.book.verdict(on: old, in: changed, from: client) == .wrong)
        #expect(await bench.book.verdict(on: new, in: changed, from: client) == .right)
        let none = UserDirectory(["bob": try BcryptHash(parsing: WebExample.Hash.horse)])
        #expect(await bench.book.verdict(on: old, in: none, from: client) == .wrong)
    }

    @Test("an unknown user costs a check like a known one, against the same hash each time")
    func unknown() async throws {
        let bench = try PasswordBench()
        #expect(await bench.verdict("mallory", "guess") == .wrong)
        #expect(bench.checked == ["guess"])
        for choice in UInt64(0)...3 {
            let entry = try #require(bench.users.entry(for: Array("mallory".utf8), choice: choice))
            #expect(!entry.isUser)
            #expect(bench.users.entry(for: Array("mallory".utf8), choice: choice) == entry)
        }
        let notText = BasicCredentials(user: [0xFF], password: Array("correct horse".utf8))
        #expect(await bench.book.verdict(on: notText, in: bench.users, from: ClientNetwork(address: "")) == .wrong)
        #expect(bench.checked.count == 2)
    }

    @Test("a flood of wrong passwords neither drives out a right one nor keeps it waiting")
    func flood() async throws {
        let bench = try PasswordBench(cache: VerdictCache(right: 2, wrong: 2))
        #expect(await bench.verdict("alice", "correct horse") == .right)
        for number in 0..<20 { #expect(await bench.verdict("alice", "guess \(number)") == .wrong) }
        #expect(bench.book.remembered(PasswordBench.login("alice", "correct horse"), in: bench.users) == .right)
        // Only the newest wrong ones are remembered.
        #expect(bench.book.remembered(PasswordBench.login("alice", "guess 0"), in: bench.users) == nil)
        #expect(bench.book.remembered(PasswordBench.login("alice", "guess 19"), in: bench.users) == .wrong)
    }

    @Test("one password is checked at a time, clients take turns, and the same login is not checked twice")
    func turns() async throws {
        let bench = try PasswordBench(isHeldUp: true)
        var tasks = [await bench.ask("alice", "a1", from: "192.0.2.1", untilWaiting: 0)]
        tasks.append(await bench.ask("alice", "a2", from: "192.0.2.1", untilWaiting: 1))
        tasks.append(await bench.ask("alice", "a3", from: "192.0.2.1", untilWaiting: 2))
        tasks.append(await bench.ask("alice", "a2", from: "192.0.2.1", untilWaiting: 3))
        tasks.append(await bench.ask("alice", "correct horse", from: "192.0.2.2", untilWaiting: 4))
        #expect(bench.checked == ["a1"])
        for _ in 0..<4 { bench.allowOne() }
        var verdicts: [PasswordVerifier.Verdict] = []
        for task in tasks { verdicts.append(await task.value) }
        #expect(verdicts == [.wrong, .wrong, .wrong, .wrong, .right])
        #expect(bench.checked == ["a1", "a2", "correct horse", "a3"])
    }

    @Test("a client with too many waiting checks is refused, and others are not")
    func busy() async throws {
        let bench = try PasswordBench(limits: PasswordVerifier.Limits(waiting: 3, waitingPerClient: 2), isHeldUp: true)
        var tasks = [await bench.ask("alice", "1", untilWaiting: 0)]
        tasks.append(await bench.ask("alice", "2", untilWaiting: 1))
        tasks.append(await bench.ask("alice", "3", untilWaiting: 2))
        #expect(await bench.verdict("alice", "4") == .busy)
        tasks.append(await bench.ask("bob", "battery staple", from: "192.0.2.2", untilWaiting: 3))
        #expect(await bench.verdict("alice", "correct horse", from: "192.0.2.3") == .busy)
        for _ in 0..<4 { bench.allowOne() }
        #expect(await tasks[3].value == .right)
        for task in tasks.dropLast() { #expect(await task.value == .wrong) }
        // What was refused was not judged.
        bench.allowOne()
        #expect(await bench.verdict("alice", "correct horse") == .right)
    }

    @Test("a client that disconnects leaves the queue")
    func cancelled() async throws {
        let bench = try PasswordBench(isHeldUp: true)
        let first = await bench.ask("alice", "1", untilWaiting: 0)
        let second = await bench.ask("alice", "2", untilWaiting: 1)
        second.cancel()
        #expect(await second.value == .busy)
        #expect(bench.book.waiting == 0)
        bench.allowOne()
        #expect(await first.value == .wrong)
        #expect(bench.checked == ["1"])
    }

    @Test("without users nobody is right")
    func nobody() async throws {
        let bench = try PasswordBench(users: [:])
        #expect(await bench.verdict("alice", "correct horse") == .wrong)
        #expect(bench.checked.isEmpty)
    }
}

@Suite("The queue of checks")
struct FairQueueTests {
    @Test("clients take turns")
    func turns() {
        var queue = FairQueue<String, Int>(limit: 10, limitPerClient: 5)
        for item in 1...3 { _ = queue.append(item, for: "a") }
        for item in 11...12 { _ = queue.append(item, for: "b") }
        _ = queue.append(21, for: "c")
        var order: [Int] = []
        while let item = queue.popFirst() { order.append(item) }
        #expect(order == [1, 11, 21, 2, 12, 3])
        #expect(queue.count == 0)
    }

    @Test("there is a bound for each client and for all")
    func bounds() {
        var queue = FairQueue<String, Int>(limit: 3, limitPerClient: 2)
        let isTaken = [(1, "a"), (2, "a"), (3, "a"), (4, "b"), (5, "c")].map { queue.append($0, for: $1) }
        #expect(isTaken == [true, true, false, true, false])
        let first = queue.popFirst()
        #expect(first == 1)
        let isTakenNow = queue.append(5, for: "c")
        #expect(isTakenNow)
    }

    @Test("an item can leave its place")
    func leaving() {
        var queue = FairQueue<String, Int>(limit: 10, limitPerClient: 5)
        for (item, client) in [(1, "a"), (2, "b"), (3, "a")] { _ = queue.append(item, for: client) }
        let removed = [2, 2].map { number in queue.remove { $0 == number } }
        #expect(removed == [2, nil])
        #expect(queue.count == 2)
        let rest = (0..<3).map { _ in queue.popFirst() }
        #expect(rest == [1, 3, nil])
    }

    @Test("an IPv6 network of 64 bits is one client, an IPv4 address is one")
    func networks() {
        #expect(ClientNetwork(address: "2001:db8::1") == ClientNetwork(address: "2001:db8:0:0:ffff::2"))
        #expect(ClientNetwork(address: "2001:db8::1") != ClientNetwork(address: "2001:db8:0:1::1"))
        #expect(ClientNetwork(address: "192.0.2.1") != ClientNetwork(address: "192.0.2.2"))
        #expect(ClientNetwork(address: "192.0.2.1") == ClientNetwork(address: "192.0.2.1"))
    }
}

/// A password verifier whose checks are recorded, and can be held up.
final class PasswordBench: Sendable {
    let book: PasswordVerifier
    let users: UserDirectory
    private let checks: Locked<[String]>
    private let gate: DispatchSemaphore?

    /// - Parameter isHeldUp: Each check waits for a call of ``allowOne()``.
    init(
        users: [String: String] = ["alice": WebExample.Hash.horse, "bob": WebExample.Hash.staple],
        limits: PasswordVerifier.Limits = PasswordVerifier.Limits(), cache: VerdictCache = VerdictCache(),
        isHeldUp: Bool = false
    ) throws {
        let checks = Locked<[String]>([])
        let gate = isHeldUp ? DispatchSemaphore(value: 0) : nil
        self.checks = checks
        self.gate = gate
        self.users = UserDirectory(try users.mapValues { try BcryptHash(parsing: $0) })
        book = PasswordVerifier(limits: limits, cache: cache) { password, hash in
            checks.withLock { $0.append(String(decoding: password, as: UTF8.self)) }
            gate?.wait()
            return Bcrypt.fits(password, hash)
        }
    }

    /// The passwords that were checked, in the order in which that began.
    var checked: [String] { checks.withLock { $0 } }

    func allowOne() { gate?.signal() }

    static func login(_ user: String, _ password: String) -> BasicCredentials {
        BasicCredentials(user: Array(user.utf8), password: Array(password.utf8))
    }

    func verdict(_ user: String, _ password: String, from client: String = "192.0.2.1") async
        -> PasswordVerifier.Verdict
    {
        await book.verdict(on: Self.login(user, password), in: users, from: ClientNetwork(address: client))
    }

    /// Asks in a task of its own, and returns once the check has begun or waits behind `waiting - 1` others.
    func ask(
        _ user: String, _ password: String, from client: String = "192.0.2.1", untilWaiting waiting: Int
    ) async -> Task<PasswordVerifier.Verdict, Never> {
        let before = checked.count
        let task = Task { await verdict(user, password, from: client) }
        while waiting == 0 ? checked.count == before : book.waiting < waiting { await Task.yield() }
        return task
    }
}
