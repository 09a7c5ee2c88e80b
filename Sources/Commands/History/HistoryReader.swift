import Collection
import Configuration
import Ledger
import MailStoreAPI
import OperatingSystem
import PlainText

/// Asks one server for its past runs, window by window.
struct HistoryReader: Sendable {
    let api: APIClient
    let server: ServerClock
    /// How long a single call may take.
    let callTime: Duration
    let clock: Clock
    /// Told of each window before it is asked for: which of how many.
    let progress: @Sendable (_ function: String, _ window: TimeWindow, _ number: Int, _ count: Int) -> Void
    /// Told of what cannot be read.
    let complain: @Sendable (String) -> Void

    /// How much time is asked for at once, in minutes: about what the exporter itself asks for at its first start.
    private static let part: Int64 = 31 * 1440

    typealias Fetch =
        @Sendable (TimeWindow, RequestZone, APIClient, Deadline) async throws(APIError) ->
        [OutcomeBook.Report]

    /// What was read: all runs, and apart from them those that the exporter's own counting covers.
    struct Books: Sendable {
        var all: OutcomeBook
        /// `nil` where the exporter has not counted.
        var counted: OutcomeBook?
    }

    func deadline() -> Deadline {
        Deadline(after: callTime, clock: clock)
    }

    /// Reads all runs of a span.
    ///
    /// The exporter's own part is read from exactly where the exporter began to read, so that whichever of its times a
    /// server goes by, a run falls to the part to which it fell there.
    func read(
        _ function: InformationalFunction, into book: OutcomeBook, since: Timestamp, until: Timestamp,
        beginning: Timestamp?, _ fetch: Fetch
    ) async throws(APIError) -> Books {
        let cut = beginning.flatMap { $0 < until ? $0 : nil }
        let counted = cut.map { parts(since: $0, until: until) } ?? []
        let before = cut.map { since < $0 } ?? true ? parts(since: since, until: cut ?? until) : []
        var books = Books(all: book)
        var number = 0
        for part in counted {
            number += 1
            progress(function.rawValue, part, number, counted.count + before.count)
            try await read(part, of: function, into: &books.all, fetch)
        }
        // First in, so that what a server tells of on both sides is the exporter's.
        if beginning != nil { books.counted = books.all }
        for part in before {
            number += 1
            progress(function.rawValue, part, number, counted.count + before.count)
            try await read(part, of: function, into: &books.all, fetch)
        }
        return books
    }

    private func parts(since: Timestamp, until: Timestamp) -> [TimeWindow] {
        let whole = TimeWindow(covering: since, to: until)
        return stride(from: whole.from, to: whole.to, by: Int64.Stride(Self.part)).map {
            TimeWindow(from: $0, to: min($0 + Self.part, whole.to))
        }
    }

    private func read(
        _ window: TimeWindow, of function: InformationalFunction, into book: inout OutcomeBook, _ fetch: Fetch
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
                _ = book.fold(reports)
            } catch {
                failures += 1
                guard error.mayBeTooWide, failures <= ResultReader.patience else { throw error }
                guard let minute = reading.wasTooWide() else { continue }
                complain(
                    "\(function.rawValue) cannot be read for the minute \(minute.start.text): its runs are missing")
            }
        }
    }
}

extension HistoryReader {
    /// What to read of a target.
    package struct Request: Sendable {
        package var target: TargetConfiguration
        package var hidesNames: Bool
        package var success: SuccessRule
        package var since: HistoryTime
        package var until: HistoryTime?
        /// The distance of the samples, in seconds.
        package var step: Int64
        /// What the exporter has counted so far; `nil` where the past is to stand alone.
        package var ledger: TargetLedger?
        /// How far the exporter's first reading goes back.
        var firstReach: Duration
    }

