import MailStoreAPI
import Testing

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
        "since its fields are guesses, one of another type is as good as absent",
        arguments: [
            #"{"id": 1}"#,
            #"{"id": "1", "name": null, "action": null, "enabled": null, "interval": null, "time": null}"#,
            #"{"id": 1, "name": {}, "action": ["x"], "enabled": 7, "interval": [5], "time": {"h": 3}}"#,
            #"{"id": 1, "enabled": "perhaps", "interval": "PT5M", "time": "", "dayOfWeek": "", "dayOfMonth": ""}"#,
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
        arguments: ["0", "-5", "1e300", "1e20", "1e999", #""inf""#, #""-infinity""#, #""nan""#, #""1e308""#, "1e-300"])
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
