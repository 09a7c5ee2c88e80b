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

    @Test("is none where one row or one field is odd: it costs itself, and the log and the page name it")
    func oddRow() async throws {
        try await withScene { scene in
            let stores = scene.simulator.state().stores.count
            scene.simulator.inject(.oddRow(json: #"{"id": null, "name": "lost"}"#), for: "GetStores", times: 1)
            scene.simulator.inject(.oddField("statisticsSize", json: "[5]"), for: "GetStores")
            let page = try await scene.exporter.page(until: "the size of one store is gone") {
                $0.values("mailstore_store_size_bytes").count == stores - 1
            }
            #expect(page.succeeded())
            #expect(page.values("mailstore_store_messages").count == stores)
            #expect(page.value("mailstore_api_skipped_rows_total", ["function": "GetStores"]) == 1)
            #expect(scene.exporter.log.contains("rows of a reply cannot be used"))
            #expect(scene.exporter.log.contains("result[\(stores)].id: expected a number or a string, found null"))
            #expect(scene.exporter.log.contains("result[\(stores - 1)].statisticsSize"))
            try await eventually("the status page names the field") {
                try await scene.exporter.get("/targets/archive").text.contains("].statisticsSize: expected a number")
            }
        }
    }

    @Test("is none where names are endless: they are cut")
    func longNames() async throws {
        try await withScene { scene in
            scene.simulator.inject(.longNames(length: 60_000), for: "*")
            let page = try await scene.exporter.page(until: "the names are cut") { page in
                page.samples.keys.contains { $0.labels["store_name"]?.hasSuffix("x…") == true }
            }
            #expect(page.values("mailstore_store_messages").count == scene.simulator.state().stores.count)
            #expect(page.samples.keys.allSatisfy { $0.labels.values.allSatisfy { $0.utf8.count <= 1024 } })
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

/// A fault of one function, and what is to be seen of it.
struct FaultCase: Sendable, CustomTestStringConvertible {
    var name: String
    var fault: Fault
    /// The reason that is counted; `nil` where the fault is none for the exporter.
    var reason: String?
    /// The function that the error is counted under, where it is not the one that is spoilt.
    var countedUnder = "GetStores"
    /// The exception type that is counted.
    var exception: String?
    /// Whether GetStores answers as a long process.
    var isProcess = false
    /// The function that is spoilt.
    var function = "GetStores"

    var testDescription: String { name }

    static let ofOneFunction: [FaultCase] = [
        FaultCase(
            name: "an error structure",
            fault: .error(exception: "System.IO.IOException", message: "Das Netzlaufwerk ist weg."),
            reason: "api_error", exception: "System.IO.IOException"),
        FaultCase(name: "HTTP status 500", fault: .status(500), reason: "http_status"),
        FaultCase(name: "HTTP status 404", fault: .status(404), reason: "http_status"),
        FaultCase(name: "HTTP status 403", fault: .status(403), reason: "forbidden"),
        FaultCase(name: "a server that hangs", fault: .hang, reason: "timeout"),
        FaultCase(name: "an answer that comes too late", fault: .delay(6), reason: "timeout"),
        FaultCase(name: "a connection closed without an answer", fault: .disconnect, reason: "connect"),
        FaultCase(name: "a body that breaks off", fault: .truncate, reason: "bad_reply"),
        FaultCase(name: "half a JSON text", fault: .badJSON, reason: "bad_reply"),
        FaultCase(name: "a body over the limit", fault: .oversized(bytes: 3_000_000), reason: "too_large"),
        FaultCase(name: "a body without end", fault: .oversized(bytes: nil), reason: "too_large"),
        FaultCase(name: "a web page", fault: .html, reason: "bad_reply"),
        FaultCase(
            name: "a redirect", fault: .redirect(to: "https://127.0.0.1:9/api/invoke/GetStores"),
            reason: "http_status"),
        FaultCase(name: "rows without their ids", fault: .missingField("id"), reason: "bad_reply"),
        FaultCase(
            name: "a field that is no JSON", fault: .oddField("statisticsSize", json: "1,,"), reason: "bad_reply"),
        FaultCase(name: "a row that is no JSON", fault: .oddRow(json: "{\"id\": 9"), reason: "bad_reply"),
        FaultCase(
            name: "an object for a list", fault: .body(#"{"statusCode": "succeeded", "result": {}}"#),
            reason: "bad_reply"),
        FaultCase(name: "an empty body", fault: .body(""), reason: "bad_reply"),
        FaultCase(name: "an envelope that is null", fault: .body("null"), reason: "bad_reply"),
        FaultCase(name: "an array for an envelope", fault: .body("[]"), reason: "bad_reply"),
        FaultCase(
            name: "nesting without end", fault: .body(String(repeating: "[", count: 200_000)), reason: "bad_reply"),
        FaultCase(
            name: "an envelope without a status", fault: .missingField("envelope.statusCode"), reason: "bad_reply"),
        FaultCase(
            name: "a process whose token expires", fault: .expiredToken, reason: "http_status",
            countedUnder: "get-status", isProcess: true),
        FaultCase(
            name: "a process that never ends", fault: .endlessProcess, reason: "timeout", isProcess: true),
        FaultCase(
            name: "a status that never comes", fault: .hang, reason: "timeout", countedUnder: "get-status",
            isProcess: true, function: "get-status"),
        FaultCase(
            name: "a status that is a web page", fault: .html, reason: "bad_reply", countedUnder: "get-status",
            isProcess: true, function: "get-status"),
    ]

    /// Faults of the whole server: the reason is that of its heartbeat.
    static let ofAllFunctions: [FaultCase] = [
        FaultCase(name: "HTTP status 503 everywhere", fault: .status(503), reason: "http_status"),
        FaultCase(name: "a server that hangs altogether", fault: .hang, reason: "timeout"),
        FaultCase(name: "connections that are all closed", fault: .disconnect, reason: "connect"),
        FaultCase(name: "bodies that all break off", fault: .truncate, reason: "bad_reply"),
        FaultCase(name: "web pages everywhere", fault: .html, reason: "bad_reply"),
        FaultCase(
            name: "redirects everywhere", fault: .redirect(to: "https://127.0.0.1:9/"), reason: "http_status"),
        FaultCase(name: "HTTP status 403 everywhere", fault: .status(403), reason: "forbidden"),
        FaultCase(name: "bodies that all have no end", fault: .oversized(bytes: nil), reason: "too_large"),
    ]
}
