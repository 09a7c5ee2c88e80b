package import Collection
package import Exposition
package import MicroHTTPServer
package import OperatingSystem

/// Answers `/metrics` with prebuilt responses.
///
/// A response consists of the snapshot of all targets, which is rendered when it changes, and the exporter's own
/// metrics, which are collected at most once a second. All scrapes of the same format share a response.
package final class MetricsEndpoint: Sendable {
    /// How long the exporter's own metrics are reused.
    private static let freshness = Duration.seconds(1)

    private struct Prepared {
        var response: Response
        var version: UInt64
        var time: Duration
    }

    let requests = HTTPRequestCounter()
    private let store: SnapshotStore
    private let renderers: Renderers
    let catalogue: Catalogue
    private let build: BuildInformation
    private let configuration: ConfigurationStatus
    private let clock: Clock
    /// The server whose connections are counted; nil until it listens.
    private let server = Locked<HTTPServer?>(nil)
    private let prepared = Locked<[Encoding: Prepared]>([:])

    package init(
        store: SnapshotStore, catalogue: Catalogue, build: BuildInformation, configuration: ConfigurationStatus,
        clock: Clock
    ) {
        self.store = store
        self.build = build
        self.clock = clock
        self.configuration = configuration
        self.catalogue = catalogue
        renderers = Renderers(catalogue)
    }

    /// The response to a scrape of some families, which is rendered for it: it may take too long for an event loop.
    func response(_ selection: FamilySelection, accept: String?, acceptEncoding: String?) -> Response {
        let negotiated = Negotiation.choose(accept: accept, acceptEncoding: acceptEncoding)
        let own = ownBlocks(store.snapshot).filter { selection.contains($0.descriptor) }
        let section = renderers[negotiated.format].section(store.blocks(where: selection.contains) + own, isLast: true)
        return Response(
            metrics: negotiated.gzip ? Gzip.stream(of: [section.compressed()]) : section.segments, negotiated)
    }

    /// The response to a scrape that sent these headers.
    func response(accept: String?, acceptEncoding: String?) -> Response {
        let negotiated = Negotiation.choose(accept: accept, acceptEncoding: acceptEncoding)
        let encoding = Encoding(negotiated)
        let snapshot = store.snapshot
        let now = clock.uptime()
        let current = prepared.withLock { $0[encoding] }
        if let current, current.version == snapshot.version, now - current.time < Self.freshness {
            return current.response
        }
        let response = render(negotiated, snapshot)
        prepared.withLock { $0[encoding] = Prepared(response: response, version: snapshot.version, time: now) }
        return response
    }

    /// Counts the connections of the server; nil when it has stopped.
    package func watch(_ server: HTTPServer?) {
        self.server.withLock { $0 = server }
    }

    private func render(_ negotiated: NegotiatedFormat, _ snapshot: Snapshot) -> Response {
        let own = renderers[negotiated.format].section(ownBlocks(snapshot), isLast: true)
        let segments =
            negotiated.gzip
            ? Gzip.stream(of: [store.compressed(negotiated.format, of: snapshot), own.compressed()])
            : snapshot[negotiated.format].section.segments + own.segments
        return Response(metrics: segments, negotiated)
    }

    /// The exporter's own metrics.
    private func ownBlocks(_ snapshot: Snapshot) -> [FamilyBlock] {
        ExporterMetrics(
            build: build, reload: configuration.lastReload, shard: configuration.configuration.sharding?.shard,
            requests: requests.counts,
            connections: server.withLock { $0 }?.connectionCounts ?? ConnectionCounts(),
            snapshot: snapshot, process: ProcessMetrics()
        ).blocks()
    }
}

/// Answers `/probe?target=NAME` with the metrics of one configured target, or of one of its instances, without the
/// exporter's own.
package final class ProbeEndpoint: Sendable {
    /// What of a target is asked for.
    enum Part: Hashable {
        case all
        /// A Service Provider Edition without its instances.
        case environment
        case instance(String)
    }

    private struct Key: Hashable {
        var target: String
        var part: Part
        var encoding: Encoding
    }

    private struct Prepared {
        var response: Response
        var version: UInt64
    }

    private let store: SnapshotStore
    private let renderers: Renderers
    private let prepared = Locked<[Key: Prepared]>([:])

    package init(store: SnapshotStore, catalogue: Catalogue) {
        self.store = store
        renderers = Renderers(catalogue)
    }

    enum Answer {
        /// The response exists and is current.
        case ready(Response)
        /// The response must be rendered, which for a large one takes too long for an event loop.
        case toBeMade(@Sendable () -> Response)
        /// The target has no such instance.
        case noPart
    }

    /// - Returns: nil if no target of that name has a page.
    func answer(target: String, _ part: Part = .all, accept: String?, acceptEncoding: String?) -> Answer? {
        guard let (page, version) = store.page(of: target) else { return nil }
        guard page.has(part) else { return .noPart }
        let negotiated = Negotiation.choose(accept: accept, acceptEncoding: acceptEncoding)
        let key = Key(target: target, part: part, encoding: Encoding(negotiated))
        if let ready = prepared.withLock({ $0[key] }), ready.version == version { return .ready(ready.response) }
        return .toBeMade { [self] in
            let section = renderers[negotiated.format].section(page.blocks(of: part), isLast: true)
            let segments = negotiated.gzip ? Gzip.stream(of: [section.compressed()]) : section.segments
            let response = Response(metrics: segments, negotiated)
            prepared.withLock { prepared in
                // Targets and instances that have been removed are dropped.
                if prepared[key] == nil {
                    let names = Set(store.targetNames)
                    prepared = prepared.filter { key, _ in
                        key.target == target ? page.has(key.part) : names.contains(key.target)
                    }
                }
                if prepared[key].map({ $0.version < version }) ?? true {
                    prepared[key] = Prepared(response: response, version: version)
                }
            }
            return response
        }
    }
}

extension TargetPage {
    fileprivate func has(_ part: ProbeEndpoint.Part) -> Bool {
        if case .instance(let id) = part { instance(id) != nil } else { true }
    }

    fileprivate func blocks(of part: ProbeEndpoint.Part) -> [FamilyBlock] {
        switch part {
        case .all: sources.flatMap(\.blocks)
        case .environment: own.blocks
        case .instance(let id): instance(id)?.source.blocks ?? []
        }
    }
}

/// What distinguishes two responses with the same metrics.
private struct Encoding: Hashable {
    var contentType: String
    var gzip: Bool

    init(_ negotiated: NegotiatedFormat) {
        (contentType, gzip) = (negotiated.contentType, negotiated.gzip)
    }
}

private struct Renderers: Sendable {
    private let text: PageRenderer
    private let openMetrics: PageRenderer

    init(_ catalogue: Catalogue) {
        text = PageRenderer(catalogue, format: .text)
        openMetrics = PageRenderer(catalogue, format: .openMetrics)
    }

    subscript(format: Format) -> PageRenderer {
        switch format {
        case .text: text
        case .openMetrics: openMetrics
        }
    }
}

extension Response {
    fileprivate convenience init(metrics segments: [[UInt8]], _ negotiated: NegotiatedFormat) {
        var headers = CommonHeaders.all
        headers += [
            (name: "Content-Type", value: negotiated.contentType), (name: "Vary", value: "Accept, Accept-Encoding"),
        ]
        if negotiated.gzip { headers.append((name: "Content-Encoding", value: "gzip")) }
        self.init(segments: segments, headers: headers)
    }
}
