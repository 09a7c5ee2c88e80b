import OperatingSystem
import Testing

@testable import MailStoreSimulator

@Suite("Results of profile and job runs")
struct RunResultsTests {
    static func bench(_ change: (inout SimulatorOptions) -> Void = { _ in }) throws -> Bench {
        let bench = Bench {
            $0.isAlive = false
            change(&$0)
        }
        for (hour, result) in [(8, "succeeded"), (9, "failed"), (7, "cancelled")] {
            let start = try #require(CivilDateTime(parsing: "2025-10-13T0\(hour):00:00")).seconds
            bench.core.world.add(
                runOf: hour, startTime: start, completeTime: start + 60, result: result, itemsArchived: hour)
            bench.core.world.add(runOfJob: hour, startTime: start, completeTime: start + 60, result: result)
        }
        return bench
    }

    static func window(_ from: String, _ to: String, zone: String = "UTC") -> [String: String] {
        [
            "fromIncluding": "2025-10-13T\(from)", "toExcluding": "2025-10-13T\(to)", "timeZoneID": zone,
            "timeZoneId": zone,
        ]
    }

    @Test("profile runs come oldest first, job runs newest first")
    func order() throws {
        let bench = try Self.bench()
        let all = Self.window("00:00:00", "23:00:00")
        let profiles = bench.invoke("GetWorkerResults", all).result
        #expect(profiles.elements.compactMap { $0["profileId"]?.number } == [7, 8, 9])
        let jobs = bench.invoke("GetJobResults", all).result
        #expect(jobs.elements.compactMap { $0["jobId"]?.number } == [9, 8, 7])
        bench.core.options.quirks = .none
        #expect(bench.invoke("GetJobResults", all).result[0]?["jobId"] == 7)
    }

    @Test("rows have the documented fields")
    func fields() throws {
        let bench = try Self.bench()
        let all = Self.window("00:00:00", "23:00:00")
        #expect(
            bench.invoke("GetWorkerResults", all).result[0] == [
                "id": 3, "startTime": "2025-10-13T07:00:00", "completeTime": "2025-10-13T07:01:00", "profileId": 7,
                "profileName": "Profile 7", "machineName": "MAILSTORE", "userName": "admin", "itemsArchived": 7,
                "result": "cancelled",
            ])
        #expect(
            bench.invoke("GetJobResults", all).result[2] == [
                "jobResultId": 3, "jobId": 7, "action": "SendStatusReport", "startTime": "2025-10-13T07:00:00",
                "completeTime": "2025-10-13T07:01:00", "result": "cancelled",
            ])
    }

    @Test(
        "ranges are half open, by completion or by start",
        arguments: [
            (Quirks.Selection.completion, "08:01:00", "09:01:00", [8]), (.completion, "08:01:01", "09:01:01", [9]),
            (.start, "08:00:00", "09:00:00", [8]), (.start, "08:00:01", "09:00:01", [9]),
            (.start, "09:00:00", "08:00:00", []),
        ])
    func ranges(selection: Quirks.Selection, from: String, to: String, ids: [Int]) throws {
        let bench = try Self.bench { $0.quirks.resultsSelectedBy = selection }
        let rows = bench.invoke("GetWorkerResults", Self.window(from, to)).result
        #expect(rows.elements.compactMap { $0["profileId"]?.number } == ids)
        let jobs = bench.invoke("GetJobResults", Self.window(from, to)).result
        #expect(jobs.elements.compactMap { $0["jobId"]?.number } == ids)
    }

    @Test(
        "the time zone counts for the range and for the times returned",
        arguments: [
            ("$Local", "2025-10-13T10:00:00"), ("W. Europe Standard Time", "2025-10-13T10:00:00"),
            ("India Standard Time", "2025-10-13T13:30:00"), ("UTC", "2025-10-13T08:00:00"),
        ])
    func zones(zone: String, start: String) throws {
        let bench = try Self.bench()
        var arguments = Self.window("00:00:00", "23:59:59", zone: zone)
        arguments["jobId"] = "8"
        let rows = bench.invoke("GetJobResults", arguments).result
        #expect(rows.elements.compactMap { $0["startTime"]?.text } == [start])
        let none = Self.window("00:00:00", String(start.dropFirst(11)), zone: zone)
        #expect(!bench.invoke("GetJobResults", none).result.elements.contains { $0["jobId"] == 8 })
    }

    @Test("a server that does not know UTC still knows its own zone")
    func withoutUTC() throws {
        let bench = try Self.bench { $0.quirks.knowsUTC = false }
        let utc = bench.invoke("GetJobResults", Self.window("00:00:00", "23:00:00"))
        #expect(utc.error?.exception == "System.TimeZoneNotFoundException")
        #expect(bench.invoke("GetJobResults", Self.window("00:00:00", "23:00:00", zone: "$Local")).error == nil)
    }

    @Test("results can be filtered by profile, user and job")
    func filters() throws {
        let bench = try Self.bench()
        var arguments = Self.window("00:00:00", "23:00:00")
        arguments["profileID"] = "9"
        arguments["jobId"] = "9"
        #expect(bench.invoke("GetWorkerResults", arguments).result.elements.count == 1)
        #expect(bench.invoke("GetJobResults", arguments).result.elements.count == 1)
        arguments["userName"] = "nobody"
        #expect(bench.invoke("GetWorkerResults", arguments).result.elements.isEmpty)
    }

    @Test("a range with too many rows fails, its halves do not")
    func wideWindow() throws {
        let bench = try Self.bench { $0.quirks.workerResultsLimit = 2 }
        let whole = bench.invoke("GetWorkerResults", Self.window("00:00:00", "23:00:00"))
        #expect(
            whole.error
                == APIFailure("System.InvalidOperationException", "Nullable object must have a value."))
        #expect(bench.invoke("GetWorkerResults", Self.window("00:00:00", "08:00:00")).result.elements.count == 1)
        #expect(bench.invoke("GetWorkerResults", Self.window("08:00:00", "23:00:00")).result.elements.count == 2)
        #expect(bench.invoke("GetJobResults", Self.window("00:00:00", "23:00:00")).error == nil)
    }

    @Test("thirty days of history are too wide a range, a week is not")
    func history() {
        let bench = Bench(history: 30)
        var arguments = ["fromIncluding": "2025-09-01T00:00:00", "toExcluding": "2025-10-15T00:00:00"]
        arguments["timeZoneID"] = "UTC"
        #expect(bench.invoke("GetWorkerResults", arguments).error == .nullableObject)
        arguments["fromIncluding"] = "2025-10-07T00:00:00"
        #expect(bench.invoke("GetWorkerResults", arguments).result.elements.count > 200)
    }
}
