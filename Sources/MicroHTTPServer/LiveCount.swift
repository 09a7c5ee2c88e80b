internal import Synchronization

/// How many objects are alive, so that a test can prove that none leaks.
///
/// What is made while `LiveCount.$current` is bound to a test's own count is counted there, apart from everything that
/// runs beside it.
final class LiveCount: Sendable {
    @TaskLocal static var current = LiveCount()

    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .acquiring) }

    func enter() { count.add(1, ordering: .relaxed) }
    func leave() { count.subtract(1, ordering: .releasing) }
}
