import TestSupport
import Testing

@testable import Web

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
    func groups() {
        #expect(ClientGroup(address: "2001:db8::1") == ClientGroup(address: "2001:db8:0:0:ffff::2"))
        #expect(ClientGroup(address: "2001:db8::1") != ClientGroup(address: "2001:db8:0:1::1"))
        #expect(ClientGroup(address: "192.0.2.1") != ClientGroup(address: "192.0.2.2"))
        #expect(ClientGroup(address: "192.0.2.1") == ClientGroup(address: "192.0.2.1"))
    }
}
