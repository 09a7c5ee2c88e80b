import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("What does not fit between the configuration and the server is said", .timeLimit(.minutes(1)))
struct TargetNotesTests {
    private let log = RecordingLog()

    private func bench(
        _ intervals: ExpectedIntervals, hideNames: Bool = false, url: String = "https://archive.example:8463"
    ) throws -> TargetBench {
        let url = try ServerURL(parsing: url)
        return try TargetBench(
            logger: log.logger,
            target: {
                $0.expectedIntervals = intervals
                $0.url = url
            }, configuration: { $0.hideNames = hideNames })
    }

    private var warnings: [String] {
        log.events.filter { $0.message == "the configuration does not fit the server" }
            .compactMap { $0.metadata["problem"]?.description }
    }

    private static let jobs = #"[{"id": 7, "name": "Nightly backup"}, {"id": 8, "name": "Verify"}]"#
    private static let profiles = #"[{"id": 12, "name": "Mailboxes"}]"#

    @Test("a key of expected_intervals that nothing has is logged once and stays on the page")
    func typo() async throws {
        let bench = try bench(
            ExpectedIntervals(
                jobs: ["Nightly bakup": .off, "7": .off, "Verify": .off], profiles: ["13": .off, "Mailboxes": .off]))
        bench.server.answer(.getJobs, .result(Self.jobs))
        bench.server.answer(.getProfiles, .result(Self.profiles))
        for _ in 0..<3 { await bench.collect() }
        #expect(warnings.count == 2)
        #expect(warnings[0].contains(#"expected_intervals.jobs has the key "Nightly bakup""#))
        #expect(warnings[0].contains(#"did you mean "Nightly backup"?"#))
        #expect(warnings[1].contains(#"expected_intervals.profiles has the key "13""#))
        #expect(bench.sink.page?.report?.notes.count == 2)

        bench.server.answer(.getJobs, .result(#"[{"id": 7, "name": "Nightly bakup"}, {"id": 8, "name": "Verify"}]"#))
        await bench.collect(.jobs)
        #expect(bench.sink.page?.report?.notes.count == 1)
    }

    @Test("nothing is said while the jobs are not known, nor of names of the server that are to be hidden")
    func unknown() async throws {
        let bench = try bench(ExpectedIntervals(jobs: ["Nightly bakup": .off]), hideNames: true)
        bench.server.answer(.getJobs, .status(500), .result(Self.jobs))
        await bench.collect()
        #expect(warnings.isEmpty)
        await bench.collect(.jobs)
        #expect(warnings.count == 1)
        #expect(!warnings[0].contains("Nightly backup"))
    }

    @Test("a server that may be a Service Provider Edition, but does not list its functions, is named, with the remedy")
    func port() async throws {
        let bench = try bench(ExpectedIntervals(), url: "https://archive.example:8474")
        bench.server.answer(metadata: .status(404))
        for function in InformationalFunction.allCases { bench.server.answer(function, .status(404)) }
        await bench.collect()
        try #require(warnings.count == 1)
        #expect(warnings[0].contains("Service Provider Edition") && warnings[0].contains("set edition: spe"))
        #expect(bench.sink.page?.report?.notes == warnings)
    }

    @Test("and so is one that misses the argument with the instance")
    func missingInstance() async throws {
        let bench = try bench(ExpectedIntervals())
        bench.server.answer(metadata: .status(404))
        bench.server.answer(.getServerInfo, .status(404))
        bench.server.answer(.getStores, .failed("System.Exception", "Missing API argument instanceID."))
        await bench.collect()
        #expect(warnings.count == 1)
    }

    @Test("a MailStore Server on that port is not")
    func serverOnThatPort() async throws {
        let bench = try bench(ExpectedIntervals(), url: "https://archive.example:8474")
        bench.server.answer(.getUsers, .status(500))
        await bench.collect()
        #expect(warnings.isEmpty)
    }
}