    /// Reads the past of jobs, profiles and verifications, as far as the target's collectors and the server go.
    package func read(_ request: Request) async throws(CommandError) -> TargetHistory {
        let names = request.target.collectors
        let offers: Capabilities
        do throws(APIError) {
            offers = try await capabilities()
        } catch {
            throw failure(error, request)
        }
        let hasJobs = names.contains(.jobs) && isOffered(JobsCollector.functions, offers, "jobs")
        let hasProfiles = names.contains(.profiles) && isOffered(ProfilesCollector.functions, offers, "profiles")
        if hasJobs { try HistoryState.check(request.ledger?.jobs, "jobs", of: request.target.name) }
        if hasProfiles { try HistoryState.check(request.ledger?.profiles, "profiles", of: request.target.name) }
        do throws(APIError) {
            var history = TargetHistory(target: request.target.name, success: request.success)
            if hasJobs {
                let (books, moments) = try await readJobs(request)
                history.jobs = jobs(books, moments, request)
                if names.contains(.stores), isOffered(StoresCollector.functions, offers, "verifications") {
                    history.verifications = try await verifications(books, moments, request)
                }
            }
            if hasProfiles { history.profiles = try await profiles(request) }
            return history
        } catch {
            throw failure(error, request)
        }
    }

    private func failure(_ error: APIError, _ request: Request) -> CommandError {
        CommandError(.failure, "\(request.target.name): \(ScreenText.line(error.description))")
    }

    /// A server that does not say what it offers is believed to offer all.
    private func capabilities() async throws(APIError) -> Capabilities {
        do throws(APIError) {
            return Capabilities(try await api.metadata(by: deadline()))
        } catch  where [.apiError, .badReply, .httpStatus].contains(error.reason) {
            return .unknown
        }
    }

    private func isOffered(_ functions: [InformationalFunction], _ offers: Capabilities, _ what: String) -> Bool {
        if offers.offers(functions) != false { return true }
        let names = functions.map(\.rawValue).joined(separator: " and ")
        complain("the server does not offer \(names): there is no history of \(what)")
        return false
    }

    /// The span of a book, once the server's clock is known from a call.
    private func span(_ request: Request, _ seam: HistorySeam?) -> (since: Timestamp, until: Timestamp) {
        let now = clock.now()
        let until = request.until?.instant(at: now) ?? seam.map { min($0.end(skew: server.skew ?? 0), now) } ?? now
        let since = Timestamp(
            secondsSince1970: Double(HistoryMoments.start(request.since.instant(at: now), step: request.step)))
        return (since, max(since, until))
    }

    private func read(
        _ function: InformationalFunction, into book: OutcomeBook, _ plan: ReadingPlan?, _ request: Request,
        _ fetch: Fetch
    ) async throws(APIError) -> (Books, HistoryMoments) {
        let seam = plan.flatMap { HistorySeam($0, firstReach: request.firstReach) }
        let (since, until) = span(request, seam)
        let moments = HistoryMoments(since: since, until: until, step: request.step, beginning: seam?.beginning)
        let books = try await read(
            function, into: book, since: since, until: until, beginning: seam?.beginning, fetch)
        return (books, moments)
    }

    // MARK: - Jobs and profiles

    private func readJobs(_ request: Request) async throws(APIError) -> (Books, HistoryMoments) {
        let jobs = try await api.invoke(.getJobs, as: [Job].self, by: deadline())
        var book = OutcomeBook()
        book.list(jobs.map { OutcomeBook.Listing(id: $0.id, name: $0.name, action: $0.action?.commandLine) })
        return try await read(.getJobResults, into: book, request.ledger?.jobs.plan, request) {
            (window, zone, api, deadline) throws(APIError) in
            try await JobsCollector.reports(window, zone, from: api, by: deadline)
        }
    }

    private func jobs(_ books: Books, _ moments: HistoryMoments, _ request: Request) -> TargetHistory.Part {
        let samples = SampleWriter(target: request.target.name, hidesNames: request.hidesNames)
        return part(books, moments) { id, job in
            JobsCollector.labels(of: id, name: job.name, action: job.action.map(JobAction.init), in: samples)
        }
    }

