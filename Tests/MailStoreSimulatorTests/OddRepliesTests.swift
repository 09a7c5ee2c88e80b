import Foundation
import Testing

@testable import MailStoreSimulator

@Suite("Odd replies")
struct OddRepliesTests {
    private static let stores = "/api/invoke/GetStores"

    private func rows(_ fault: Fault) throws -> [[String: Any]] {
        let bench = Bench()
        bench.core.faults.add(fault, for: "GetStores", times: 1)
        return try #require(bench.reply(Self.stores)?.parsed?["result"] as? [[String: Any]])
    }

    @Test("a field of the last row can be any JSON")
    func oddField() throws {
        let rows = try rows(.oddField("statisticsCount", json: #"[1, "x"]"#))
        #expect(rows.dropLast().allSatisfy { $0["statisticsCount"] is Int })
        #expect(rows.last?["statisticsCount"] is [Any])
        let bench = Bench()
        bench.core.faults.add(.oddField("machineName", json: "17"), for: "GetServerInfo", times: 1)
        let info = bench.reply("/api/invoke/GetServerInfo")?.parsed?["result"] as? [String: Any]
        #expect(info?["machineName"] as? Int == 17)
    }

    @Test("what is written for a field or a row need not be JSON")
    func noJSON() throws {
        for fault in [Fault.oddField("statisticsSize", json: "NaN"), .oddRow(json: "{]")] {
            let bench = Bench()
            bench.core.faults.add(fault, for: "GetStores", times: 1)
            let reply = try #require(bench.reply(Self.stores))
            #expect(reply.parsed == nil)
            #expect(["NaN", "{]"].contains { String(decoding: reply.body, as: UTF8.self).contains($0) })
        }
    }

    @Test("a row can be added to a list, and to the functions that get-metadata lists")
    func oddRow() throws {
        let bench = Bench()
        let usual = bench.invoke("GetStores").result.elements.count
        bench.core.faults.add(.oddRow(json: "null"), for: "*", times: 2)
        let rows = try #require(bench.reply(Self.stores)?.parsed?["result"] as? [Any])
        #expect(rows.count == usual + 1 && rows.last is NSNull)
        let body = try #require(bench.reply("/api/get-metadata")?.body)
        #expect(String(decoding: body.suffix(8), as: UTF8.self).contains("null"))
    }

    @Test("rows can be repeated, each with an id of its own")
    func manyRows() throws {
        let rows = try rows(.manyRows(5000))
        #expect(rows.count == 5000)
        #expect(Set(rows.compactMap { $0["id"] as? Int }).count == 5000)
        #expect(rows.allSatisfy { $0["name"] is String })
    }

    @Test("names can be long, and nothing else gets longer")
    func longNames() throws {
        let rows = try rows(.longNames(length: 60_000))
        #expect(rows.allSatisfy { ($0["name"] as? String)?.count == 60_000 })
        #expect(rows.allSatisfy { ($0["requestedState"] as? String ?? "").count < 20 })
    }

    private func result(_ function: String, _ change: (inout Quirks) -> Void) -> JSONValue {
        Bench(history: 2) { change(&$0.quirks) }.invoke(
            function,
            function == "GetWorkerResults"
                ? [
                    "fromIncluding": "2025-10-12T00:00:00", "toExcluding": "2025-10-15T00:00:00", "timeZoneID": "UTC",
                ] : [:]
        ).result
    }

    @Test("the names of fields can be in another case")
    func fieldNames() {
        #expect(result("GetServerInfo") { $0.fieldNames = .capitalized }.names == ["Version", "MachineName"])
        #expect(result("GetServerInfo") { $0.fieldNames = .lowercase }.names == ["version", "machinename"])
        #expect(result("GetServerInfo") { $0.fieldNames = .documented }.names == ["version", "machineName"])
    }

    @Test("numbers can be strings")
    func numbersAsStrings() {
        let store = result("GetStores") { $0.numbersAreStrings = true }[0]
        #expect(store?["id"] == "1")
        #expect(store?["statisticsCount"]?.text.flatMap { Int($0) } != nil)
        #expect(store?["needsUpgrade"] == false)
    }

    @Test("numbers that are unknown can be -1")
    func negative() {
        let store = result("GetStores") { $0.unknownNumbersAreNegative = true }[0]
        #expect(store?["statisticsCount"] == -1 && store?["statisticsSize"] == -1 && store?["id"] == 1)
        #expect(result("GetLicenseInformation") { $0.unknownNumbersAreNegative = true }["maxNamedUsers"] == -1)
        let runs = result("GetWorkerResults") { $0.unknownNumbersAreNegative = true }.elements
        #expect(!runs.isEmpty && runs.allSatisfy { $0["itemsArchived"] == -1 })
    }

    @Test("the schedule of a job can be nested")
    func nestedSchedule() {
        let flat = result("GetJobs") { _ in }[0]
        let nested = result("GetJobs") { $0.schedulesAreNested = true }[0]
        #expect(nested?["time"] == nil && nested?["schedule"]?["time"] == flat?["time"])
        #expect(nested?["id"] == flat?["id"] && nested?["action"] == flat?["action"])
    }

    @Test("a list can be in an object")
    func wrappedLists() {
        let list = result("GetStores") { _ in }
        let wrapped = result("GetStores") { $0.listsAreWrapped = true }
        #expect(wrapped["items"] == list && wrapped["total"]?.number == list.elements.count)
        #expect(result("GetServerInfo") { $0.listsAreWrapped = true }.names == ["version", "machineName"])
    }

    @Test(
        "a doubled slash is taken, as the oldest published client sends it",
        arguments: [("/api//get-status", 404), ("/api//get-metadata", 200), ("/api//invoke/GetStores", 200)])
    func doubledSlash(path: String, status: Int) {
        let form = path.hasSuffix("status") ? LongProcessTests.poll("unknown", known: 0) : ""
        let reply = Bench().reply(path, form)
        #expect(reply?.status == status)
        // The status is that of the API, not of a page that does not exist.
        #expect(reply.map { !String(decoding: $0.body, as: UTF8.self).contains("No such page") } == true)
    }
}
