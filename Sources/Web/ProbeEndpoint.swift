package import Collection
package import Exposition
package import MicroHTTPServer
import OperatingSystem

/// Answers `/probe?target=NAME` with what one configured target says, and with nothing about the exporter itself.
package final class ProbeEndpoint: Sendable {
    private struct Key: Hashable {
        var target: String
        var contentType: String
        var gzip: Bool
    }

    private struct Prepared {
        var response: Response
        var version: UInt64
    }

    private let store: SnapshotStore
    private let renderers: [Format: PageRenderer]
    private let prepared = Locked<[Key: Prepared]>([:])

    package init(store: SnapshotStore, catalogue: Catalogue) {
        self.store = store
        renderers = Dictionary(
            uniqueKeysWithValues: Format.allCases.map { ($0, PageRenderer(catalogue, format: $0)) })
    }

    /// How a target's page is had.
    package enum Answer {
        /// It was made before, and nothing has changed since.
        case ready(Response)
        /// It has to be made: a large one takes longer than an event loop may.
        case toBeMade(@Sendable () -> Response)
    }

    /// - Returns: nil where no target of that name has anything to show.
    package func answer(target: String, accept: String?, acceptEncoding: String?) -> Answer? {
        guard let (page, version) = store.page(of: target) else { return nil }
        let negotiated = Negotiation.choose(accept: accept, acceptEncoding: acceptEncoding)
        let key = Key(target: target, contentType: negotiated.contentType, gzip: negotiated.gzip)
        if let ready = prepared.withLock({ $0[key] }), ready.version == version { return .ready(ready.response) }
        return .toBeMade { [self] in
            let response = render(page, negotiated)
            prepared.withLock { prepared in
                // What was said by targets that are gone is not kept.
                let names = store.targetNames
                prepared = prepared.filter { names.contains($0.key.target) }
                if prepared[key].map({ $0.version < version }) ?? true {
                    prepared[key] = Prepared(response: response, version: version)
                }
            }
            return response
        }
    }

    private func render(_ page: TargetPage, _ negotiated: NegotiatedFormat) -> Response {
        var headers = [
            (name: "Content-Type", value: negotiated.contentType), (name: "Vary", value: "Accept, Accept-Encoding"),
        ]
        guard let section = renderers[negotiated.format]?.section(page.blocks, isLast: true) else {
            return Response(text: "")
        }
        guard negotiated.gzip else { return Response(segments: section.segments, headers: headers) }
        headers.append((name: "Content-Encoding", value: "gzip"))
        return Response(segments: Gzip.stream(of: [section.compressed()]), headers: headers)
    }
}
