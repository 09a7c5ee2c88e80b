import Testing

@testable import MailStoreAPI

@Suite("GetJobs")
struct JobTests {
    private static func schedule(_ change: (inout JobSchedule) -> Void) -> JobSchedule {
        var schedule = JobSchedule()
        change(&schedule)
        return schedule
    }

    @Test("a job with every field is read, the unknown ones passed over")
    func full() throws {
        let job = try Job(
            #"""
            {"id": 2, "name": "Verify", "owner": "admin", "action": "VerifyStores --includeIndexes=false",
            "enabled": true, "interval": null, "time": "03:00", "dayOfWeek": "Sunday", "dayOfMonth": "Last",
            "date": null, "timeZoneId": "$Local", "results": [{"id": 5}]}
            """#)
        let schedule = Self.schedule {
            $0.time = "03:00"
            $0.dayOfWeek = "Sunday"
            $0.dayOfMonth = "Last"
        }
        let expected = Job(
            id: "2", name: "Verify", action: JobAction("VerifyStores --includeIndexes=false"), enabled: true,
            schedule: schedule)
        #expect(job == expected)
    }

    @Test(
        "an unusable field counts as absent",
        arguments: [
            #"{"id": 1}"#,
            #"{"id": "1", "name": null, "action": null, "enabled": null, "interval": null, "time": null}"#,
            #"{"id": 1, "name": {}, "action": ["x"], "enabled": 7, "interval": [5], "time": {"h": 3}}"#,
            #"{"id": 1, "enabled": "perhaps", "interval": "now and then", "time": "", "dayOfWeek": "", "dayOfMonth": ""}"#,
        ])
    func lenient(document: String) throws {
        #expect(try Job(document) == Job(id: "1"))
    }

    @Test(
        "booleans and numbers may stand in strings",
        arguments: [
            (#"{"id": 1, "enabled": "True"}"#, true, nil), (#"{"id": 1, "enabled": "false"}"#, false, nil),
            (#"{"id": 1, "interval": "15"}"#, nil, 15), (#"{"id": 1, "interval": 7.5}"#, nil, 7.5),
        ] as [(String, Bool?, Double?)])
    func strings(document: String, enabled: Bool?, minutes: Double?) throws {
        let job = try Job(document)
        #expect(job.enabled == enabled)
        #expect(job.schedule.intervalMinutes == minutes)
    }

    @Test(
        "an interval that is none is passed over and never overflows a duration",
        arguments: [
            "0", "-5", "1e300", "1e20", "1e999", #""inf""#, #""-infinity""#, #""nan""#, #""1e308""#, "1e-300",
            #""0x10""#, #""every 0 minutes""#,
        ])
    func absurdIntervals(interval: String) throws {
        let job = try Job(#"{"id": 1, "interval": \#(interval)}"#)
        #expect(job.schedule.intervalMinutes == nil)
        #expect(job.schedule.expectedInterval == nil)
    }

    @Test(
        "a job without a usable id is an error",
        arguments: [
            (#"{"name": "A"}"#, "a job has no id (at byte 13)"),
            (#"{"id": null}"#, "id: expected a number or a string, found null (at byte 7)"),
            ("[]", "expected an object, found an array (at byte 0)"),
        ])
    func noID(document: String, description: String) {
        #expect(failure(of: document, as: Job.self) == description)
    }
}

@Suite("How often a job is expected to run")
struct JobScheduleTests {
    /// What a schedule says, and the longest time between two runs in hours.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var schedule = JobSchedule()
        var hours: Double?

        init(_ description: String, hours: Double?, _ change: (inout JobSchedule) -> Void) {
            testDescription = description
            self.hours = hours
            change(&schedule)
        }
    }

    static let cases = [
        Case("nothing", hours: nil) { _ in },
        Case("every 30 minutes", hours: 0.5) { $0.intervalMinutes = 30 },
        Case("an interval wins over a time", hours: 1) {
            $0.intervalMinutes = 60; $0.time = "03:00"
        },
        Case("daily", hours: 24) { $0.time = "03:00" },
        Case("weekly", hours: 7 * 24) {
            $0.time = "03:00"; $0.dayOfWeek = "Sunday"
        },
        Case("monthly, on a day", hours: 31 * 24) {
            $0.time = "03:00"; $0.dayOfMonth = "1"
        },
        Case("monthly, on the last Sunday", hours: 35 * 24) {
            $0.time = "03:00"
            $0.dayOfMonth = "Last"
            $0.dayOfWeek = "Sunday"
        },
        Case("once", hours: nil) {
            $0.time = "03:00"; $0.date = "2026-01-31"
        },
        Case("an interval of no length", hours: nil) { $0.intervalMinutes = 0 },
        Case("an interval before the last", hours: nil) { $0.intervalMinutes = -1 },
        Case("an interval beyond all bounds", hours: nil) { $0.intervalMinutes = .greatestFiniteMagnitude },
        Case("an endless interval", hours: nil) { $0.intervalMinutes = .infinity },
        Case("an interval that is no number", hours: nil) { $0.intervalMinutes = .nan },
    ]

    @Test("follows from its schedule", arguments: cases)
    func expectedInterval(of example: Case) {
        #expect(example.schedule.expectedInterval == example.hours.map { .seconds($0 * 3600) })
    }
}

@Suite("The action of a job")
struct JobActionTests {
    @Test(
        "is named by its first word",
        arguments: [
            ("VerifyStores", "VerifyStores"), ("VerifyStores --includeIndexes=false", "VerifyStores"),
            ("  \tCreateBackup --path \"D:\\x\"", "CreateBackup"), ("", ""), (" \r\n ", ""), ("a\u{A0}b", "a"),
        ])
    func name(line: String, expected: String) {
        #expect(JobAction(line).name == expected)
        #expect(JobAction(line).commandLine == line)
    }

    @Test(
        "has options, written in several ways",
        arguments: [
            ("VerifyStore --id=11", "11"), ("VerifyStore --id 11", "11"), ("VerifyStore --ID=\"11\"", "11"),
            ("VerifyStore --includeIndexes=false --id='11'", "11"), ("VerifyStore --id=1=1", "1=1"),
            ("VerifyStore --id= --x", ""), ("VerifyStore --id", nil), ("VerifyStore", nil), ("", nil),
            ("VerifyStore id=11", nil), ("VerifyStore --ids=11", nil), ("VerifyStore -- id", nil),
            ("--id=5", nil), ("VerifyStore --id=1 --id=2", "1"),
        ] as [(String, String?)])
    func options(line: String, id: String?) {
        #expect(JobAction(line).option("id") == id)
    }

    @Test(
        "tells what it verifies",
        arguments: [
            ("VerifyStores", .allStores), ("verifystores --includeIndexes=true", .allStores),
            ("VerifyStore --id=7 --includeIndexes=false", .store(id: "7")), ("VerifyStore --id 7", .store(id: "7")),
            ("VerifyStore", nil), ("CompactStore --id=7", nil), ("VerifyStoresX", nil), ("", nil),
        ] as [(String, VerificationScope?)])
    func verification(line: String, scope: VerificationScope?) {
        #expect(JobAction(line).verification == scope)
    }

    @Test("is looked at only as far as Windows takes a command line")
    func endless() {
        let filler = String(repeating: " x", count: 100_000)
        #expect(JobAction("VerifyStore --id=7" + filler).verification == .store(id: "7"))
        #expect(JobAction("VerifyStore" + filler + " --id=7").verification == nil)
        #expect(JobAction(String(repeating: " ", count: 100_000) + "VerifyStores").name == "")
    }
}
