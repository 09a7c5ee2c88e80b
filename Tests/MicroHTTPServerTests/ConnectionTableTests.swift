import Glibc
import OperatingSystem
import Testing

@testable import MicroHTTPServer

@Suite("Which connection makes room for a new one")
struct ConnectionTableTests {
    @Test("the one that has waited longest without a complete request, however far the readers are")
    func longestWaiting() throws {
        let bench = try TableBench(limit: 4)
        let reader = try bench.reading()
        let idle = try bench.kept(requests: 1)
        bench.time += 1
        let silent = try bench.admit()
        bench.time += 2000
        let late = try bench.admit()
        #expect(try bench.displaced() == idle)
        #expect(try bench.displaced() == silent)
        bench.time += 2000
        #expect(try bench.displaced() == late)
        #expect(bench.isOpen(reader))
    }

    @Test("of readers the slowest, if all others are new")
    func slowReaders() throws {
        let bench = try TableBench(limit: 5)
        let slow = try bench.reading()
        bench.time += ConnectionLimits.leastSample
        let (next, newest, last) = (try bench.reading(), try bench.reading(), try bench.reading())
        let new = try bench.admit()
        #expect(try bench.displaced() == slow)
        bench.time += ConnectionLimits.leastSample
        #expect(try bench.displaced() == next)
        #expect([new, newest, last].allSatisfy(bench.isOpen))
    }

    @Test("of many new readers the oldest, not a client between two requests", arguments: 1...2)
    func newReaders(requests: Int) throws {
        let bench = try TableBench(limit: 5)
        let kept = try bench.kept(requests: requests)
        let waiting = try bench.reading(hasUnread: false)
        var readers = try (1...3).map { _ in try bench.reading() }
        for _ in 1...10 {
            bench.time += 1
            let (new, displaced) = try bench.replacement()
            #expect(displaced == readers.removeFirst())
            try bench.beginReading(new)
            readers.append(new)
        }
        #expect(bench.isOpen(kept) && bench.isOpen(waiting))
    }

    @Test("not a reader that waits for the server")
    func readersWithoutBytes() throws {
        let bench = try TableBench(limit: 3)
        let readers = try (1...2).map { _ in try bench.reading(hasUnread: false) }
        bench.time += ConnectionLimits.leastSample
        let new = try bench.admit()
        #expect(try bench.displaced() == new)
        #expect(readers.allSatisfy(bench.isOpen))
    }

    @Test("of many new ones the oldest, not a reader or a regular client")
    func manyNew() throws {
        let bench = try TableBench(limit: 6)
        let regular = try bench.kept(requests: 2)
        let reader = try bench.reading()
        bench.time += 500
        var silent = try (1...4).map { _ in try bench.admit() }
        for _ in 1...20 {
            let (new, displaced) = try bench.replacement()
            #expect(displaced == silent.removeFirst())
            silent.append(new)
        }
        #expect(bench.isOpen(regular) && bench.isOpen(reader))
    }

    @Test("of many regular clients the one whose last request is longest ago")
    func manyRegular() throws {
        let bench = try TableBench(limit: 3)
        let clients = try (1...3).map { _ in
            bench.time += 10
            return try bench.kept(requests: 3)
        }
        bench.time += 5000
        #expect(try bench.displaced() == clients[0])
        #expect(bench.isOpen(clients[1]) && bench.isOpen(clients[2]))
    }

    @Test("never one whose reply is being prepared: the new one is then closed")
    func answering() throws {
        let bench = try TableBench(limit: 2)
        for _ in 1...2 { #expect(bench.table.requestArrived(try bench.record(try bench.admit()))) }
        bench.time += 60_000
        #expect(throws: BenchError.self) { try bench.admit() }
        #expect(bench.table.counts.open == 2)
    }

    @Test("one of the same address, if that has reached its limit")
    func sameAddress() throws {
        let bench = try TableBench(limit: 10, perAddress: 2)
        let other = try bench.admit(from: "192.0.2.1")
        bench.time += 5000
        let own = try bench.admit(from: "192.0.2.2")
        _ = try bench.admit(from: "192.0.2.2")
        _ = try bench.admit(from: "192.0.2.2")
        #expect(!bench.isOpen(own) && bench.isOpen(other))
        #expect(bench.table.counts.displacedOfAddress == 1)
    }

    @Test("accepting pauses while closed connections wait for the event loops")
    func crowded() throws {
        let bench = try TableBench(limit: 1)
        let first = try bench.admit()
        var last = first
        while !bench.table.isCrowded { last = try bench.admit() }
        #expect(bench.table.counts.open == 1)
        bench.table.ended(first)
        #expect(!bench.table.isCrowded)
        #expect(bench.isOpen(last))
    }
}

@Suite("Deadlines of connections")
struct ConnectionDeadlineTests {
    @Test("a half-closed connection without a request is closed after half a second, an answered one too")
    func departing() throws {
        let bench = try TableBench(limit: 9)
        let (silent, answered, waiting) = (try bench.admit(), try bench.admit(), try bench.admit())
        for descriptor in [silent, answered] { bench.table.clientEnded(try bench.record(descriptor).id) }
        bench.time += 400
        #expect(bench.table.requestArrived(try bench.record(answered)))
        bench.time += 200
        _ = bench.table.sweep()
        #expect(!bench.isOpen(silent) && bench.isOpen(answered) && bench.isOpen(waiting))
        bench.time += 60_000 - 700
        #expect(bench.table.replyBegins(try bench.record(answered), body: nil))
        bench.table.replyEnded(try bench.record(answered))
        _ = bench.table.sweep()
        #expect(bench.isOpen(answered))
        bench.time += 500
        _ = bench.table.sweep()
        #expect(!bench.isOpen(answered) && bench.isOpen(waiting))
        #expect(bench.table.counts.overdue == 0)
    }

