import MailStoreSimulator
import Testing

@Suite("A fault of one function")
struct FunctionFaultTests {
    private static let others = Page.collectors.filter { $0 != "stores" }

    /// A server that is quite well, but for what the test orders.
    private func withScene(_ isProcess: Bool = false, _ body: (Scene) async throws -> Void) async throws {
        try await Scene.with { options in
            options.history = 2
            if isProcess {
                options.speed = 1
                options.isAlive = false
                options.quirks.runningFunctions = ["GetStores"]
            }
        } configure: { configuration in
            configuration.collection["max_reply_size"] = "1MiB"
        } _: { scene in
            try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            try await body(scene)
        }
    }

    @Test(
        "is counted by its reason, costs no other collector anything, and passes by itself",
        arguments: FaultCase.ofOneFunction)
    func isContained(_ fault: FaultCase) async throws {
        try await withScene(fault.isProcess) { scene in
            let reason = try #require(fault.reason)
            let before = try await scene.exporter.page()
            scene.simulator.inject(fault.fault, for: fault.function)
            let during = try await scene.exporter.page(until: "\(fault.name) is counted as \(reason)") { page in
                page.errors(fault.countedUnder, reason) > before.errors(fault.countedUnder, reason)
                    && page.value("mailstore_collector_success", ["collector": "stores"]) == 0
            }
            if let exception = fault.exception {
                let count = during.value(
                    "mailstore_api_error_structure_total", ["function": fault.countedUnder, "exception": exception])
                #expect(count ?? 0 >= 1)
            }
            // What was known of the stores stays, and the others go on.
            #expect(during.values("mailstore_store_messages").count == scene.simulator.state().stores.count)
            let name = "mailstore_collector_last_success_timestamp_seconds"
            let later = try await scene.exporter.page(until: "the others go on") { page in
                Self.others.allSatisfy { collector in
                    guard let new = page.value(name, ["collector": collector]),
                        let old = during.value(name, ["collector": collector])
                    else { return false }
                    return new > old
                }
            }
            #expect(later.succeeded(Self.others))
            #expect(later.value("mailstore_up") == 1)
            #expect(
                later.value(name, ["collector": "stores"]) == during.value(name, ["collector": "stores"]))

            scene.simulator.clearFaults()
            try await scene.exporter.page(until: "the stores are collected again") { $0.succeeded() }
            #expect(await scene.exporter.program.ending() == nil)
        }
    }

    @Test("is none where a field that may be missing is missing: it costs its own series alone")
    func missingField() async throws {
        try await withScene { scene in
            scene.simulator.inject(.missingField("statisticsCount"), for: "GetStores")
            let page = try await scene.exporter.page(until: "the numbers of messages are gone") {
                $0.values("mailstore_store_messages").isEmpty
            }
            #expect(page.succeeded())
            #expect(page.values("mailstore_store_size_bytes").count == scene.simulator.state().stores.count)
            #expect(page.errors("GetStores", "bad_reply") == 0)
        }
    }

    @Test("is none where a state is a new word: it is shown and counted")
    func unknownState() async throws {
        try await withScene { scene in
            scene.simulator.inject(.replaced(field: "requestedState", text: "DeepFrozen"), for: "GetStores")
            let page = try await scene.exporter.page(until: "the new word is shown") {
                $0.values("mailstore_store_state", ["state": "deepFrozen"]) == [1, 1, 1, 1]
            }
            #expect(page.succeeded())
            #expect(page.value("mailstore_api_unknown_values_total", ["field": "requestedState"]) ?? 0 >= 4)
        }
    }

    @Test("is none where an answer is merely slow")
    func delay() async throws {
        try await withScene { scene in
            scene.simulator.clearRequestLog()
            scene.simulator.inject(.delay(0.5), for: "GetStores")
            try await eventually("the slow answer was sent") {
                scene.simulator.requestLog().contains {
                    $0.function == "GetStores" && $0.fault != nil && $0.status == 200
                }
            }
            let page = try await scene.exporter.page()
            #expect(page.succeeded())
            #expect(page.errors("GetStores", "timeout") == 0)
        }
    }
}
