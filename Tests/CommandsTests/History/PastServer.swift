import MailStoreAPI
import TestSupport

@testable import Commands
@testable import Ledger
@testable import OperatingSystem

/// A fake server that knows the runs of the past and tells those of a window.
struct PastServer {
    struct PastRun: Sendable {
        var id: Int
        /// The job or profile.
        var owner: String
        /// Seconds since 1970.
        var start: Int64
        var completion: Int64
        var result: String
        var items: Int64 = 0
    }

    /// By which of its times a run falls into a window.
    enum Selection: CaseIterable, Sendable { case start, completion }

    let time: ManualTime
    let server: FakeServer

    init(
        time: ManualTime = ManualTime(), jobs: String = "[]", profiles: String = "[]", stores: String = "[]",
        jobRuns: [PastRun] = [], profileRuns: [PastRun] = [], selection: Selection = .completion
    ) {
        self.time = time
        server = FakeServer(time: time)
        server.answer(.getJobs, .result(jobs))
        server.answer(.getProfiles, .result(profiles))
        server.answer(.getStores, .result(stores))
        answer(.getJobResults, jobRuns, selection) { run in
            #"""
            {"jobResultId": \#(run.id), "jobId": \#(run.owner), "startTime": "\#(Self.text(run.start))",
            "completeTime": "\#(Self.text(run.completion))", "result": "\#(run.result)"}
            """#
        }
        answer(.getWorkerResults, profileRuns, selection) { run in
            #"""
            {"id": \#(run.id), "profileId": \#(run.owner), "profileName": "as it was",
            "startTime": "\#(Self.text(run.start))", "completeTime": "\#(Self.text(run.completion))",
            "itemsArchived": \#(run.items), "result": "\#(run.result)"}
            """#
        }
    }

    /// Runs that have not ended yet are told of by nobody.
    private func answer(
        _ function: InformationalFunction, _ runs: [PastRun], _ selection: Selection,
        _ row: @escaping @Sendable (PastRun) -> String
    ) {
        let time = time
        server.answer(
            function,
            FakeAnswer { (call) throws(TransportError) in
                let (from, to) = (call.arguments["fromIncluding"] ?? "", call.arguments["toExcluding"] ?? "")
                let told = runs.filter { run in
                    let instant = Self.text(selection == .start ? run.start : run.completion)
                    return Double(run.completion) <= time.now.secondsSince1970 && from <= instant && instant < to
                }
                return try await FakeAnswer.result("[" + told.map(row).joined(separator: ",") + "]").respond(call)
            })
    }

    static func text(_ seconds: Int64) -> String {
        CivilDateTime(secondsSince1970: seconds).text
    }
}
