import Testing

@testable import MailStoreSimulator

@Suite("Arguments")
struct ArgumentRulesTests {
    static let range = ["fromIncluding": "2025-10-01T00:00:00", "toExcluding": "2025-10-15T00:00:00"]

    @Test(
        "a missing mandatory argument is named",
        arguments: [
            ("GetProfiles", [:], "raw"), ("GetWorkerResults", range, "timeZoneID"),
            ("GetWorkerResults", range.merging(["timeZoneId": "UTC"]) { $1 }, "timeZoneID"),
            ("GetJobResults", range.merging(["timeZoneID": "UTC"]) { $1 }, "timeZoneId"),
            ("GetJobResults", ["timeZoneId": "UTC"], "fromIncluding"), ("VerifyStore", ["id": "1"], "includeIndexes"),
            ("VerifyStores", [:], "includeIndexes"),
        ])
    func missing(function: String, arguments: [String: String], name: String) {
        let bench = Bench()
        let envelope = bench.invoke(function, arguments)
        #expect(envelope.statusCode == "failed")
        #expect(envelope.error == APIFailure("System.Exception", "Missing API argument \(name)."))
    }

    @Test(
        "a value of the wrong type is rejected",
        arguments: [
            ("GetStores", ["includeSize": "True"], "System.FormatException"),
            ("GetStores", ["includeSize": "1"], "System.FormatException"),
            ("GetStores", ["includeSize": ""], "System.ArgumentException"),
            ("VerifyStore", ["id": "one", "includeIndexes": "false"], "System.FormatException"),
            ("VerifyStore", ["id": "99", "includeIndexes": "false"], "System.ArgumentException"),
            ("GetJobResults", range.merging(["timeZoneId": "UTC", "jobId": ""]) { $1 }, "System.ArgumentException"),
            ("GetJobResults", range.merging(["timeZoneId": "UTC", "jobId": "0"]) { $1 }, "System.ArgumentException"),
            (
                "GetWorkerResults", range.merging(["timeZoneID": "UTC", "userName": ""]) { $1 },
                "System.ArgumentException"
            ),
            (
                "GetJobResults", range.merging(["timeZoneId": "Europe/Berlin"]) { $1 },
                "System.TimeZoneNotFoundException"
            ),
        ])
    func refused(function: String, arguments: [String: String], exception: String) {
        let bench = Bench()
        #expect(bench.invoke(function, arguments).error?.exception == exception)
    }

    @Test(
        "date-times with a zone, a fraction or another form fail as on real servers",
        arguments: [
            "2025-10-01T00:00:00Z", "2025-10-01T00:00:00.000", "2025-10-01", "2025-10-01T00:00:00+00:00",
        ])
    func dateTimes(text: String) {
        let bench = Bench()
        let envelope = bench.invoke(
            "GetJobResults", ["fromIncluding": text, "toExcluding": "2025-10-15T00:00:00", "timeZoneId": "UTC"])
        #expect(
            envelope.error
                == APIFailure("System.FormatException", "String was not recognized as a valid DateTime."))
    }

    @Test("the error structure has the message, the exception and a trace")
    func errorStructure() throws {
        let bench = Bench()
        let parsed = bench.reply("/api/invoke/GetProfiles")?.parsed
        let error = try #require(parsed?["error"] as? [String: String])
        #expect(parsed?["statusCode"] as? String == "failed")
        #expect(error["message"] == "Missing API argument raw.")
        #expect(error["details"]?.hasPrefix("System.Exception: Missing API argument raw.\r\n   at ") == true)
    }

    @Test("messages are in the server's language, exceptions are not")
    func language() {
        let bench = Bench { $0.quirks.language = .german }
        let failure = bench.invoke("GetProfiles").error
        #expect(failure == APIFailure("System.Exception", "Fehlendes API-Argument raw."))
    }

    @Test("a function that does not exist fails as a call", arguments: ["GetNothing", "getstores", "GETSTORES"])
    func unknownFunction(name: String) {
        let bench = Bench()
        let reply = bench.reply("/api/invoke/\(name)")
        #expect(reply?.status == 200)
        #expect(reply?.parsed?["statusCode"] as? String == "failed")
    }

    @Test("an old server has fewer functions and arguments")
    func oldServer() {
        let bench = Bench { $0.oldServer = true }
        let names = bench.core.functions.metadata.elements.compactMap { $0["name"]?.text }
        #expect(!names.contains("GetLicenseInformation"))
        #expect(names.contains("GetStores"))
        #expect(bench.invoke("GetLicenseInformation").statusCode == "failed")
        #expect(bench.invoke("VerifyStore", ["id": "1"]).statusCode == "running")
    }

    @Test("get-metadata returns types and which arguments are mandatory")
    func metadata() throws {
        let rows = FunctionTable(oldServer: false).metadata.elements
        let worker = try #require(rows.first { $0["name"] == "GetWorkerResults" })
        let arguments = try #require(worker["args"]).elements
        #expect(
            arguments.compactMap { $0["name"]?.text } == [
                "fromIncluding", "toExcluding", "timeZoneID", "profileID", "userName",
            ])
        #expect(arguments.map { $0["nullable"] } == [false, false, false, true, true])
        #expect(arguments.compactMap { $0["type"]?.text } == ["string", "string", "string", "number", "string"])
    }
}
