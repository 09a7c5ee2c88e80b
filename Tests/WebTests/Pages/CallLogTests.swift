import TestSupport
import Testing

@testable import Collection
@testable import MailStoreAPI
@testable import OperatingSystem
@testable import Web

@Suite("The log of calls")
struct CallLogTests {
    private let now = Timestamp(secondsSince1970: 1_767_225_600)

    private func call(_ function: String, error: APIError? = nil, took: Duration = .seconds(1)) -> CallRecord {
        CallRecord(function: function, duration: took, status: error == nil ? 200 : nil, replySize: 12, error: error)
    }

    @Test("keeps the last hundred successful calls, and failures however many succeeded since")
    func rings() {
        var log = CallLog()
        log.append(call("GetStores", error: APIError(.timeout, function: "GetStores", description: "slow")), at: now)
        for second in 1...250 { log.append(call("GetJobs"), at: now + .seconds(second)) }
        let entries = log.newestFirst
        #expect(entries.count == CallLog.capacity + 1)
        #expect(entries.first?.start == now + .seconds(249))
        #expect(entries.dropLast().last?.start == now + .seconds(150))
        #expect(entries.last?.function == "GetStores")
        #expect(entries.last?.failure?.reason == .timeout)
        for second in 1...101 {
            let error = APIError(.connect, function: "GetJobs", description: "no \(second)")
            log.append(call("GetJobs", error: error), at: now + .seconds(300 + second))
        }
        #expect(log.newestFirst.count { $0.failure != nil } == CallLog.capacity)
        #expect(!log.newestFirst.contains { $0.function == "GetStores" })
    }

    @Test("has start, duration, size and status; no size where there was no reply")
    func facts() throws {
        var log = CallLog()
        log.append(call("GetUsers", took: .seconds(3)), at: now)
        log.append(call("GetJobs", error: APIError(.connect, function: "GetJobs", description: "refused")), at: now)
        log.append(APIError(.badReply, function: "GetStores", description: "does not fit"), at: now)
        let entries = log.newestFirst
        let users = try #require(entries.first { $0.function == "GetUsers" })
        #expect(users.start == now - .seconds(3))
        #expect(users.duration == .seconds(3))
        #expect(users.replySize == 12)
        #expect(users.status == 200)
        let jobs = try #require(entries.first { $0.function == "GetJobs" })
        #expect(jobs.replySize == nil)
        #expect(jobs.failure?.description == "refused")
        let stores = try #require(entries.first { $0.function == "GetStores" })
        #expect(stores.duration == nil)
        #expect(stores.status == nil)
    }
}

@Suite("The page of a target", .timeLimit(.minutes(1)))
struct CallPageTests {
    @Test("lists the newest calls, failures among them")
    func calls() async throws {
        let bench = try PagesBench()
        bench.server.answer(.getUsers, .status(500))
        bench.server.answer(.getStores, .broken(.timeout))
        await bench.collect()
        let page = try await bench.page("/targets/archive").text
        #expect(page.contains("GetServerInfo"))
        #expect(page.contains("HTTP 500"))
        #expect(page.contains(#"<span class="mono failure">timeout</span>"#))
        #expect(page.contains("get-metadata"))
        // The overview shows the current state only.
        let overview = try await bench.page("/").text
        #expect(!overview.contains("GetServerInfo"))
    }

    @Test("shows whole calls however many there were: bounded in size")
    func bounded() async throws {
        let bench = try PagesBench()
        for _ in 0..<300 { await bench.target.collection.runOnce(.sessions) }
        bench.server.answer(.getActiveSessions, .status(500))
        for _ in 0..<300 { await bench.target.collection.runOnce(.sessions) }
        await bench.publish()
        let page = try await bench.page("/targets/archive").text
        #expect(page.matches(of: /role="rowheader" scope="row"><span class="mono">/).count == 2 * CallLog.capacity)
    }
}
