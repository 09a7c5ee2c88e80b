package import Exposition
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
    private let state: Locked<State>
    private let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation
    private let clock: Clock

    package init(catalogue: Catalogue, targets: [String], clock: Clock) {
        self.clock = clock
        renderers = [PageRenderer(catalogue, format: .text), PageRenderer(catalogue, format: .openMetrics)]
        let empty = renderers.map { Snapshot.Rendering(section: $0.section([])) }
        state = Locked(
            State(
                targets: targets,
                snapshot: Snapshot(
                    version: 0, text: empty[0], openMetrics: empty[1], isReady: false, stateSaveFailures: 0,
                    duplicates: 0)))
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The newest rendering.
    package var snapshot: Snapshot {
        state.withLock { $0.snapshot }
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
            state.targets = targets
            state.pages = state.pages.filter { targets.contains($0.key) }
            state.versions = state.versions.filter { targets.contains($0.key) }
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

    /// The page of one target, and a number that increases whenever the page changes; nil if there is no such target.
    package func page(of target: String) -> (page: TargetPage, version: UInt64)? {
        state.withLock { state in
            guard let page = state.pages[target], let version = state.versions[target] else { return nil }
            return (page, version)
        }
    }

    /// Renders whenever something has changed, until the task is cancelled.
    package func run() async {
        for await _ in changes {
            let start = clock.uptime()
            render()
            // The pause limits rendering to a tenth of a core, however often pages change: small pages are rendered at
            // once, large ones later.
            let pause = (clock.uptime() - start) * 9
            if pause > .milliseconds(20) { try? await clock.sleep(pause) }
        }
    }

    /// Renders the pages as they are now.
    package func render() {
        let (count, pages, duplicates, previous, compressedFormats) = state.withLock { state in
            (
                state.targets.count, state.targets.compactMap { state.pages[$0] }, state.duplicates, state.snapshot,
                state.compressedFormats
            )
        }
        let blocks = pages.flatMap(\.blocks)
        var rendered = previous
        for renderer in renderers {
            let section = renderer.section(blocks)
            let compressed =
                compressedFormats.contains(renderer.format)
                ? section.compressed(reusing: previous[renderer.format].compressed) : nil
            rendered[renderer.format] = Snapshot.Rendering(section: section, compressed: compressed)
        }
        rendered.isReady = pages.count == count && pages.allSatisfy(\.wasTried)
        rendered.stateSaveFailures = pages.reduce(0) { $0 + $1.stateSaveFailures }
        rendered.duplicates = duplicates
        let newest = rendered
        state.withLock { state in
            state.snapshot = newest
            state.snapshot.version += 1
        }
    }

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
