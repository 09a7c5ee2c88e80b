import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration
@testable import Ledger
@testable import OperatingSystem
@testable import Web

@Suite("Jobs, profiles and stores on the pages", .timeLimit(.minutes(1)))
struct OutcomePageTests {
    private static let runs = #"""
        [{"jobResultId": 1, "jobId": 7, "action": "CreateBackup", "startTime": "2025-12-29T03:00:00",
        "completeTime": "2025-12-29T03:05:00", "result": "succeeded"},
        {"jobResultId": 2, "jobId": 7, "action": "CreateBackup", "startTime": "2025-12-30T03:00:00",
        "completeTime": "2025-12-30T03:05:00", "result": "failed"},
        {"jobResultId": 3, "jobId": 8, "action": "VerifyStores", "startTime": "2025-12-31T03:00:00",
        "completeTime": "2025-12-31T04:30:00", "result": "succeeded"},
        {"jobResultId": 4, "jobId": 9, "action": "Compact", "startTime": "2025-12-31T03:00:00",
        "completeTime": "2025-12-31T04:30:00", "result": "Moonstruck"}]
        """#
    private static let jobs = #"""
        [{"id": 7, "name": "Nightly backup", "action": "CreateBackup --path=\"\\\\nas\\secret-share\"", "enabled": true,
        "time": "03:00"},
        {"id": 8, "name": "Verify", "action": "VerifyStores", "enabled": true, "time": "03:00"},
        {"id": 9, "name": "Compact", "action": "Compact", "enabled": false},
        {"id": 10, "name": "Never", "action": "SendReport", "enabled": true}]
        """#

    private func bench(_ change: (inout Configuration) -> Void = { _ in }) async throws -> PagesBench {
        let bench = try PagesBench(configuration: change)
        bench.server.answer(.getJobs, .result(Self.jobs))
        bench.server.answer(.getJobResults, .result(Self.runs))
        bench.server.answer(
            .getStores,
            .result(
                #"[{"id": 1, "name": "Archive 2025", "requestedState": "current", "statisticsCount": 1234567},"#
                    + #"{"id": 2, "name": "Old", "error": "Datei fehlt", "needsUpgrade": true}]"#))
        await bench.collect()
        return bench
    }

    private func job(_ id: String, in target: JSONObject) throws -> JSONObject {
        try #require(target["jobs"]?.items("items").first { $0.text("id") == id })
    }

    @Test("show the last runs as cells, the oldest on the left, with when, what and how long")
    func strip() async throws {
        let page = try await bench().page("/").text
        let cells =
            #"<i class="good" title="2025-12-29 03:05 UTC · succeeded · 5\#u{A0}min"></i>"#
            + #"<i class="bad" title="2025-12-30 03:05 UTC · failed · 5\#u{A0}min"></i>"#
        #expect(page.contains(cells))
        #expect(page.contains(#"role="img" aria-label="The last 2 runs: 1 failed, 1 succeeded.""#))
    }

    @Test("tell good from bad, late and unknown; an unknown result is not good")
    func health() async throws {
        let target = try await bench().json()
        let jobs = try #require(target["jobs"])
        #expect(jobs.number("total") == 4)
        #expect(jobs.number("failing") == 1)
        #expect(jobs.number("unknown") == 2)
        // Its last success is three days ago, and it is to run daily.
        #expect(jobs.number("late") == 1)
        let failed = try job("7", in: target)
        #expect(failed.text("health") == "bad")
        #expect(failed.text("lastResult") == "failed")
        #expect(failed.truth("isLate") == true)
        #expect(failed.text("lastSuccess") == "2025-12-29T03:05:00Z")
        #expect(failed.number("lastDurationSeconds") == 300)
        #expect(failed.number("expectedIntervalSeconds") == 86_400)
        #expect(failed.items("recentRuns").map { $0.text("result") } == ["succeeded", "failed"])
        #expect(try job("8", in: target).text("health") == "good")
        #expect(try job("9", in: target).text("health") == "unknown")
        #expect(try job("9", in: target).truth("enabled") == false)
        #expect(try job("10", in: target).text("health") == "unknown")
        #expect(try job("10", in: target).items("recentRuns").isEmpty)
    }

    @Test("name the command of a job without its arguments")
    func action() async throws {
        let bench = try await bench()
        for path in ["/", "/targets/archive", "/api/v1/status"] {
            let text = try await bench.page(path).text
            #expect(text.contains("CreateBackup"))
            #expect(!text.contains("secret-share"))
        }
    }

    @Test("show each store with its verifications and its own reports")
    func stores() async throws {
        let bench = try await bench()
        let stores = try #require(try await bench.json()["stores"])
        #expect(stores.items("items").map { $0.text("health") } == ["good", "bad"])
        #expect(stores.items("items").map { $0.text("lastResult") } == ["succeeded", "succeeded"])
        #expect(stores.items("items").last?.fields["needs"] as? [String] == ["error", "upgrade"])
        let page = try await bench.page("/").text
        #expect(page.contains("reports an error"))
        #expect(page.contains("1\u{202F}234\u{202F}567 messages"))
    }

    @Test("leave out the names where privacy.hide_names is set")
    func hiddenNames() async throws {
        let bench = try await bench { $0.hideNames = true }
        for path in ["/", "/targets/archive", "/api/v1/status"] {
            let text = try await bench.page(path).text
            #expect(!text.contains("Nightly backup"))
            #expect(!text.contains("Archive 2025"))
            #expect(text.contains("CreateBackup"))
        }
    }

    @Test("come worst first, a few on the status page and all on the target's own")
    func many() async throws {
        let bench = try PagesBench()
        let jobs = (1...5000).map { #"{"id": \#($0), "name": "Job number \#($0)", "enabled": true}"# }
        let runs = (1...5000).map {
            #"{"jobResultId": \#($0), "jobId": \#($0), "startTime": "2025-12-31T03:00:00", "#
                + #""completeTime": "2025-12-31T03:05:00", "result": "\#($0 == 4711 ? "failed" : "succeeded")"}"#
        }
        bench.server.answer(.getJobs, .result("[\(jobs.joined(separator: ","))]"))
        bench.server.answer(.getJobResults, .result("[\(runs.joined(separator: ","))]"))
        await bench.collect(.server, .jobs)
        let page = try await bench.page("/")
        #expect(page.text.contains("Job number 4711"))
        #expect(page.text.contains(#"<a href="targets/archive">4\#u{202F}988 more jobs of archive</a>"#))
        #expect(page.body.count < 100_000)
        let own = try await bench.page("/targets/archive")
        #expect(own.text.contains("Job number 5000"))
        #expect(own.body.count < 5_000_000)
        let first = try #require(own.text.firstRange(of: "Job number "))
        #expect(own.text[first.upperBound...].hasPrefix("4711"))
        let target = try await bench.json()
        #expect(target["jobs"]?.items("items").count == 5000)
    }
}

@Suite("A verification on the pages")
struct VerificationPageTests {
    private func target(progress: Double?, errorLines: Int = 0) throws -> (Status.Target, Status.Moment) {
        let now = Timestamp(secondsSince1970: 1_767_225_600)
        var configuration = TargetConfiguration(
            name: "archive", url: try ServerURL(parsing: "https://archive.example:8463"), username: "admin",
            password: .inline(Secret("correct horse")))
        configuration.verification = VerificationSettings(schedule: try Schedule(parsing: "Sun 02:00"))
        var ledger = TargetLedger()
        ledger.verifications.list([Store(id: "11", name: "Archive <2025>")], at: now)
        var run = VerificationRun(stores: ["11"], token: "0123456789abcdef", start: now - .seconds(720))
        run.progress = progress
        run.log.append("  4000 messages verified...\n")
        for _ in 0..<errorLines { run.log.append("checksum error\n") }
        ledger.ownVerifications.current = run
        ledger.ownVerifications.nextStart = now + .seconds(86_400 * 3)
        let report = TargetReport(
            configuration: configuration, hidesNames: false, success: SuccessRule(includesCompletedWithErrors: false),
            isUp: true, collectors: [], clockSkew: nil, ledger: ledger, calls: CallLog())
        return (Status.Target(report, stateSaveFailures: 0, at: now, .target), Status.Moment(now))
    }

    private func html(_ target: (Status.Target, Status.Moment)) -> String {
        TargetSection(target: target.0, now: target.1, isExcerpt: false).html.text
    }

    @Test("that runs is shown with its progress, its messages and its start")
    func running() throws {
        let page = html(try target(progress: 0.427))
        #expect(page.contains(#"<progress max="100" value="42" aria-label="Progress"></progress> <span>42 %</span>"#))
        #expect(page.contains("Archive &lt;2025&gt;"))
        #expect(page.contains("4\u{202F}000 messages"))
        #expect(page.contains("12\u{A0}min ago"))
        #expect(page.contains("in 3\u{A0}d"))
        #expect(!page.contains("0123456789abcdef"))
        #expect(!page.contains("may report damage"))
    }

    @Test("whose progress is not known does not pretend to have one", arguments: [nil, -1, 1.5, .nan])
    func unknownProgress(_ progress: Double?) throws {
        let page = html(try target(progress: progress))
        #expect(page.contains("progress unknown"))
        #expect(!page.contains("<progress"))
    }

    @Test("whose log reports damage shows that while it runs")
    func damage() throws {
        #expect(html(try target(progress: 0.5, errorLines: 3)).contains("3 lines of its log may report damage"))
    }

    @Test("of a store that was never verified is unknown, never good")
    func never() throws {
        let (target, _) = try target(progress: nil)
        #expect(target.stores.items.map(\.health) == [.unknown])
        #expect(target.stores.unknown == 1)
        #expect(
            html((target, Status.Moment(Timestamp(secondsSince1970: 1_767_225_600)))).contains("no known verification"))
    }
}
