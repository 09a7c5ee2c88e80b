import Collection
import Configuration
import Ledger
import MailStoreAPI
import OperatingSystem
import PlainText

/// Requests the past runs of one server, window by window.
struct HistoryReader: Sendable {
    let target: TargetConfiguration
    let hidesNames: Bool
    let success: SuccessRule
    let since: HistoryTime
    let until: HistoryTime?
    /// The interval between samples, in seconds.
    let step: Int64
    /// The exporter's counts so far; `nil` with `--without-state`.
    let ledger: TargetLedger?
    /// How far the exporter's first reading goes back.
    let firstReach: Duration
    let api: APIClient
    let server: ServerClock
    /// How long a single call may take.
    let callTime: Duration
    let clock: Clock
    /// Receives the number of each window before it is requested, and the total.
    let progress: @Sendable (_ function: String, _ window: TimeWindow, _ number: Int, _ count: Int) -> Void
    /// Receives warnings about results that cannot be read.
    let warn: @Sendable (String) -> Void

    /// The length of a window in minutes: about what the exporter itself requests at its first start.
    private static let part: Int64 = 31 * 1440

    typealias Fetch =
        @Sendable (TimeWindow, RequestZone, APIClient, Deadline) async throws(APIError) ->
        [OutcomeLedger.Report]

    /// The runs that were read: all of them, and those that the exporter has counted.
    struct Ledgers: Sendable {
        var all: OutcomeLedger
        /// `nil` if the exporter has not counted.
        var counted: OutcomeLedger?
    }

    func deadline() -> Deadline {
        Deadline(after: callTime, clock: clock)
    }

    /// Reads all runs of a span.
    ///
    /// The part that the exporter has counted begins exactly where the exporter began to read. So a run is assigned to
    /// the same part as in the exporter, no matter whether the server selects runs by their start or by their end.
    func read(
        _ function: InformationalFunction, into outcomes: OutcomeLedger, since: Timestamp, until: Timestamp,
        beginning: Timestamp?, _ fetch: Fetch
    ) async throws(APIError) -> Ledgers {
        let cut = beginning.flatMap { $0 < until ? $0 : nil }
        let counted = cut.map { parts(since: $0, until: until) } ?? []
        let before = cut.map { since < $0 } ?? true ? parts(since: since, until: cut ?? until) : []
        var ledgers = Ledgers(all: outcomes)
        var number = 0
        for part in counted {
            number += 1
            progress(function.rawValue, part, number, counted.count + before.count)
            try await read(part, of: function, into: &ledgers.all, fetch)
        }
        // Read first, so that a run that the server lists on both sides counts as counted by the exporter.
        if beginning != nil { ledgers.counted = ledgers.all }
        for part in before {
            number += 1
            progress(function.rawValue, part, number, counted.count + before.count)
            try await read(part, of: function, into: &ledgers.all, fetch)
        }
        return ledgers
    }

    private func parts(since: Timestamp, until: Timestamp) -> [TimeWindow] {
        let whole = TimeWindow(covering: since, to: until)
        return stride(from: whole.from, to: whole.to, by: Int64.Stride(Self.part)).map {
            TimeWindow(from: $0, to: min($0 + Self.part, whole.to))
        }
    }

    private func read(
        _ window: TimeWindow, of function: InformationalFunction, into outcomes: inout OutcomeLedger, _ fetch: Fetch
    ) async throws(APIError) {
        var reading = WindowReading(window)
        var failures = 0
        while let next = reading.next {
            do throws(APIError) {
                let reports = try await server.asked { (zone) throws(APIError) in
                    try await fetch(next, zone, api, deadline())
                }
                failures = 0
                reading.wasRead()
                _ = outcomes.fold(reports, limits: .none)
            } catch {
                failures += 1
                guard error.mayBeTooWide, failures <= ResultReader.failureLimit else { throw error }
                guard let minute = reading.wasTooWide() else { continue }
                warn(
                    "the server fails to list the runs of the minute \(minute.start.text) (\(function.rawValue)); "
                        + "they are left out"
                )
            }
        }
    }
}

