import Foundation
import MailStoreSimulator
import Testing

@Suite("The past, printed by the command history and taken over by a real Prometheus", .serialized)
struct HistoryTests {
    private static let results = [
        "succeeded", "completedWithWarnings", "completedWithErrors", "failed", "cancelled", "disconnected",
        "threadAbort",
    ]

    @Test("counts every run once, also where the exporter's own counting begins, and has every value of the time")
    func pastAndPresent() async throws {
        try await HistoryScene.with { history in
            let file = history.scene.folder["history.om"]
            let result = try await history.history(["--output", file])
            #expect(result.exitCode == .exit(0))
            #expect(result.output == "")
            #expect(result.errors.split(separator: "\n").count == 1)
            let world = history.scene.simulator.state()
            let blocks = try await history.makeBlocks(of: "history.om")
            #expect(blocks.exitCode == .exit(0), "\(blocks.errors)")
            let prometheus = try await history.startPrometheus()
            try await checkCounts(world, prometheus)
            try await checkValues(world, prometheus)
            try await prometheus.program.kill()
        }
    }

    /// The runs by owner and result that ended within the time that was asked for.
    private func checkCounts(_ world: World, _ prometheus: PrometheusServer) async throws {
        let begin = (Int(world.now) - HistoryScene.days * 86_400 + 60) / HistoryScene.step * HistoryScene.step
        var expected: [String: Int] = [:]
        for run in world.profileRuns where run.completeTime >= begin {
            expected["profile \(run.profileId) \(run.result)", default: 0] += 1
        }
        for run in world.jobRuns where run.completeTime >= begin {
            expected["job \(run.jobId) \(run.result)", default: 0] += 1
        }
        try #require(expected.values.reduce(0, +) > 1500)
        var found: [String: Int] = [:]
        var resets = 0
        for kind in ["profile", "job"] {
            for series in try await prometheus.samples("mailstore_\(kind)_runs_total") {
                let key = "\(kind) \(series.metric["\(kind)_id"] ?? "") \(series.metric["result"] ?? "")"
                #expect(found[key] == nil, "\(key) has two series: backfilled and scraped ones differ in a label")
                found[key] = Int(series.increase)
                resets = max(resets, series.resets)
                #expect(series.resets <= 1, "\(key)")
            }
        }
        // The seam is there, so the test can see it.
        #expect(resets == 1)
        #expect(found.filter { $0.value > 0 } == expected)

        let items = try await prometheus.samples(#"mailstore_profile_items_archived_total{profile_id="1"}"#)
        #expect(
            items.map(\.increase) == [
                Double(
                    world.profileRuns.filter { $0.profileId == 1 && $0.completeTime >= begin }
                        .reduce(0) { $0 + $1.itemsArchived })
            ])
        let verified = try await prometheus.samples(
            #"mailstore_verification_runs_total{store_id="1",source="job",result="succeeded"}"#)
        #expect(
            verified.map(\.increase) == [
                Double(
                    world.jobRuns.count {
                        $0.action == "VerifyStores" && $0.result == "succeeded" && $0.completeTime >= begin
                    })
            ])
        // What people ask: the function extrapolates a little.
        let failures = try await prometheus.value(
            #"sum(increase(mailstore_profile_runs_total{result="succeeded"}[60d]))"#, at: Int(world.now))
        let runs = world.profileRuns.count { $0.result == "succeeded" && $0.completeTime >= begin }
        #expect(abs((failures ?? 0) - Double(runs)) < Double(runs) * 0.02)
    }

    /// Moments before and after the beginning of the lookback.
    private func checkValues(_ world: World, _ prometheus: PrometheusServer) async throws {
        for daysAgo in [45, 30, 21, 19, 3] {
            let moment = (Int(world.now) - daysAgo * 86_400) / HistoryScene.step * HistoryScene.step
            for id in [1, 2, 3, 4] {
                let profile = #"{profile_id="\#(id)",job="mailstore"}"#
                let runs = world.profileRuns.filter { $0.profileId == id && $0.completeTime <= moment }
                let last = try #require(runs.last)
                let isSuccess = { (run: ProfileRun) in ["succeeded", "completedWithWarnings"].contains(run.result) }
                func value(_ name: String) async throws -> Double? {
                    try await prometheus.value("mailstore_profile_" + name + profile, at: moment)
                }
                #expect(try await value("last_completion_timestamp_seconds") == Double(last.completeTime))
                #expect(try await value("last_start_timestamp_seconds") == Double(last.startTime))
                #expect(try await value("last_duration_seconds") == Double(last.completeTime - last.startTime))
                #expect(try await value("last_items_archived") == Double(last.itemsArchived))
                #expect(
                    try await value("last_success_timestamp_seconds")
                        == runs.last(where: isSuccess).map { Double($0.completeTime) })
                #expect(
                    try await value("consecutive_failures")
                        == Double(runs.reversed().prefix { !isSuccess($0) }.count))
                let current = try await prometheus.value(
                    #"mailstore_profile_last_result{profile_id="\#(id)",result="\#(last.result)"}"#, at: moment)
                #expect(current == 1)
            }
            let verifications = world.jobRuns.filter {
                ($0.action == "VerifyStores" || $0.jobId == 2) && $0.completeTime <= moment
            }
            #expect(
                try await prometheus.value(
                    #"mailstore_verification_last_completion_timestamp_seconds{store_id="3"}"#, at: moment)
                    == verifications.last.map { Double($0.completeTime) })
        }
    }

    @Test("is refused by promtool where its end is missing, and taken where it is whole")
    func wholeness() async throws {
        try await HistoryScene.with { history in
            let result = try await history.history(["--step", "1d"])
            #expect(result.exitCode == .exit(0))
            #expect(result.output.hasSuffix("\n# EOF\n"))
            try history.scene.folder.write(String(result.output.dropLast(6)), to: "cut.om")
            #expect(try await history.makeBlocks(of: "cut.om").exitCode == .exit(1))
            try history.scene.folder.write(result.output, to: "whole.om")
            #expect(try await history.makeBlocks(of: "whole.om").exitCode == .exit(0))
        }
    }
}
