import MailStoreAPI
import TestSupport
import Testing

@testable import Collection

@Suite("The stores' collector shows what the server says of each store")
struct StoresCollectorTests {
    private func page(_ stores: String, hidesNames: Bool = false) async throws -> (ScrapedPage, TargetBench) {
        let bench = try TargetBench(configuration: { $0.hideNames = hidesNames })
        bench.server.answer(.getStores, .result(stores))
        await bench.collect(.stores)
        return (try bench.page, bench)
    }

    @Test("all that is known of a store")
    func whole() async throws {
        let (page, bench) = try await page(
            #"""
            [{"id": 3, "name": "Archive \"A\"", "requestedState": "current", "error": null, "statisticsCount": 12,
            "statisticsSize": 9007199254740993, "needsUpgrade": true, "searchIndexesNeedRebuild": false,
            "databasePath": "x"}]
            """#)
        let labels = ["target": "archive", "store_id": "3", "store_name": "Archive \"A\""]
        #expect(page.value("mailstore_stores") == 1)
        #expect(page.value("mailstore_store_messages", labels) == 12)
        #expect(page.value("mailstore_store_size_bytes", labels) == 9_007_199_254_740_992)
        #expect(page.value("mailstore_store_error", labels) == 0)
        #expect(page.value("mailstore_store_needs_upgrade", labels) == 1)
        #expect(page.value("mailstore_store_search_indexes_need_rebuild", labels) == 0)
        #expect(page.state("mailstore_store_state", "state", labels) == "current")
        #expect(page.all("mailstore_store_state").count == 4)
        #expect(bench.server.calls(of: .getStores).map(\.arguments) == [["includeSize": "true"]])
    }

    @Test(
        "a missing optional field costs its series, not the row",
        arguments: [
            ("name", []), ("requestedState", ["mailstore_store_state"]), ("error", ["mailstore_store_error"]),
            ("statisticsCount", ["mailstore_store_messages"]), ("statisticsSize", ["mailstore_store_size_bytes"]),
            ("needsUpgrade", ["mailstore_store_needs_upgrade"]),
            ("searchIndexesNeedRebuild", ["mailstore_store_search_indexes_need_rebuild"]),
        ])
    func missingField(field: String, lost: [String]) async throws {
        let fields = [
            "name": "\"A\"", "requestedState": "\"normal\"", "error": "null", "statisticsCount": "1",
            "statisticsSize": "2", "needsUpgrade": "false", "searchIndexesNeedRebuild": "false",
        ]
        let written = fields.filter { $0.key != field }.map { #""\#($0.key)": \#($0.value)"# }
        let (page, _) = try await page(#"[{"id": 1, \#(written.joined(separator: ", "))}]"#)
        let families = [
            "mailstore_store_state", "mailstore_store_error", "mailstore_store_messages", "mailstore_store_size_bytes",
            "mailstore_store_needs_upgrade", "mailstore_store_search_indexes_need_rebuild",
        ]
        for family in families { #expect(page.has(family, ["store_id": "1"]) == !lost.contains(family)) }
        #expect(page.value("mailstore_stores") == 1)
        #expect(page.value("mailstore_collector_success", ["collector": "stores"]) == 1)
    }

    @Test("no stores at all is a number too")
    func none() async throws {
        let (page, _) = try await page("[]")
        #expect(page.value("mailstore_stores") == 0)
    }

    @Test("a text in the error field is an error of the store; an empty one is none")
    func errors() async throws {
        let (page, _) = try await page(#"[{"id": 1, "error": "Database is locked."}, {"id": 2, "error": ""}]"#)
        #expect(page.value("mailstore_store_error", ["store_id": "1"]) == 1)
        #expect(page.value("mailstore_store_error", ["store_id": "2"]) == 0)
    }

    @Test("a state that nobody knows is shown as it came and counted; spelling does not matter for a known one")
    func unknownState() async throws {
        let (page, bench) = try await page(
            #"[{"id": 1, "requestedState": "Read Only"}, {"id": 2, "requestedState": "WRITEPROTECTED"}]"#)
        #expect(page.state("mailstore_store_state", "state", ["store_id": "1"]) == "readOnly")
        #expect(page.all("mailstore_store_state", ["store_id": "1"]).count == 5)
        #expect(page.state("mailstore_store_state", "state", ["store_id": "2"]) == "writeProtected")
        #expect(page.value("mailstore_api_unknown_values_total", ["field": "requestedState"]) == 1)
        await bench.collect(.stores)
        #expect(try bench.page.value("mailstore_api_unknown_values_total", ["field": "requestedState"]) == 2)
    }

    @Test("more than 32 states become other")
    func manyStates() async throws {
        let stores = (0..<40).map { #"{"id": \#($0), "requestedState": "state\#($0)"}"# }
        let (page, _) = try await page("[\(stores.joined(separator: ","))]")
        // 28 beside the four that are known.
        #expect(page.state("mailstore_store_state", "state", ["store_id": "27"]) == "state27")
        #expect(page.state("mailstore_store_state", "state", ["store_id": "28"]) == "other")
        #expect(Set(page.all("mailstore_store_state").compactMap { $0.labels["state"] }).count == 33)
    }

    @Test("a store that comes twice is shown as it came first, and the rest is counted")
    func duplicate() async throws {
        let (page, bench) = try await page(
            #"""
            [{"id": 1, "name": "A", "statisticsCount": 10, "requestedState": "current"},
            {"id": 1, "name": "A", "statisticsCount": 20, "requestedState": "normal"}]
            """#)
        #expect(page.value("mailstore_store_messages", ["store_id": "1"]) == 10)
        #expect(page.state("mailstore_store_state", "state", ["store_id": "1"]) == "current")
        // The second number of messages and the second state.
        #expect(bench.sink.duplicates == 2)
        #expect(page.value("mailstore_collector_success", ["collector": "stores"]) == 1)
    }

    @Test("names stay off the page where privacy asks for it")
    func hiddenNames() async throws {
        let (page, _) = try await page(#"[{"id": 1, "name": "Miller & Sons", "statisticsCount": 1}]"#, hidesNames: true)
        #expect(page.value("mailstore_store_messages", ["store_id": "1"]) == 1)
        #expect(!page.text.contains("Miller"))
        #expect(page.series.allSatisfy { $0.labels["store_name"] == nil })
    }

    @Test("a deleted store is gone from the next page, its verifications too")
    func deleted() async throws {
        let bench = try TargetBench()
        bench.server.answer(
            .getStores, .result(#"[{"id": 1, "statisticsCount": 1}, {"id": 2, "statisticsCount": 2}]"#),
            .result(#"[{"id": 2, "statisticsCount": 2}]"#))
        await bench.collect(.stores, .jobs)
        #expect(try bench.page.has("mailstore_verification_runs_total", ["store_id": "1"]))
        await bench.collect(.stores)
        #expect(try !bench.page.text.contains(#"store_id="1""#))
        #expect(try bench.page.has("mailstore_verification_runs_total", ["store_id": "2"]))
    }
}
