import Exposition
import OperatingSystem

@testable import Collection
@testable import Ledger
@testable import MailStoreAPI
@testable import Web

extension FuzzTarget {
    /// The results of the functions that the collectors call, up to the page.
    static let results = [
        FuzzTarget(name: "stores") { input in
            guard let stores = try decoded([Store].self, input) else { return }
            var ledger = TargetLedger()
            ledger.verifications.list(stores, at: Outcomes.now)
            try checkPage(StoresCollector.Values(stores: stores, count: stores.count), ledger)
        },
        FuzzTarget(name: "jobs") { input in
            guard let jobs = try decoded([Job].self, input) else { return }
            for job in jobs {
                if let interval = job.schedule.expectedInterval {
                    try promise(interval > .zero, "a job is expected every \(interval)")
                }
                _ = job.action?.verification
            }
            var ledger = TargetLedger()
            ledger.jobs.list(jobs.map(Outcomes.listing))
            try checkPage(JobsCollector.Values(jobs: jobs, success: Outcomes.success), ledger)
        },
        FuzzTarget(name: "profiles") { input in
            guard let profiles = try decoded([Profile].self, input) else { return }
            try checkPage(ProfilesCollector.Values(profiles: profiles, success: Outcomes.success), TargetLedger())
        },
        FuzzTarget(name: "job-results") { input in
            try checkOutcomes(input, of: JobResult.self) { .init($0, in: .utc) }
        },
        FuzzTarget(name: "worker-results") { input in
            try checkOutcomes(input, of: WorkerResult.self) { .init($0, in: .utc) }
        },
        FuzzTarget(name: "server-info") { input in
            guard let info = try decoded(ServerInfo.self, input) else { return }
            try checkPage(ServerCollector.Values(info: info), TargetLedger())
        },
        FuzzTarget(name: "license") { input in
            guard let license = try decoded(LicenseInformation.self, input) else { return }
            try checkPage(LicenseCollector.Values(license: license), TargetLedger())
        },
        FuzzTarget(name: "users") { input in
            _ = try decoded([User].self, input)
        },
        FuzzTarget(name: "sessions") { input in
            guard let sessions = try decoded(JSONElementCount.self, input) else { return }
            try promise(sessions.count <= input.count, "more sessions than bytes")
        },
        FuzzTarget(name: "metadata") { input in
            _ = try decoded([FunctionMetadata].self, input)
        },
    ]

    /// Decodes a result; whatever can be decoded is a whole document, and decodes the same between white space.
    private static func decoded<Value: JSONDecodable & Equatable>(
        _ type: Value.Type, _ input: [UInt8]
    ) throws -> Value? {
        guard let value = try? Value(json: input) else { return nil }
        let skipped: Void? = try? JSONReader.read(input) { (reader) throws(JSONError) in try reader.skipValue() }
        try promise(skipped != nil, "decoded, though it is not a document")
        guard !input.starts(with: [0xEF, 0xBB, 0xBF]) else { return value }
        let spaced = try Value(json: [0xEF, 0xBB, 0xBF, 0x20] + input + [0x0D, 0x0A])
        try promise(spaced == value, "a byte order mark changes the value")
        return value
    }

    /// Counts runs twice and in two orders: the totals are the same.
    private static func checkOutcomes<Result: JSONDecodable & Equatable>(
        _ input: [UInt8], of type: Result.Type, _ report: (Result) -> OutcomeLedger.Report
    ) throws {
        var readings: [[OutcomeLedger.Report]] = []
        for part in parts(input, atMost: 3) {
            guard let results = try decoded([Result].self, part) else { continue }
            readings.append(results.map(report))
        }
        guard !readings.isEmpty else { return }
        var ledger = TargetLedger()
        for reading in readings { _ = ledger.jobs.fold(reading) }
        let totals = Outcomes.totals(ledger)
        for reading in readings {
            let again = ledger.jobs.fold(reading)
            try promise(again == OutcomeLedger.Folded(), "runs that were counted are counted again")
        }
        try promise(Outcomes.totals(ledger) == totals, "totals change without a new run")
        var reversed = TargetLedger()
        for reading in readings.reversed() { _ = reversed.jobs.fold(reading.reversed()) }
        try promise(Outcomes.totals(reversed) == totals, "totals depend on the order of the runs")
        ledger.jobs.settle(before: Outcomes.now, success: Outcomes.success)
        try promise(Outcomes.totals(ledger) == totals, "settling changes the totals")
        ledger.jobs.list(ledger.jobs.entries.keys.sorted().map { OutcomeLedger.Listing(id: $0) })
        let jobs = ledger.jobs.entries.keys.sorted().map { Job(id: $0) }
        try checkPage(JobsCollector.Values(jobs: jobs, success: Outcomes.success), ledger)
    }

    /// The page of these values is valid in both formats.
    private static func checkPage(_ values: some CollectedValues, _ ledger: TargetLedger) throws {
        var samples = SampleWriter(target: "archive")
        values.write(to: &samples, ledger: ledger)
        JobsCollector.writeCounters(ledger, to: &samples)
        let blocks = samples.finish()
        for renderer in try Outcomes.renderers.get() {
            let section = renderer.section(blocks, isLast: true)
            try promise(section.leftOut == 0, "a family is not in the catalogue")
            try ExpositionCheck.check(section.bytes, renderer.format)
        }
    }
}

/// What the outcomes of all targets are checked with.
private enum Outcomes {
    static let now = Timestamp(secondsSince1970: 1_767_225_600)
    static let success = SuccessRule(includesCompletedWithErrors: false)
    static let renderers = Result {
        let catalogue = try MetricCatalogue.make()
        return Format.allCases.map { PageRenderer(catalogue, format: $0) }
    }

    static func listing(_ job: Job) -> OutcomeLedger.Listing {
        OutcomeLedger.Listing(
            id: job.id, name: job.name, action: job.action?.commandLine,
            expectedInterval: job.schedule.expectedInterval?.inSeconds)
    }

    /// The number of runs of each job; which result a run has depends on the reading that came first.
    static func totals(_ ledger: TargetLedger) -> [String: Int] {
        ledger.jobs.entries.mapValues { $0.history.totals.values.reduce(0, +) }
    }
}