    @Test("a reply must be read within its time and that for its size")
    func readers() throws {
        let bench = try TableBench(limit: 9, replyTimeout: 10)
        let small = try bench.reading(bytes: 100)
        let large = try bench.reading(bytes: 1 << 20)
        bench.time += 10_000
        _ = bench.table.sweep()
        #expect(!bench.isOpen(small) && bench.isOpen(large))
        bench.time += 8192
        _ = bench.table.sweep()
        #expect(!bench.isOpen(large))
        #expect(bench.table.counts.slow == 2)
    }

    @Test("readers of the oldest bodies are closed when too many bodies are kept in memory")
    func pinnedBodies() throws {
        let bench = try TableBench(limit: 99, replyTimeout: 10)
        let size = ConnectionLimits.leastPinned
        let first = try bench.reading(bytes: size)
        var rest: [Int32] = []
        for _ in 1..<ConnectionLimits.mostPinnedBodies { rest.append(try bench.reading(bytes: size)) }
        #expect(bench.isOpen(first))
        rest.append(try bench.reading(bytes: size))
        #expect(!bench.isOpen(first))
        #expect(rest.allSatisfy(bench.isOpen))
        #expect(bench.table.counts.slow == 1)
    }
}

enum BenchError: Error { case notAdmitted }

/// A table with the server's ends of local sockets, and a clock that stands still.
final class TableBench {
    let table: ConnectionTable
    private let clock = Locked(Int64(1_000_000))
    private var records: [Int32: ConnectionRecord] = [:]
    private var clients: [Int32: Int32] = [:]
    private var bodies: [ResponseBody] = []

    var time: Int64 {
        get { clock.withLock { $0 } }
        set { clock.withLock { $0 = newValue } }
    }

    init(limit: Int, perAddress: Int? = nil, replyTimeout: Double = 0) throws {
        let options = ServerOptions.loopback {
            $0.connectionLimit = limit
            $0.perAddressConnectionLimit = perAddress
            $0.idleTimeout = 600
            $0.headTimeout = 600
            $0.replyTimeout = replyTimeout
        }
        let clock = clock
        table = ConnectionTable(
            limits: ConnectionLimits(options), watch: try #require(ConnectionWatch()), clock: { clock.withLock { $0 } })
    }

    deinit {
        for (server, client) in clients {
            close(server)
            close(client)
        }
    }

    func record(_ descriptor: Int32) throws -> ConnectionRecord { try #require(records[descriptor]) }

    /// A new connection.
    func admit(from address: String = "192.0.2.1") throws -> Int32 {
        var pair: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        clients[pair[0]] = pair[1]
        guard let record = table.admit(pair[0], from: ClientNetwork(address: address)) else {
            throw BenchError.notAdmitted
        }
        records[pair[0]] = record
        try #require(table.started(pair[0]) === record)
        return pair[0]
    }

    /// A connection on which so many requests were answered.
    func kept(requests: Int) throws -> Int32 {
        let descriptor = try admit()
        for _ in 0..<requests {
            try #require(table.requestArrived(try record(descriptor)))
            try #require(table.replyBegins(try record(descriptor), body: nil))
            table.replyEnded(try record(descriptor))
        }
        return descriptor
    }

    /// A connection whose client reads a reply, and which may have read all so far.
    func reading(bytes: Int = 100_000, hasUnread: Bool = true) throws -> Int32 {
        let descriptor = try admit()
        try beginReading(descriptor, bytes: bytes, hasUnread: hasUnread)
        return descriptor
    }

    func beginReading(_ descriptor: Int32, bytes: Int = 100_000, hasUnread: Bool = true) throws {
        let body = ResponseBody([[UInt8](repeating: 0, count: bytes)])
        bodies.append(body)
        try #require(table.requestArrived(try record(descriptor)))
        try #require(table.replyBegins(try record(descriptor), body: body))
        var byte: UInt8 = 0
        if hasUnread { try #require(write(descriptor, &byte, 1) == 1) }
    }

    /// Whether the server has not shut the connection down.
    func isOpen(_ descriptor: Int32) -> Bool {
        var event = pollfd(fd: clients[descriptor] ?? -1, events: 0, revents: 0)
        return poll(&event, 1, 0) == 0
    }

    /// Adds a connection, and returns the one that was closed for it and has now ended.
    func replacement() throws -> (new: Int32, displaced: Int32?) {
        let before = records.keys.filter(isOpen)
        let new = try admit()
        let displaced = before.first { !isOpen($0) }
        if let displaced {
            table.ended(displaced)
            records[displaced] = nil
        }
        return (new, displaced)
    }

    func displaced() throws -> Int32? { try replacement().displaced }
}
