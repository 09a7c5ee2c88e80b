import MailStoreAPI
import Testing

@Suite("GetJobResults and GetWorkerResults")
struct RunResultTests {
    @Test("a run of a job is read")
    func job() throws {
        let run = try JobResult(
            #"""
            {"jobResultId": 812, "jobId": 3, "action": "ProcessRetentionPolicies", "machineName": "M",
            "startTime": "2026-01-31T03:00:00", "completeTime": "2026-01-31T03:00:07.5Z", "result": "succeeded"}
            """#)
        #expect(run.id == "812")
        #expect(run.jobID == "3")
        #expect(run.action == JobAction("ProcessRetentionPolicies"))
        #expect(run.startTime == ServerDateTime("2026-01-31T03:00:00"))
        #expect(run.completeTime == ServerDateTime("2026-01-31T03:00:07.5Z"))
        #expect(run.result == "succeeded")
    }

    @Test("a run of a profile is read")
    func profile() throws {
        let run = try WorkerResult(
            #"""
            {"id": "r-9", "startTime": "2026-01-31T03:00:00", "completeTime": "2026-01-31T03:10:00", "profileId": 5,
            "profileName": "Exchange", "machineName": "M", "userName": null, "itemsArchived": 31,
            "result": "completedWithErrors"}
            """#)
        #expect(run.id == "r-9")
        #expect(run.profileID == "5")
        #expect(run.profileName == "Exchange")
        #expect(run.startTime == ServerDateTime("2026-01-31T03:00:00"))
        #expect(run.completeTime == ServerDateTime("2026-01-31T03:10:00"))
        #expect(run.itemsArchived == 31)
        #expect(run.result == "completedWithErrors")
    }

    @Test("what a run leaves out is absent")
    func sparse() throws {
        let job = try JobResult(
            #"""
            {"jobResultId": 1, "jobId": "3", "action": null, "startTime": null, "completeTime": null, "result": null}
            """#)
        #expect(job.id == "1" && job.jobID == "3")
        #expect(job.action == nil && job.startTime == nil && job.completeTime == nil && job.result == nil)

        let run = try WorkerResult(#"{"profileId": 5, "startTime": "2026-01-31T03:00:00", "itemsArchived": null}"#)
        #expect(run.id == nil && run.profileID == "5" && run.startTime != nil)
        #expect(run.profileName == nil && run.completeTime == nil && run.itemsArchived == nil && run.result == nil)
    }

    @Test(
        "a result word nobody has seen is kept as it came",
        arguments: ["succeeded", "threadAbort", "Completed With Warnings", "", "zurückgestellt"])
    func words(word: String) throws {
        #expect(try JobResult(#"{"jobResultId": 1, "jobId": 3, "result": "\#(word)"}"#).result == word)
        #expect(try WorkerResult(#"{"id": 1, "profileId": 3, "result": "\#(word)"}"#).result == word)
    }

    @Test(
        "a run of a job that cannot be told from others is an error",
        arguments: [
            (#"{"jobResultId": 1}"#, "a result has no jobId (at byte 18)"),
            (#"{"jobResultId": 1, "jobId": null}"#, "jobId: expected a number or a string, found null (at byte 28)"),
            (
                #"{"jobId": 3, "result": "failed"}"#,
                "a result has neither jobResultId nor startTime nor completeTime (at byte 32)"
            ),
            (
                #"{"jobId": 3, "jobResultId": null}"#,
                "a result has neither jobResultId nor startTime nor completeTime (at byte 33)"
            ),
            (#"{"jobId": [], "jobResultId": 1}"#, "jobId: expected a number or a string, found an array (at byte 10)"),
        ])
    func wrongJobs(document: String, description: String) {
        #expect(failure(of: document, as: JobResult.self) == description)
    }

    @Test(
        "a run of a profile that cannot be told from others is an error",
        arguments: [
            (#"{"id": 1}"#, "a result has no profileId (at byte 9)"),
            (#"{"profileId": 3}"#, "a result has neither id nor startTime nor completeTime (at byte 16)"),
            (#"{"profileId": [3]}"#, "profileId: expected a number or a string, found an array (at byte 14)"),
        ])
    func wrongProfiles(document: String, description: String) {
        #expect(failure(of: document, as: WorkerResult.self) == description)
    }

    @Test("a run with only one of its times is a run", arguments: ["startTime", "completeTime"])
    func oneTime(field: String) throws {
        let job = try JobResult(#"{"jobId": 3, "\#(field)": "2026-01-31T03:00:00"}"#)
        #expect(job.id == nil && (job.startTime == nil) != (job.completeTime == nil))
        let profile = try WorkerResult(#"{"profileId": 3, "\#(field)": "2026-01-31T03:00:00"}"#)
        #expect(profile.id == nil && (profile.startTime == nil) != (profile.completeTime == nil))
    }

    @Test("an empty text is no time", arguments: ["", " "])
    func emptyTime(text: String) throws {
        let run = try JobResult(#"{"jobResultId": 1, "jobId": 3, "startTime": "\#(text)", "completeTime": "\#(text)"}"#)
        #expect(run.startTime == nil && run.completeTime == nil)
    }

    @Test("machine and user tell two runs of a profile apart, and are not kept")
    func origin() throws {
        func run(_ fields: String) throws -> WorkerResult {
            try WorkerResult(#"{"profileId": 3, "startTime": "2026-01-31T03:00:00"\#(fields)}"#)
        }
        let origins = [
            try run(""), try run(#", "machineName": "A""#), try run(#", "userName": "A""#),
            try run(#", "machineName": "A", "userName": "B""#), try run(#", "machineName": "AB", "userName": """#),
        ].map(\.origin)
        #expect(Set(origins).count == origins.count)
        #expect(try run(#", "userName": "A""#).origin == run(#", "userName": "A", "profileName": "x""#).origin)
        #expect(!"\(try run(#", "userName": "secret-user""#))".contains("secret-user"))
    }

    @Test(
        "a run is read whatever the fields that counting does not need look like",
        arguments: [
            #""action": {"name": "VerifyStores"}"#, #""startTime": 1764000000"#, #""startTime": "31.01.2026 03:00""#,
            #""startTime": """#, #""completeTime": [], "startTime": true"#, #""result": []"#, #""result": null"#,
            #""result": "failed", "result": "succeeded""#, #""result": "succeeded", "RESULT": null"#,
            #""profileName": {}, "itemsArchived": "many""#, #""itemsArchived": -1"#, #""result": "a\x""#,
        ])
    func lenient(fields: String) throws {
        let job = try JobResult(#"{"jobResultId": 1, "jobId": 3, \#(fields)}"#)
        #expect(job.id == "1" && job.jobID == "3")
        #expect(job.action == nil && job.startTime == nil && job.completeTime == nil && job.result == nil)
        let run = try WorkerResult(#"{"id": 1, "profileId": 3, \#(fields)}"#)
        #expect(run.id == "1" && run.profileID == "3")
        #expect(run.startTime == nil && run.completeTime == nil && run.result == nil)
        #expect(run.profileName == nil && run.itemsArchived == nil)
    }

    @Test(
        "an id of 0 or less is none: it would make one run of all", arguments: ["0", "-1", "\"-1\"", "\" 0 \"", "-5.0"])
    func noRunID(id: String) throws {
        let times = #""startTime": "2026-01-31T03:00:00""#
        #expect(try JobResult(#"{"jobResultId": \#(id), "jobId": 3, \#(times)}"#).id == nil)
        #expect(try WorkerResult(#"{"id": \#(id), "profileId": 3, \#(times)}"#).id == nil)
    }
}
