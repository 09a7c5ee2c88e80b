package import Exposition
package import Logging
package import OperatingSystem

/// The rendered pages of all targets: immutable, and shared between collection and scrapes.
package struct Snapshot: Sendable {
    /// The page in one format, and its compressed form once that was requested.
    package struct Rendering: Sendable {
        package var section: PageSection
        var compressed: CompressedSection?
    }

    /// Increases with every rendering.
    package var version: UInt64
    /// When something in it is out of date, on the monotonic clock, unless it is rendered again; `nil` for never.
    var expiry: Duration?
    package var text: Rendering
    package var openMetrics: Rendering
    /// Whether every target has been tried at least once.
    package var isReady: Bool
    package var stateSaveFailures: Int
    /// Series left out since the start, because they occurred twice.
    package var duplicates: UInt64

    package subscript(format: Format) -> Rendering {
        get { format == .text ? text : openMetrics }
        set {
            switch format {
            case .text: text = newValue
            case .openMetrics: openMetrics = newValue
            }
        }
    }
}

/// Renders the pages of the targets when one changes, and returns the newest rendering.
///
/// Changes during a rendering are rendered together in the next one.
///
/// Every reader compares the age of what it gets with its limits. Values that a target's collection should have renewed
/// or dropped by then are dropped on the thread of the reader, so that a collection that hangs never looks like one that
/// works.
package final class SnapshotStore: Sendable {
    private struct State {
        /// The names of the targets, in the order of the configuration.
        var targets: [String]
        var pages: [String: TargetPage] = [:]
        /// Increases with every update.
        var updates: UInt64 = 0
        /// The value of `updates` at which each page was stored.
        var versions: [String: UInt64] = [:]
        var duplicates: UInt64 = 0
        var snapshot: Snapshot
        /// The formats in which a compressed page was requested: these pages are compressed before the next scrape.
        var compressedFormats: Set<Format> = []
    }

    private let renderers: [PageRenderer]
    private let assembly: Locked<PageAssembly>
    private let state: Locked<State>
    private let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation
    private let clock: Clock
    private let logger: Logger

    package init(
        catalogue: Catalogue, targets: [String], clock: Clock,
        logger: Logger = Logger(label: "none") { _ in SwiftLogNoOpLogHandler() }
    ) {
        self.clock = clock
        self.logger = logger
        renderers = [PageRenderer(catalogue, format: .text), PageRenderer(catalogue, format: .openMetrics)]
        assembly = Locked(PageAssembly(catalogue))
        let empty = renderers.map { Snapshot.Rendering(section: $0.section([])) }
        state = Locked(
            State(
                targets: targets,
                snapshot: Snapshot(
                    version: 0, text: empty[0], openMetrics: empty[1], isReady: false, stateSaveFailures: 0,
                    duplicates: 0)))
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The newest rendering, without values that have expired.
    package var snapshot: Snapshot {
        let snapshot = state.withLock { $0.snapshot }
        guard let expiry = snapshot.expiry, expiry <= clock.uptime() else { return snapshot }
        render()
        return state.withLock { $0.snapshot }
    }

    /// Stores the newest page of a target.
    package func update(_ page: TargetPage) {
        state.withLock { state in
            state.updates += 1
            state.versions[page.target] = state.updates
            state.pages[page.target] = page
            state.duplicates += UInt64(page.newDuplicates)
        }
        changed.yield()
    }

    /// Sets the list of targets; the pages of all other targets are dropped.
    package func setTargets(_ targets: [String]) {
        state.withLock { state in
            let names = Set(targets)
            state.targets = targets
            state.pages = state.pages.filter { names.contains($0.key) }
            state.versions = state.versions.filter { names.contains($0.key) }
        }
        changed.yield()
    }

    /// Drops the page of a target that is no longer updated; the target stays configured.
    package func drop(_ target: String) {
        state.withLock { state in
            state.pages[target] = nil
            state.versions[target] = nil
        }
        changed.yield()
    }

    /// The names of the targets, in the order of the configuration.
    package var targetNames: [String] {
        state.withLock { $0.targets }
    }

    /// The page of one target, without values that have expired, and a number that increases whenever the page changes.
    ///
    /// - Returns: nil if there is no such target.
    package func page(of target: String) -> (page: TargetPage, version: UInt64)? {
        guard let (page, version) = storedPage(of: target) else { return nil }
        let now = clock.uptime()
        guard let expiry = page.expiry, expiry <= now else { return (page, version) }
        expire(page, version, at: now)
        return storedPage(of: target)
    }

    /// The blocks of all pages that a scrape asks for, without values that have expired.
    package func blocks(where isWanted: (FamilyDescriptor) -> Bool) -> [FamilyBlock] {
        targetNames.compactMap { page(of: $0)?.page }
            .flatMap { page in page.sources.flatMap { $0.blocks.filter { isWanted($0.descriptor) } } }
    }

    private func storedPage(of target: String) -> (page: TargetPage, version: UInt64)? {
        state.withLock { state in
            guard let page = state.pages[target], let version = state.versions[target] else { return nil }
            return (page, version)
        }
    }

    /// Replaces a page by one without expired values, unless the collection has renewed it.
    private func expire(_ page: TargetPage, _ version: UInt64, at now: Duration) {
        let expired = page.expired(at: now)
        let isReplaced = state.withLock { state in
            guard state.versions[page.target] == version else { return false }
            state.updates += 1
            state.versions[page.target] = state.updates
            state.pages[page.target] = expired
            return true
        }
        guard isReplaced, expired.report?.isStalled == true, page.report?.isStalled == false else { return }
        logger.error(
            "the collection of a target has stalled: it is shown as down; restart the exporter if this lasts",
            metadata: ["target": "\(page.target)"])
    }

    /// Renders whenever something has changed, until the task is cancelled.
    package func run() async {
        for await _ in changes {
            let start = clock.uptime()
            render(at: start)
            // The pause limits rendering to a twentieth of a core, however often pages change: small pages are rendered
            // at once, large ones later.
            let pause = (clock.uptime() - start) * 19
            if pause > .milliseconds(20) { try? await clock.sleep(pause) }
        }
    }

    /// Renders the pages as they are now.
    package func render() {
        render(at: clock.uptime())
    }

    private func render(at now: Duration) {
        let stale = state.withLock { state in
            state.pages.values.compactMap { page in
                page.expiry.map { $0 <= now } == true ? state.versions[page.target].map { (page, $0) } : nil
            }
        }
        for (page, version) in stale { expire(page, version, at: now) }
        // One thread at a time, so that a newer rendering is never replaced by an older one.
        assembly.withLock { assembly in
            let (names, stored, duplicates, previous, compressedFormats) = state.withLock { state in
                (state.targets, state.pages, state.duplicates, state.snapshot, state.compressedFormats)
            }
            // A target without a page yet has its place too.
            assembly.update(names.flatMap { stored[$0]?.sources ?? [Self.nothing] })
            let pages = names.compactMap { stored[$0] }
            var rendered = previous
            for renderer in renderers {
                let section = renderer.section(assembly)
                let compressed =
                    compressedFormats.contains(renderer.format)
                    ? section.compressed(reusing: previous[renderer.format].compressed) : nil
                rendered[renderer.format] = Snapshot.Rendering(section: section, compressed: compressed)
            }
            rendered.isReady = pages.count == names.count && pages.allSatisfy(\.wasTried)
            rendered.stateSaveFailures = pages.reduce(0) { $0 + $1.stateSaveFailures }
            rendered.duplicates = duplicates
            rendered.version += 1
            rendered.expiry = pages.compactMap(\.expiry).min()
            let newest = rendered
            state.withLock { $0.snapshot = newest }
        }
    }

    private static let nothing = SourceBlocks([])

    /// The compressed form of a snapshot's section, made on the first request and ahead of requests from then on.
    package func compressed(_ format: Format, of snapshot: Snapshot) -> CompressedSection {
        if let compressed = snapshot[format].compressed { return compressed }
        let compressed = snapshot[format].section.compressed()
        state.withLock { state in
            state.compressedFormats.insert(format)
            if state.snapshot.version == snapshot.version { state.snapshot[format].compressed = compressed }
        }
        return compressed
    }
}
