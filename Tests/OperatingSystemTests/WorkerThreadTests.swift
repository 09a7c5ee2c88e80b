import TestSupport
import Testing

@testable import OperatingSystem

@Suite("A thread for work that may block", .timeLimit(.minutes(1)))
struct WorkerThreadTests {
    private let time = ManualTime()

    @Test("runs its jobs in order, and hands back their results")
    func order() async {
        let thread = WorkerThread()
        let order = Locked<[Int]>([])
        for number in 1...100 { thread.run { order.withLock { $0.append(number) } } }
        #expect(await thread.result(within: .seconds(60)) { order.withLock { $0 } } == Array(1...100))
        #expect(thread.completed >= 100)
    }

    @Test("gives nothing back for a job that does not end in time, even in a task that was cancelled")
    func limit() async {
        let disk = StuckThread(time: time)
        disk.hang()
        let task = Task { await disk.thread.result(within: .seconds(5)) { 1 } }
        await time.waitForSleepers(1)
        task.cancel()
        #expect(time.sleeperCount == 1)
        time.advance(by: .seconds(5))
        #expect(await task.value == nil)
        disk.release()
        #expect(await disk.thread.result(within: .seconds(5)) { 2 } == 2)
    }
}
