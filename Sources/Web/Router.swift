package import Collection
package import MicroHTTPServer

/// Finds the answer to a request, and counts it.
package final class Router: Sendable {
    private let metrics: MetricsEndpoint
    private let probes: ProbeEndpoint
    private let store: SnapshotStore
    private let counter: HTTPRequestCounter
    private let statusPages: StatusPages
    private let reloadConfiguration: (@Sendable () async -> ReloadOutcome)?
    private let pages: Pages

    /// Small fixed responses, made once.
    private struct Pages: Sendable {
        let healthy = Response(text: "The exporter runs.\n")
        let ready = Response(text: "Every target has been tried.\n")
        let notReady = Response(text: "Not every target has been tried yet; try again in a moment.\n")
        let notFound = Response(text: "There is no such page. The metrics are at /metrics.\n")
        let targetMissing = Response(text: "Name one of the configured targets: /probe?target=NAME. /sd lists them.\n")
        let targetSilent = Response(
            text: "Nothing is known of this target now: its collection could not be begun, the log says why.\n")
        let targetUnknown = Response(
            text: "There is no such target: the name has to be one of the configuration, no address. /sd lists them.\n")
        let methodNotAllowed = Pages.notAllowed("Only GET and HEAD are answered here.", allow: "GET, HEAD")
        let postOnly = Pages.notAllowed("A reload is asked for by POST (or PUT).", allow: "POST, PUT")
        let reloaded = Response(text: "The configuration was reloaded.\n")
        let lifecycleDisabled = Response(
            text: "Reloading over HTTP is not enabled: start with --web.enable-lifecycle, or send SIGHUP.\n")

        private static func notAllowed(_ text: String, allow methods: String) -> Response {
            Response(
                Array("\(text)\n".utf8),
                headers: [(name: "Content-Type", value: "text/plain; charset=utf-8"), (name: "Allow", value: methods)])
        }
    }

    /// - Parameter reload: Reloads the configuration; nil where requests may not ask for that.
    package init(
        metrics: MetricsEndpoint, probes: ProbeEndpoint, store: SnapshotStore, counter: HTTPRequestCounter,
        pages statusPages: StatusPages, reload: (@Sendable () async -> ReloadOutcome)? = nil
    ) {
        self.probes = probes
        reloadConfiguration = reload
        self.metrics = metrics
        self.store = store
        self.counter = counter
        self.statusPages = statusPages
        pages = Pages()
    }

    package func reply(to request: WebRequest) -> Reply {
        let path = request.path
        switch path {
        case _ where Self.pagePaths.contains(path):
            return request.isReading ? page(request) : answer(path, 405, pages.methodNotAllowed)
        case Self.reloadPath:
            return reload(method: request.method)
        case _ where path.hasPrefix(Self.targetPath):
            return request.isReading
                ? target(String(path.dropFirst(Self.targetPath.count))) : answer(path, 405, pages.methodNotAllowed)
        default:
            return answer(path, 404, pages.notFound)
        }
    }

    private func page(_ request: WebRequest) -> Reply {
        let path = request.path
        switch path {
        case "/metrics":
            return answer(
                path, 200, metrics.response(accept: request.accept, acceptEncoding: request.acceptEncoding))
        case "/probe":
            return probe(request)
        case "/sd":
            return answer(path, 200, TargetDiscovery.response(for: store.targetNames))
        case "/-/healthy":
            return answer(path, 200, pages.healthy)
        case "/-/ready":
            return store.snapshot.isReady ? answer(path, 200, pages.ready) : answer(path, 503, pages.notReady)
        case "/config":
            return answer(path, 200, statusPages.configurationText())
        case "/api/v1/status":
            return .later { [self] in answer(path, 200, await statusPages.json()) }
        default:
            return .later { [self] in answer(path, 200, await statusPages.overview()) }
        }
    }

    /// What there is to be read, besides the pages of targets.
    private static let pagePaths: Set = [
        "/", "/metrics", "/probe", "/sd", "/config", "/api/v1/status", "/-/healthy", "/-/ready",
    ]
    private static let reloadPath = "/-/reload"
    /// Where the pages of targets are; they are counted together, whatever names are asked for.
    private static let targetPath = "/targets/"

    private func target(_ name: String) -> Reply {
        .later { [self] in
            let (status, page) = await statusPages.target(name)
            return answer(Self.targetPath, status, page)
        }
    }

    /// One target by its configured name: never one that a client makes up.
    private func probe(_ request: WebRequest) -> Reply {
        let path = request.path
        guard let name = request.target, !name.isEmpty else { return answer(path, 400, pages.targetMissing) }
        let found = probes.answer(
            target: name, accept: request.accept, acceptEncoding: request.acceptEncoding)
        switch found {
        case nil:
            return store.targetNames.contains(name)
                ? answer(path, 503, pages.targetSilent) : answer(path, 404, pages.targetUnknown)
        case .ready(let response): return answer(path, 200, response)
        case .toBeMade(let make): return .later { [self] in answer(path, 200, make()) }
        }
    }

    private func reload(method: String) -> Reply {
        let path = Self.reloadPath
        guard method == "POST" || method == "PUT" else { return answer(path, 405, pages.postOnly) }
        guard let reloadConfiguration else { return answer(path, 403, pages.lifecycleDisabled) }
        return .later { [self] in
            switch await reloadConfiguration() {
            case .done: answer(path, 200, pages.reloaded)
            case .incomplete(let reason):
                answer(path, 500, Response(text: "The configuration was taken over, but for this: \(reason)\n"))
            case .refused(let reason):
                answer(path, 500, Response(text: "The former configuration stays in force: \(reason)\n"))
            }
        }
    }

    /// Counts an answer by the path, if there is such a page.
    package func answer(_ path: String, _ status: Int, _ response: Response) -> Reply {
        counter.count(Self.route(of: path), status: status)
        return .respond(status: status, response)
    }

    /// The path as it is counted: their number is bounded, whatever is asked for.
    private static func route(of path: String) -> String {
        if pagePaths.contains(path) || path == reloadPath { return path }
        return path.hasPrefix(targetPath) ? targetPath : "other"
    }
}
