package import Collection
package import Exposition
package import MicroHTTPServer
package import OperatingSystem

/// Answers `/metrics` with prebuilt responses.
///
/// A response consists of what the targets say, rendered when that changed, and of the small part about the exporter
/// itself, which is made anew where the last one is older than a second. All scrapes of the same format share it.
package final class MetricsEndpoint: Sendable {
    /// How long the part about the exporter itself counts as fresh.
    private static let freshness = Duration.seconds(1)

    private struct Key: Hashable {
        var contentType: String
        var gzip: Bool
    }

    private struct Prepared {
        var response: Response
        var version: UInt64
        var time: Duration
    }

    private let store: SnapshotStore
    private let renderers: [Format: PageRenderer]
    private let counter: HTTPRequestCounter
    private let build: BuildInformation
    private let reload: ReloadStatus
    private let clock: Clock
    /// The servers whose connections are counted; none before they listen.
    private let servers = Locked<[HTTPServer]>([])
    private let prepared = Locked<[Key: Prepared]>([:])

    package init(
        store: SnapshotStore, catalogue: Catalogue, counter: HTTPRequestCounter, build: BuildInformation,
        reload: ReloadStatus, clock: Clock
    ) {
        self.store = store
        self.counter = counter
        self.build = build
        self.clock = clock
        self.reload = reload
        renderers = Dictionary(
            uniqueKeysWithValues: Format.allCases.map { ($0, PageRenderer(catalogue, format: $0)) })
    }

    /// The response to a scrape that sent these headers.
    package func response(accept: String?, acceptEncoding: String?) -> Response {
        let negotiated = Negotiation.choose(accept: accept, acceptEncoding: acceptEncoding)
        let key = Key(contentType: negotiated.contentType, gzip: negotiated.gzip)
        let snapshot = store.snapshot
        let now = clock.uptime()
        let current = prepared.withLock { $0[key] }
        if let current, current.version == snapshot.version, now - current.time < Self.freshness {
            return current.response
        }
        let response = prepare(negotiated, snapshot)
        prepared.withLock { $0[key] = Prepared(response: response, version: snapshot.version, time: now) }
        return response
    }

    /// Has the connections of these servers counted; an empty list when they have stopped.
    package func watch(_ servers: [HTTPServer]) {
        self.servers.withLock { $0 = servers }
    }

    private func prepare(_ negotiated: NegotiatedFormat, _ snapshot: Snapshot) -> Response {
        let status = ExporterStatus(
            build: build, reload: reload.value, requests: counter.counts,
            connections: servers.withLock { $0 }.map(\.connectionCounts).reduce(ConnectionCounts(), +),
            snapshot: snapshot,
            process: ProcessFacts())
        let own = renderers[negotiated.format]?.section(status.blocks(), isLast: true)
        var headers = [
            (name: "Content-Type", value: negotiated.contentType), (name: "Vary", value: "Accept, Accept-Encoding"),
        ]
        guard negotiated.gzip else {
            return Response(
                segments: snapshot[negotiated.format].section.segments + (own?.segments ?? []), headers: headers)
        }
        headers.append((name: "Content-Encoding", value: "gzip"))
        let parts = [store.compressed(negotiated.format, of: snapshot), own?.compressed()].compactMap { $0 }
        return Response(segments: Gzip.stream(of: parts), headers: headers)
    }
}
