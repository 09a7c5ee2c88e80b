import OperatingSystem
import Testing

@testable import MailStoreSimulator

@Suite("Ids and times of runs that are not as they should be")
struct OddRunsTests {
    private static let zones = ["UTC", "W. Europe Standard Time", "Pacific Standard Time"]

    /// A server with one run of a profile and one of a job, from 08:00 to 08:01 UTC.
    private func bench(
        unknown: Set<RunTime> = [], start: Int = 0, end: Int = 60, _ change: (inout Quirks) -> Void = { _ in }
    ) throws -> Bench {
        let bench = Bench {
            $0.isAlive = false
            change(&$0.quirks)
        }
        let eight = try #require(CivilDateTime(parsing: "2025-10-13T08:00:00")).seconds
        bench.core.world.add(
            runOf: 1, startTime: eight + start, completeTime: eight + end, result: "failed", unknownTimes: unknown)
        bench.core.world.add(
            runOfJob: 1, startTime: eight + start, completeTime: eight + end, result: "failed", unknownTimes: unknown)
        return bench
    }

    private func rows(
        _ bench: Bench, _ from: String = "00:00:00", _ to: String = "23:00:00", zone: String = "UTC"
    ) -> [JSONValue] {
        ["GetWorkerResults", "GetJobResults"].flatMap {
            bench.invoke($0, RunResultsTests.window(from, to, zone: zone)).result.elements
        }
    }

    @Test(
        "a time that the server does not know is written as a date that means none, or not at all",
        arguments: [
            (Quirks.UnknownTime.null, [JSONValue.null, .null, .null]), (.empty, ["", "", ""]), (.absent, []),
            (.year1, ["0001-01-01T00:00:00", "0001-01-01T00:00:00", "0001-01-01T00:00:00"]),
            (.year1601, ["1601-01-01T00:00:00", "1601-01-01T01:00:00", "1600-12-31T16:00:00"]),
            (.year1899, ["1899-12-30T00:00:00", "1899-12-30T00:00:00", "1899-12-30T00:00:00"]),
            (.year1970, ["1970-01-01T00:00:00", "1970-01-01T01:00:00", "1969-12-31T16:00:00"]),
            (.year9999, ["9999-12-31T23:59:59", "9999-12-31T23:59:59", "9999-12-31T23:59:59"]),
        ])
    func unknownTimes(form: Quirks.UnknownTime, expected: [JSONValue]) throws {
        for (name, time) in [("startTime", RunTime.start), ("completeTime", .end)] {
            let bench = try bench(unknown: [time]) { $0.unknownTimes = form }
            for (index, zone) in Self.zones.enumerated() {
                let rows = rows(bench, zone: zone)
                #expect(rows.count == 2)
                for row in rows {
                    #expect(row[name] == expected.dropFirst(index).first)
                    #expect(row["result"] == "failed" && row.names.count >= (expected.isEmpty ? 5 : 6))
                }
            }
        }
    }

    @Test("a job without a date has one that means none", arguments: Quirks.UnknownTime.allCases)
    func dateOfJob(form: Quirks.UnknownTime) {
        let bench = Bench {
            $0.isAlive = false
            $0.localTimeZone = "UTC"
            $0.quirks.unknownTimes = form
        }
        bench.core.world.add(
            SimulatedJob(id: 9, name: "Once", action: "CreateBackup", schedule: .once(date: "2025-10-20T03:00:00")))
        let jobs = bench.invoke("GetJobs").result.elements
        let texts: [Quirks.UnknownTime: JSONValue] = [
            .null: .null, .empty: "", .year1: "0001-01-01T00:00:00", .year1601: "1601-01-01T00:00:00",
            .year1899: "1899-12-30T00:00:00", .year1970: "1970-01-01T00:00:00", .year9999: "9999-12-31T23:59:59",
        ]
        #expect(jobs.dropLast().allSatisfy { $0["date"] == texts[form] })
        #expect(jobs.last?["date"] == "2025-10-20T03:00:00")
    }

    @Test(
        "where one time is unknown the server selects by the other one, and without any always",
        arguments: [
            (Quirks.Selection.completion, Set<RunTime>(), false), (.start, [], true), (.completion, [.end], true),
            (.start, [.start], false), (.completion, [.start], false), (.completion, [.start, .end], true),
        ] as [(Quirks.Selection, Set<RunTime>, Bool)])
    func selection(selection: Quirks.Selection, unknown: Set<RunTime>, isListed: Bool) throws {
        let bench = try bench(unknown: unknown) { $0.resultsSelectedBy = selection }
        // The range has the start of the run in it, and not its end.
        #expect(rows(bench, "07:00:00", "08:00:30").count == (isListed ? 2 : 0))
    }