extension HistoryReader {
    /// Reads the past runs of jobs, profiles and verifications that the target collects and the server offers.
    func read() async throws(CommandError) -> TargetHistory {
        let names = target.collectors
        let offers: Capabilities
        do throws(APIError) {
            offers = try await capabilities()
        } catch {
            throw failure(error)
        }
        let hasJobs = names.contains(.jobs) && isOffered(JobsCollector.functions, offers, "jobs")
        let hasProfiles = names.contains(.profiles) && isOffered(ProfilesCollector.functions, offers, "profiles")
        if hasJobs { try ExporterState.check(ledger?.jobs, "jobs", of: target.name) }
        if hasProfiles { try ExporterState.check(ledger?.profiles, "profiles", of: target.name) }
        do throws(APIError) {
            var history = TargetHistory(target: target.name, success: success)
            if hasJobs {
                let (ledgers, times) = try await readJobs()
                history.jobs = jobs(ledgers, times)
                if names.contains(.stores), isOffered(StoresCollector.functions, offers, "verifications") {
                    history.verifications = try await verifications(ledgers, times)
                }
            }
            if hasProfiles { history.profiles = try await profiles() }
            return history
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: APIError) -> CommandError {
        CommandError(.failure, "\(target.name): \(TerminalText.line(error.description))")
    }

    /// A server that does not list its functions is assumed to offer all of them.
    private func capabilities() async throws(APIError) -> Capabilities {
        do throws(APIError) {
            let needed = Collectors.all.flatMap { type(of: $0).functions }
            return Capabilities(try await api.metadata(by: deadline()), needed: needed)
        } catch  where [.apiError, .badReply, .httpStatus].contains(error.reason) {
            return .unknown
        }
    }

    private func isOffered(_ functions: [InformationalFunction], _ offers: Capabilities, _ what: String) -> Bool {
        if offers.offers(functions) != false { return true }
        let names = functions.map(\.rawValue).joined(separator: " and ")
        warn("the server does not offer \(names); the history of \(what) is left out")
        return false
    }

    private func read(
        _ function: InformationalFunction, into outcomes: OutcomeLedger, _ plan: ReadingPlan?, _ fetch: Fetch
    ) async throws(APIError) -> (Ledgers, SampleTimes) {
        let cutover = plan.flatMap { Cutover($0, firstReach: firstReach) }
        // The calls before this one have measured the server's clock.
        let now = clock.now()
        let end = until?.instant(at: now) ?? cutover.map { min($0.end(skew: server.skew ?? 0), now) } ?? now
        let start = Timestamp(secondsSince1970: Double(SampleTimes.start(since.instant(at: now), step: step)))
        let times = SampleTimes(
            since: start, until: max(start, end), step: step, beginning: cutover?.beginning)
        let ledgers = try await read(
            function, into: outcomes, since: start, until: max(start, end), beginning: cutover?.beginning, fetch)
        return (ledgers, times)
    }

    // MARK: - Jobs and profiles

    private func readJobs() async throws(APIError) -> (Ledgers, SampleTimes) {
        let jobs = try await api.invoke(.getJobs, as: [Job].self, by: deadline())
        var outcomes = OutcomeLedger()
        outcomes.list(jobs.map { OutcomeLedger.Listing(id: $0.id, name: $0.name, action: $0.action?.commandLine) })
        return try await read(.getJobResults, into: outcomes, ledger?.jobs.plan) {
            (window, zone, api, deadline) throws(APIError) in
            try await JobsCollector.reports(window, zone, from: api, by: deadline)
        }
    }

    private func jobs(_ ledgers: Ledgers, _ times: SampleTimes) -> TargetHistory.Part {
        let samples = SampleWriter(target: target.name, hidesNames: hidesNames)
        return part(ledgers, times) { id, job in
            JobsCollector.labels(of: id, name: job.name, action: job.action.map(JobAction.init), in: samples)
        }
    }

    private func profiles() async throws(APIError) -> TargetHistory.Part {
        let profiles = try await api.invoke(
            .getProfiles, [FormField("raw", true)], as: [Profile].self, by: deadline())
        var outcomes = OutcomeLedger()
        outcomes.list(profiles.map { OutcomeLedger.Listing(id: $0.id, name: $0.name) })
        let (ledgers, times) = try await read(
            .getWorkerResults, into: outcomes, ledger?.profiles.plan
        ) { (window, zone, api, deadline) throws(APIError) in
            try await ProfilesCollector.reports(window, zone, from: api, by: deadline)
        }
        let samples = SampleWriter(target: target.name, hidesNames: hidesNames)
        return part(ledgers, times) { id, profile in samples.item("profile", id: id, name: profile.name) }
    }

    private func part(
        _ ledgers: Ledgers, _ times: SampleTimes,
        labels: (String, OutcomeLedger.Entry) -> [(String, String)]
    ) -> TargetHistory.Part {
        let subjects = ledgers.all.ordered.map { id, entry in
            HistorySubject(
                labels: labels(id, entry), isListed: entry.isListed, entry.history,
                counted: ledgers.counted?.entries[id]?.history)
        }
        return TargetHistory.Part(subjects: subjects, times: times)
    }

    // MARK: - Verifications

    private func verifications(
        _ ledgers: Ledgers, _ times: SampleTimes
    ) async throws(APIError) -> TargetHistory.Part {
        let stores = try await api.invoke(.getStores, as: [Store].self, by: deadline())
        let known = VerificationLedger.listing(stores, asIn: ledger?.verifications)
        var counted: VerificationLedger?
        if let jobs = ledgers.counted {
            counted = known
            _ = counted?.fold(jobs, limits: .none)
        }
        var all = counted ?? known
        _ = all.fold(ledgers.all, limits: .none)
        let samples = SampleWriter(target: target.name, hidesNames: hidesNames)
        let subjects = all.listed.map { id, store in
            HistorySubject(
                labels: samples.item("store", id: id, name: store.name), store.history,
                counted: counted?.stores[id]?.history)
        }
        return TargetHistory.Part(subjects: subjects, times: times)
    }
}

extension VerificationLedger {
    /// A ledger of these stores, each with the time at which another ledger first listed it.
    fileprivate static func listing(_ stores: [Store], asIn other: VerificationLedger?) -> VerificationLedger {
        var outcomes = VerificationLedger()
        func firstSeen(_ store: Store) -> Timestamp? { other?.stores[store.id]?.firstSeen }
        var listed = stores.filter { firstSeen($0) == nil }
        outcomes.list(listed, at: Timestamp(secondsSince1970: 0))
        let later = stores.compactMap { store in firstSeen(store).map { (store, $0) } }
        for (store, instant) in later.sorted(by: { $0.1 < $1.1 }) {
            listed.append(store)
            outcomes.list(listed, at: instant)
        }
        return outcomes
    }
}

/// The cutover from the history to the exporter's own counts, for the runs of jobs or of profiles.
struct Cutover: Sendable, Equatable {
    /// The exporter has counted all runs from this time on.
    var beginning: Timestamp
    /// When the exporter first read results, on the server's clock; its own samples begin here.
    var firstReading: Timestamp

    /// - Parameter firstReach: How far the exporter's first reading goes back, for ledgers that lack its time.
    init?(_ plan: ReadingPlan, firstReach: Duration) {
        guard let beginning = plan.beginning else { return nil }
        self.beginning = beginning
        firstReading = plan.firstReading ?? beginning + firstReach
    }

    /// The last instant, on this machine's clock, that does not overlap the scraped samples.
    ///
    /// - Parameter skew: How far the server's clock is ahead, in seconds.
    func end(skew: Double) -> Timestamp {
        min(firstReading, firstReading - .seconds(skew))
    }
}
