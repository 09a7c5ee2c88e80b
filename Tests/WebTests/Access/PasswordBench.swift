import Dispatch
import TestSupport

@testable import OperatingSystem
@testable import Web

/// A password book whose checks are recorded, and can be held up.
final class PasswordBench: Sendable {
    let book: PasswordBook
    let users: UserDirectory
    private let checks: Locked<[String]>
    private let gate: DispatchSemaphore?

    /// - Parameter isHeldUp: Each check waits for a call of ``allowOne()``.
    init(
        users: [String: String] = ["alice": WebExample.Hash.horse, "bob": WebExample.Hash.staple],
        limits: PasswordBook.Limits = PasswordBook.Limits(), cache: VerdictCache = VerdictCache(),
        isHeldUp: Bool = false
    ) throws {
        let checks = Locked<[String]>([])
        let gate = isHeldUp ? DispatchSemaphore(value: 0) : nil
        self.checks = checks
        self.gate = gate
        self.users = UserDirectory(try users.mapValues { try BcryptHash(parsing: $0) })
        book = PasswordBook(limits: limits, cache: cache) { password, hash in
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

    func verdict(_ user: String, _ password: String, from client: String = "192.0.2.1") async -> PasswordBook.Verdict {
        await book.verdict(on: Self.login(user, password), in: users, from: ClientGroup(address: client))
    }

    /// Asks in a task of its own, and returns once the check has begun or waits behind `waiting - 1` others.
    func ask(
        _ user: String, _ password: String, from client: String = "192.0.2.1", untilWaiting waiting: Int
    ) async -> Task<PasswordBook.Verdict, Never> {
        let before = checked.count
        let task = Task { await verdict(user, password, from: client) }
        while waiting == 0 ? checked.count == before : book.waiting < waiting { await Task.yield() }
        return task
    }
}
