import MicroHTTPServer

/// Finds the answer to a request, and counts it.
final class Router: Sendable {
    private let metrics: MetricsEndpoint
    private let store: SnapshotStore
    private let counter: HTTPRequestCounter
    private let landingPage: Response
    private let reloader: Reloader?
    private let pages: Pages

    /// Small fixed responses, made once.
    private struct Pages: Sendable {
        let healthy = Response(text: "The exporter runs.\n")
        let ready = Response(text: "Every target has been tried.\n")
        let notReady = Response(text: "Not every target has been tried yet; try again in a moment.\n")
        let notFound = Response(text: "There is no such page. The metrics are at /metrics.\n")
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

    /// - Parameter reloader: nil where requests may not have the configuration read again.
    init(
        metrics: MetricsEndpoint, store: SnapshotStore, counter: HTTPRequestCounter, landingPage: LandingPage,
        reloader: Reloader? = nil
    ) {
        self.reloader = reloader
        self.metrics = metrics
        self.store = store
        self.counter = counter
        self.landingPage = Response(
            Array(landingPage.html.utf8), headers: [(name: "Content-Type", value: "text/html; charset=utf-8")])
        pages = Pages()
    }

    func reply(to request: borrowing Request) -> Reply {
        let path = request.path
        switch path {
        case "/metrics", "/-/healthy", "/-/ready", "/":
            guard request.method == "GET" || request.method == "HEAD" else {
                return answer(path, 405, pages.methodNotAllowed)
            }
        case "/-/reload":
            return reload(method: request.method)
        default:
            return answer("other", 404, pages.notFound)
        }
        switch path {
        case "/metrics":
            let response = metrics.response(
                accept: request.header("Accept"), acceptEncoding: request.header("Accept-Encoding"))
            return answer(path, 200, response)
        case "/-/healthy":
            return answer(path, 200, pages.healthy)
        case "/-/ready":
            return store.snapshot.isReady ? answer(path, 200, pages.ready) : answer(path, 503, pages.notReady)
        default:
            return answer(path, 200, landingPage)
        }
    }

    private func reload(method: String) -> Reply {
        let path = "/-/reload"
        guard method == "POST" || method == "PUT" else { return answer(path, 405, pages.postOnly) }
        guard let reloader else { return answer(path, 403, pages.lifecycleDisabled) }
        return .later { [self] in
            switch await reloader.reload() {
            case .done: answer(path, 200, pages.reloaded)
            case .refused(let reason):
                answer(path, 500, Response(text: "The former configuration stays in force: \(reason)\n"))
            }
        }
    }

    private func answer(_ path: String, _ status: Int, _ response: Response) -> Reply {
        counter.count(path, status: status)
        return .respond(status: status, response)
    }
}
