import Collection
import Configuration
import Ledger
import MailStoreAPI
import OperatingSystem
import PlainText

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
        return part(books, moments) { id, profile in samples.item("profile", id: id, name: profile.name) }
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
                labels: samples.item("store", id: id, name: store.name), store.history,
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
