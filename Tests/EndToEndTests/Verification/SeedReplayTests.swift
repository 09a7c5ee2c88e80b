import MailStoreSimulator
import Testing

@Suite("The exchange that the vendor's documentation prints", .timeLimit(.minutes(4)))
struct SeedReplayTests {
    private static func reply(_ token: String, _ version: Int, _ state: String, _ progress: String, _ log: String)
        -> String
    {
        // The page's Content-Length of 290 comes out with CRLF and the byte order mark that the server puts in front.
        [
            "{", #"  "error": null,"#, #"  "token": \#(token),"#, #"  "statusVersion": \#(version),"#,
            #"  "statusCode": "\#(state)","#, #"  "percentProgress": \#(progress),"#, #"  "statusText": null,"#,
            #"  "result": null,"#, #"  "logOutput": \#(log)"#, "}",
        ].joined(separator: "\r\n")
    }

    private static let token = "b3af0ebae4dd755d1a54b9756817baee"
    private static let begins = reply(
        "\"\(token)\"", 3, "running", "0",
        #""Verifying file group #11...\r\nCreating a list of messages to be verified...\r\n""#)
    private static let goesOn = reply(
        "\"\(token)\"", 9, "running", "0", #""  400 messages verified...\r\n""#)
    private static let ends = reply("null", 269, "succeeded", "null", "null")

    @Test("gives the documented calls, and the metrics of a verification that succeeded")
    func replay() async throws {
        try #require(Self.begins.utf8.count + 3 == 290)
        // The page's request holds nothing but the id: that is a server of years ago.
        let scene = try VerificationScene(messages: 400, speed: 1) { $0.oldServer = true }
        defer { scene.simulator.stop() }
        scene.simulator.inject(.body(Self.begins), for: "VerifyStore", times: 1)
        scene.simulator.inject(.body(Self.goesOn), for: "get-status", times: 2)
        scene.simulator.inject(.body(Self.ends), for: "get-status", times: 1)
        let exporter = try await scene.exporter(schedule: "* * * * *")
        try await eventually("the verification ended", tries: triesOfTwoMinutes) {
            try await !exporter.page().ownVerifications.isEmpty
        }
        let page = try await exporter.page()
        #expect(try await exporter.stop() == .exit(0))

        let calls = Array(scene.calls.prefix(4))
        #expect(calls.map(\.function) == ["VerifyStore", "get-status", "get-status", "get-status"])
        #expect(calls[0].arguments == ["id": "11"])
        // The server repeats its last status, as it does where there is no news: the third poll asks for the same.
        for (call, version) in zip(calls.dropFirst(), ["3", "9", "9"]) {
            #expect(
                call.arguments == [
                    "token": Self.token, "lastKnownStatusVersion": version, "millisecondsTimeout": "5000",
                ])
        }
        #expect(calls.allSatisfy { $0.userName == "admin" })

        #expect(page.ownVerifications == ["succeeded": 1])
        let store: KeyValuePairs = ["target": "archive", "store_id": "11", "store_name": "Archive"]
        #expect(page.value("mailstore_verification_running", store) == 0)
        #expect(page.value("mailstore_verification_messages_verified", store) == 400)
        #expect(page.value("mailstore_verification_log_error_lines", store) == 0)
        #expect(page.value("mailstore_verification_progress_ratio", store) == nil)
        #expect(page.value("mailstore_verification_expected_interval_seconds", store) == 60)
        #expect(page.value("mailstore_verification_last_result", ["store_id": "11", "result": "succeeded"]) == 1)
        #expect(page.value("mailstore_verification_last_result", ["store_id": "11", "result": "failed"]) == 0)
        #expect((page.value("mailstore_api_requests_total", ["function": "get-status"]) ?? 0) == 3)
        #expect(page.errors("get-status", "bad_reply") == 0)
        #expect(scene.folder.read(scene.logs[0]) == VerificationScene.wholeLog(messages: 400))
    }
}