    private func profiles(_ request: Request) async throws(APIError) -> TargetHistory.Part {
        let profiles = try await api.invoke(
            .getProfiles, [FormField("raw", true)], as: [Profile].self, by: deadline())
        var book = OutcomeBook()
        book.list(profiles.map { OutcomeBook.Listing(id: $0.id, name: $0.name) })
        let (books, moments) = try await read(
            .getWorkerResults, into: book, request.ledger?.profiles.plan, request
        ) { (window, zone, api, deadline) throws(APIError) in
            try await ProfilesCollector.reports(window, zone, from: api, by: deadline)
        }
        let samples = SampleWriter(target: request.target.name, hidesNames: request.hidesNames)
        return part(books, moments) { id, profile in samples.thing("profile", id: id, name: profile.name) }
    }

    private func part(
        _ books: Books, _ moments: HistoryMoments,
        labels: (String, OutcomeBook.Entry) -> [(String, String)]
    ) -> TargetHistory.Part {
        let things = books.all.ordered.map { id, entry in
            HistoryThing(
                labels: labels(id, entry), isListed: entry.isListed, entry.history,
                counted: books.counted?.entries[id]?.history)
        }
        return TargetHistory.Part(things: things, moments: moments)
    }

    // MARK: - Verifications

    private func verifications(
        _ books: Books, _ moments: HistoryMoments, _ request: Request
    ) async throws(APIError) -> TargetHistory.Part {
        let stores = try await api.invoke(.getStores, as: [Store].self, by: deadline())
        let known = VerificationBook.listing(stores, asIn: request.ledger?.verifications)
        var counted: VerificationBook?
        if let jobs = books.counted {
            counted = known
            _ = counted?.fold(jobs)
        }
        var all = counted ?? known
        _ = all.fold(books.all)
        let samples = SampleWriter(target: request.target.name, hidesNames: request.hidesNames)
        let things = all.listed.map { id, store in
            HistoryThing(
                labels: samples.thing("store", id: id, name: store.name), store.history,
                counted: counted?.stores[id]?.history)
        }
        return TargetHistory.Part(things: things, moments: moments)
    }
}

extension VerificationBook {
    /// A book of these stores, each as old as another book takes it to be.
    fileprivate static func listing(_ stores: [Store], asIn other: VerificationBook?) -> VerificationBook {
        var book = VerificationBook()
        func firstSeen(_ store: Store) -> Timestamp? { other?.stores[store.id]?.firstSeen }
        var listed = stores.filter { firstSeen($0) == nil }
        book.list(listed, at: Timestamp(secondsSince1970: 0))
        let later = stores.compactMap { store in firstSeen(store).map { (store, $0) } }
        for (store, instant) in later.sorted(by: { $0.1 < $1.1 }) {
            listed.append(store)
            book.list(listed, at: instant)
        }
        return book
    }
}

/// Where the past ends and the exporter's own counting begins, for the runs of jobs or of profiles.
struct HistorySeam: Sendable, Equatable {
    /// Runs from here on are in the exporter's counters.
    var beginning: Timestamp
    /// When the exporter read for the first time: its own samples begin here, by the server's clock.
    var firstReading: Timestamp

    /// - Parameter firstReach: How far the exporter's first reading goes back, for ledgers that did not note its time.
    init?(_ plan: ReadingPlan, firstReach: Duration) {
        guard let beginning = plan.beginning else { return nil }
        self.beginning = beginning
        firstReading = plan.firstReading ?? beginning + firstReach
    }

    /// The last instant, by this machine's clock, that cannot overlap what Prometheus scraped.
    ///
    /// - Parameter skew: How far the server's clock is ahead, in seconds.
    func end(skew: Double) -> Timestamp {
        min(firstReading, firstReading - .seconds(skew))
    }
}
