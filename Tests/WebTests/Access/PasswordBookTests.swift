import TestSupport
import Testing

@testable import Web

@Suite("The password book", .timeLimit(.minutes(1)))
struct PasswordBookTests {
    @Test(
        "only a user with the right password is let in",
        arguments: [
            ("alice", "correct horse", PasswordBook.Verdict.right), ("bob", "battery staple", .right),
            ("alice", "battery staple", .wrong), ("alice", "", .wrong), ("Alice", "correct horse", .wrong),
            ("", "correct horse", .wrong), ("mallory", "correct horse", .wrong), ("mallory", "battery staple", .wrong),
        ])
    func verdicts(user: String, password: String, expected: PasswordBook.Verdict) async throws {
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
        let client = ClientGroup(address: "")
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
        #expect(await bench.book.verdict(on: notText, in: bench.users, from: ClientGroup(address: "")) == .wrong)
        #expect(bench.checked.count == 2)
    }

    @Test("a flood of wrong passwords neither drives out a right one nor keeps it waiting")
    func flood() async throws {
        let bench = try PasswordBench(cache: VerdictCache(right: 2, wrong: 2))
        #expect(await bench.verdict("alice", "correct horse") == .right)
        for number in 0..<20 { #expect(await bench.verdict("alice", "guess \(number)") == .wrong) }
        #expect(bench.book.remembered(PasswordBench.login("alice", "correct horse"), in: bench.users) == .right)
        // The oldest wrong ones are forgotten: there is no room for all.
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
        var verdicts: [PasswordBook.Verdict] = []
        for task in tasks { verdicts.append(await task.value) }
        #expect(verdicts == [.wrong, .wrong, .wrong, .wrong, .right])
        #expect(bench.checked == ["a1", "a2", "correct horse", "a3"])
    }

    @Test("who has too many checks waiting is told so, and others are not")
    func busy() async throws {
        let bench = try PasswordBench(limits: PasswordBook.Limits(waiting: 3, waitingPerClient: 2), isHeldUp: true)
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

    @Test("who goes away leaves the queue")
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