    @Test(
        "the id of a run can be 0, null or absent",
        arguments: [
            (Quirks.RunID.number, 1), (.zero, 0), (.null, .null), (.absent, nil),
        ] as [(Quirks.RunID, JSONValue?)])
    func runIDs(form: Quirks.RunID, expected: JSONValue?) throws {
        let rows = rows(try bench { $0.runIDs = form })
        #expect(rows.map { $0["id"] ?? $0["jobResultId"] } == [expected, expected])
        #expect(rows.allSatisfy { $0["startTime"] == "2025-10-13T08:00:00" })
    }

    @Test(
        "times can have an offset, and a fraction before it",
        arguments: [
            (Quirks.TimeOffset.none, ["08:00:00", "10:00:00", "01:00:00", "13:30:00"]),
            (.letter, ["08:00:00Z", "08:00:00Z", "08:00:00Z", "08:00:00Z"]),
            (.number, ["08:00:00+00:00", "10:00:00+02:00", "01:00:00-07:00", "13:30:00+05:30"]),
        ], [false, true])
    func offsets(form: (Quirks.TimeOffset, [String]), hasFraction: Bool) throws {
        let bench = try bench {
            $0.timeOffsets = form.0
            $0.fractionalSeconds = hasFraction
        }
        for (zone, time) in zip(Self.zones + ["India Standard Time"], form.1) {
            let fraction = hasFraction ? ".1234567" : ""
            let expected = JSONValue.string("2025-10-13T" + time.prefix(8) + fraction + time.dropFirst(8))
            #expect(rows(bench, zone: zone).map { $0["startTime"] } == [expected, expected])
        }
    }

    @Test("an end can lie in the future, up to the last year of all")
    func future() throws {
        let last = 253_402_300_799
        let eight = try #require(CivilDateTime(parsing: "2025-10-13T08:00:00")).seconds
        let bench = try bench(end: last - eight) { $0.resultsSelectedBy = .start }
        #expect(rows(bench).map { $0["completeTime"] } == ["9999-12-31T23:59:59", "9999-12-31T23:59:59"])
        bench.core.options.quirks.resultsSelectedBy = .completion
        #expect(rows(bench).isEmpty)
    }
}

@Suite("A server whose own clock is wrong")
struct ClockErrorTests {
    private func bench() -> Bench { Bench { $0.speed = 1 } }

    @Test("records its runs and sessions by that clock, shows it, and is right again later", arguments: [-1, 1])
    func records(sign: Int) throws {
        let error = sign * 5 * 365 * 86_400
        let bench = bench()
        bench.core.world.clockError = error
        bench.real += 43_200
        bench.core.advance(to: bench.real)
        let wrong = bench.core.world.profileRuns
        try #require(wrong.count > 3)
        let times = Int(Bench.begin) + error..<Int(bench.real) + error
        #expect(wrong.allSatisfy { times.contains($0.startTime) && times.contains($0.completeTime) })
        let jobs = bench.core.world.jobRuns
        #expect(!jobs.isEmpty && jobs.allSatisfy { times.contains($0.startTime) && times.contains($0.completeTime) })
        #expect(bench.core.world.sessions.allSatisfy { times.contains(Int($0.since)) })
        let date = CivilDateTime(seconds: Int(bench.real) + error).httpDate
        #expect(bench.reply(HTTPRulesTests.info)?.header("Date") == date)

        bench.core.world.clockError = 0
        bench.real += 43_200
        bench.core.advance(to: bench.real)
        let right = bench.core.world.profileRuns.dropFirst(wrong.count).filter { $0.completeTime < Int(bench.real) }
        #expect(right.contains { $0.startTime >= Int(Bench.begin) + 43_200 && $0.completeTime > $0.startTime })
        #expect(bench.reply(HTTPRulesTests.info)?.header("Date") == CivilDateTime(seconds: Int(bench.real)).httpDate)
    }

    @Test("runs at the same moments as one whose clock is right")
    func schedules() {
        let (right, wrong) = (bench(), bench())
        wrong.core.world.clockError = 1000
        for bench in [right, wrong] {
            bench.real += 86_400
            bench.core.advance(to: bench.real)
        }
        #expect(
            wrong.core.world.profileRuns.map { $0.completeTime - 1000 }
                == right.core.world.profileRuns.map(\.completeTime))
    }
}
