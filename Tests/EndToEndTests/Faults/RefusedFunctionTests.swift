import Foundation
import MailStoreSimulator
import Testing

@Suite("A function that the server refuses for ever")
struct RefusedFunctionTests {
    private static let functions = [(name: "GetUsers", collector: "users"), (name: "GetJobResults", collector: "jobs")]
    private static let collectors = ["server", "license", "users", "sessions", "stores", "jobs", "profiles"]

    @Test(
        "fails alone: the target stays up, and every other collector succeeds",
        arguments: functions, [401, 403])
    func failsAlone(function: (name: String, collector: String), status: Int) async throws {
        try await Scene.with {
            $0.history = 1
            $0.quirks.refusedFunctions = [function.name: status]
        } _: { scene in
            let reason = status == 401 ? "unauthorized" : "forbidden"
            let others = Self.collectors.filter { $0 != function.collector }
            try await scene.exporter.page(until: "the others succeed") { page in
                page.errors(function.name, reason) > 0 && Self.succeed(others, on: page)
            }
            // In no round after that is the target down or another collector held up.
            let calls = { scene.simulator.requestLog().count { $0.function == "GetServerInfo" } }
            let end = calls() + 5
            while calls() < end {
                let page = try await scene.exporter.page()
                #expect(page.value("mailstore_up") == 1)
                #expect(Self.succeed(others, on: page))
            }
            if status == 401 { #expect(scene.simulator.requestLog().count { $0.status == 401 } <= 2) }
            try await eventually("the log says that it is the function alone") {
                scene.exporter.log.contains("accepts the same login for other functions")
            }
        }
    }

    @Test(
        "is not taken for the end of all functions where the list of functions is of no use",
        arguments: [Quirks.Metadata.empty, .envelope, .lowerCase], [true, false])
    func uselessMetadata(form: Quirks.Metadata, compressed: Bool) async throws {
        try await Scene.with {
            $0.history = 1
            $0.quirks.metadata = form
            $0.quirks.compressesReplies = compressed
        } _: { scene in
            let page = try await scene.exporter.page(until: "everything is collected") {
                Self.succeed(Self.collectors, on: $0)
            }
            #expect(page.value("mailstore_up") == 1)
            let text = "lists no function"
            #expect(scene.exporter.log.components(separatedBy: text).count - 1 == (form == .empty ? 1 : 0))
        }
    }

    private static func succeed(_ collectors: [String], on page: Page) -> Bool {
        collectors.allSatisfy { page.value("mailstore_collector_success", ["collector": $0]) == 1 }
    }
}
