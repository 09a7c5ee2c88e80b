import MailStoreAPI
import TestSupport
import Testing

@testable import Collection

@Suite("The profiles' collector shows each profile, its runs and what they archived")
struct ProfilesCollectorTests {
    private let profiles = #"""
        [{"id": 2, "name": "Mailboxes", "serverSideExecution": {"automatic": true}, "details": {"host": "secret.host"}},
        {"id": 3, "name": "By hand", "serverSideExecution": {"automatic": false}}, {"id": 4}]
        """#
    /// 2025-12-31T00:00:00Z.
    private let newYearsEve = 1_767_139_200.0

    private func bench(_ results: String...) async throws -> TargetBench {
        let bench = try TargetBench()
        bench.server.answer(.getProfiles, .result(profiles))
        bench.server.answer(.getWorkerResults, .result("[" + results.joined(separator: ",") + "]"))
        await bench.collect(.profiles)
        return bench
    }

    @Test("profiles are asked for raw, and nothing of their details is shown")
    func details() async throws {
        let bench = try await bench()
        #expect(bench.server.calls(of: .getProfiles).map(\.arguments) == [["raw": "true"]])
        #expect(try !bench.page.text.contains("secret"))
    }

    @Test("automatic ones are told from those that are run by hand, and from those of which nobody knows")
    func automatic() async throws {
        let page = try await bench().page
        #expect(page.value("mailstore_profile_automatic", ["profile_id": "2"]) == 1)
        #expect(page.value("mailstore_profile_automatic", ["profile_id": "3"]) == 0)
        #expect(page.value("mailstore_profile_automatic", ["profile_id": "4"]) == nil)
        #expect(page.all("mailstore_profile_runs_total", ["profile_id": "4"]).count == 7)
    }

    @Test("items add up; a success that archives nothing leaves the last run that did")
    func items() async throws {
        let page = try await bench(
            OutcomeReplies.profile(1, of: 2, "30T10:00", "30T10:05", "succeeded", items: 100),
            OutcomeReplies.profile(2, of: 2, "31T10:00", "31T10:05", "completedWithErrors", items: 20),
            OutcomeReplies.profile(3, of: 2, "31T11:00", "31T11:01", "succeeded", items: 0)
        ).page
        let labels = ["profile_id": "2", "profile_name": "Mailboxes"]
        #expect(page.value("mailstore_profile_items_archived_total", labels) == 120)
        #expect(page.value("mailstore_profile_last_items_archived", labels) == 0)
        #expect(
            page.value("mailstore_profile_last_nonzero_run_timestamp_seconds", labels)
                == newYearsEve + 10 * 3600 + 300)
        #expect(page.state("mailstore_profile_last_result", "result", labels) == "succeeded")
        #expect(page.value("mailstore_profile_last_duration_seconds", labels) == 60)
        #expect(page.value("mailstore_profile_consecutive_failures", labels) == 0)
    }

    @Test("a profile that never ran has no last-success series, and its totals at 0")
    func neverRan() async throws {
        let page = try await bench().page
        #expect(!page.has("mailstore_profile_last_success_timestamp_seconds"))
        #expect(!page.has("mailstore_profile_last_items_archived"))
        #expect(!page.has("mailstore_profile_last_nonzero_run_timestamp_seconds"))
        #expect(page.value("mailstore_profile_items_archived_total", ["profile_id": "2"]) == 0)
    }

    @Test("a run that does not say how much it archived costs that series only")
    func unknownItems() async throws {
        let page = try await bench(
            OutcomeReplies.profile(1, of: 2, "31T10:00", "31T10:05", "succeeded", items: nil)
        ).page
        #expect(!page.has("mailstore_profile_last_items_archived"))
        #expect(page.value("mailstore_profile_items_archived_total", ["profile_id": "2"]) == 0)
        #expect(page.value("mailstore_profile_last_duration_seconds", ["profile_id": "2"]) == 300)
    }

    @Test("a run without an id is known by its start")
    func withoutID() async throws {
        let run = #"""
            {"profileId": 2, "startTime": "2025-12-31T10:00:00", "completeTime": "2025-12-31T10:05:00",
            "itemsArchived": 5, "result": "succeeded"}
            """#
        let bench = try await bench(run)
        await bench.collect(.profiles)
        #expect(try bench.page.value("mailstore_profile_runs_total", ["profile_id": "2", "result": "succeeded"]) == 1)
    }

    @Test("the zone is spelled as GetWorkerResults alone spells it, and the range reaches over the lookback")
    func arguments() async throws {
        let bench = try await bench()
        let arguments = bench.server.calls(of: .getWorkerResults).map(\.arguments)
        // The lookback of 35 days before the first of January and a day after it.
        #expect(
            arguments == [
                [
                    "fromIncluding": "2025-11-27T00:00:00", "toExcluding": "2026-01-02T00:00:00", "timeZoneID": "UTC",
                ]
            ])
    }

    @Test("a deleted profile is gone from the next page, its totals too")
    func deleted() async throws {
        let bench = try await bench(OutcomeReplies.profile(1, of: 2, "31T10:00", "31T10:05", "succeeded", items: 9))
        bench.server.answer(.getProfiles, .result(#"[{"id": 3, "name": "By hand"}]"#))
        await bench.collect(.profiles)
        #expect(try !bench.page.text.contains(#"profile_id="2""#))
        #expect(try !bench.page.text.contains(#"profile_id="4""#))
        #expect(try bench.page.has("mailstore_profile_runs_total", ["profile_id": "3"]))
    }
}
