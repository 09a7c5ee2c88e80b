import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Web

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
        // The overview has room for what is now, not for what was.
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
