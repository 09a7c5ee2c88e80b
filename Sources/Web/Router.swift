package import Collection
import Configuration
import MicroHTTPServer
import OperatingSystem
import PlainText

/// Answers requests by their path, and counts them.
package final class Router: Sendable {
    private let metrics: MetricsEndpoint
    private let probes: ProbeEndpoint
    private let store: SnapshotStore
    private let statusPages: StatusPages
    private let reloadConfiguration: (@Sendable () async -> ReloadOutcome)?
    private let pages: Pages
    private let telemetryPath: String

    /// Small fixed responses, created once.
    private struct Pages: Sendable {
        let healthy = Response(plain: "The exporter is running.")
        let ready = Response(plain: "Every target has had its first collection.")
        let notReady = Response(plain: "Not every target has had its first collection yet; try again in a moment.")
        let notFound: Response
        let targetMissing = Response(
            plain:
                "The target is missing: use /probe?target=NAME with the name of a configured target. /sd lists them.")
        let unknownGrouping = Response(plain: "Use /sd for the targets, or /sd?by=instance for their instances too.")
        let instanceUnknown = Response(
            plain: "No such instance: use the id of an instance of the target. /sd?by=instance lists them.")
        let targetSilent = Response(
            plain: "No data for this target: its collection could not be started. See the log.")
        let targetUnknown = Response(
            plain: "No such target: use the name of a configured target, not an address. /sd lists them.")
        let methodNotAllowed = Response(plain: "Use GET or HEAD.", (name: "Allow", value: "GET, HEAD"))
        let postOnly = Response(
            plain: "Use POST or PUT to reload the configuration.", (name: "Allow", value: "POST, PUT"))
        let reloaded = Response(plain: "The configuration was reloaded.")
        let lifecycleDisabled = Response(
            plain: "Reloading over HTTP is disabled: start the exporter with --web.enable-lifecycle, or send SIGHUP.")
        let foreignOrigin = Response(
            plain: "A page of another site cannot reload the configuration: send the request without a browser.")

        init(telemetryPath: String) {
            notFound = Response(plain: "No such page. The metrics are at \(telemetryPath).")
        }
    }

    /// - Parameters:
    ///   - telemetryPath: The path of the metrics.
    ///   - reload: Reloads the configuration; nil if that is disabled over HTTP.
    package init(
        metrics: MetricsEndpoint, probes: ProbeEndpoint, store: SnapshotStore, pages statusPages: StatusPages,
        telemetryPath: String = WebSettings.usualTelemetryPath, reload: (@Sendable () async -> ReloadOutcome)? = nil
    ) {
        self.telemetryPath = telemetryPath
        self.probes = probes
        reloadConfiguration = reload
        self.metrics = metrics
        self.store = store
        self.statusPages = statusPages
        pages = Pages(telemetryPath: telemetryPath)
    }

    func reply(to request: WebRequest) -> Reply {
        var request = request
        if telemetryPath != WebSettings.usualTelemetryPath {
            if request.path == WebSettings.usualTelemetryPath { return answer("", 404, pages.notFound) }
            // Counted and answered like the usual one.
            if request.path == telemetryPath { request.path = WebSettings.usualTelemetryPath }
        }
        let path = request.path
        switch path {
        case _ where Self.pagePaths.contains(path):
            return request.isReading ? page(request) : answer(path, 405, pages.methodNotAllowed)
        case Self.reloadPath:
            return reload(request)
        case _ where path.hasPrefix(Self.targetPath):
            guard request.isReading else { return answer(path, 405, pages.methodNotAllowed) }
            let name = path.dropFirst(Self.targetPath.count)
            // The links of a page for the name would be wrong if they began below it.
            return name.contains("/") ? answer(path, 404, pages.notFound) : target(String(name), request)
        default:
            return answer(path, 404, pages.notFound)
        }
    }

    private func page(_ request: WebRequest) -> Reply {
        let path = request.path
        switch path {
        case "/metrics":
            guard let selection = request.families else {
                return answer(
                    path, 200, metrics.response(accept: request.accept, acceptEncoding: request.acceptEncoding))
            }
            if let problem = selection.problem(in: metrics.catalogue) {
                return answer(path, 400, Response(plain: problem))
            }
            return .later { [self] in
                answer(
                    path, 200,
                    metrics.response(selection, accept: request.accept, acceptEncoding: request.acceptEncoding))
            }
        case "/probe":
            return probe(request)
        case "/sd":
            switch request.by {
            case nil: return answer(path, 200, statusPages.discovery(byInstance: false))
            case "instance": return answer(path, 200, statusPages.discovery(byInstance: true))
            default: return answer(path, 400, pages.unknownGrouping)
            }
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

    /// The pages, except those of targets.
    static let pagePaths: Set = [
        "/", "/metrics", "/probe", "/sd", "/config", "/api/v1/status", "/-/healthy", "/-/ready",
    ]
    static let reloadPath = "/-/reload"
    /// The pages of targets; they are counted together, under one path.
    private static let targetPath = "/targets/"

    private func target(_ name: String, _ request: WebRequest) -> Reply {
        .later { [self] in
            let (status, page) = await statusPages.target(name, instance: request.instance, request.instances)
            return answer(Self.targetPath, status, page)
        }
    }

    /// Accepts only the name of a configured target, so that no client chooses what the exporter connects to.
    private func probe(_ request: WebRequest) -> Reply {
        let path = request.path
        guard let name = request.target, !name.isEmpty else { return answer(path, 400, pages.targetMissing) }
        let part: ProbeEndpoint.Part =
            if let id = request.instance { .instance(id) } else { request.withoutInstances ? .environment : .all }
        let found = probes.answer(
            target: name, part, accept: request.accept, acceptEncoding: request.acceptEncoding)
        switch found {
        case .noPart: return answer(path, 404, pages.instanceUnknown)
        case nil:
            if store.targetNames.contains(name) { return answer(path, 503, pages.targetSilent) }
            guard let shard = statusPages.otherShard(of: name) else { return answer(path, 404, pages.targetUnknown) }
            let text = "The target belongs to another exporter: ask the one with --shard=\(shard)."
            return answer(path, 404, Response(plain: text))
        case .ready(let response): return answer(path, 200, response)
        case .toBeMade(let make): return .later { [self] in answer(path, 200, make()) }
        }
    }

    private func reload(_ request: WebRequest) -> Reply {
        let path = Self.reloadPath
        guard request.method == "POST" || request.method == "PUT" else { return answer(path, 405, pages.postOnly) }
        guard let reloadConfiguration else { return answer(path, 403, pages.lifecycleDisabled) }
        if request.hasForeignOrigin { return answer(path, 403, pages.foreignOrigin) }
        return .later { [self] in
            switch await reloadConfiguration() {
            case .done: answer(path, 200, pages.reloaded)
            case .incomplete(let reason):
                answer(path, 500, Response(plain: "The configuration was reloaded in part: \(reason)"))
            case .refused(let reason):
                answer(
                    path, 500,
                    Response(
                        plain: "The configuration was not reloaded, and the previous one stays in force: \(reason)"))
            }
        }
    }

    /// Counts an answer.
    func answer(_ path: String, _ status: Int, _ response: Response) -> Reply {
        metrics.requests.count(Self.route(of: path), status: status)
        return .respond(status: status, response)
    }

    /// The path under which a request is counted; the number of these paths is bounded.
    private static func route(of path: String) -> String {
        if pagePaths.contains(path) || path == reloadPath { return path }
        return path.hasPrefix(targetPath) ? targetPath : "other"
    }
}

/// The parts of a request that the pages need; unlike the request, they can be kept until a later reply.
struct WebRequest: Sendable {
    var method: String
    /// Percent-decoded, without the query.
    var path: String
    /// The query's parameter `target`.
    var target: String?
    /// The query's parameter `instance_id`; `nil` if it is missing or empty.
    var instance: String?
    /// Whether the query's parameter `instances` is `no`.
    var withoutInstances = false
    /// The query's parameter `by`.
    var by: String?
    /// The query's parameters `collect[]` and `name[]`; `nil` for all families.
    var families: FamilySelection?
    /// Which instances a page lists: the query's parameters `search` and `page`.
    var instances = Status.InstanceQuery()
    var accept: String?
    var acceptEncoding: String?
    /// Whether a browser sent it for a page of another site (Fetch standard, 3.2).
    var hasForeignOrigin = false

    /// Whether the method is GET or HEAD, which change nothing.
    var isReading: Bool { method == "GET" || method == "HEAD" }
}

extension WebRequest {
    init(_ request: borrowing Request) {
        method = request.method
        path = request.path
        target = request.query("target")
        instance = request.query("instance_id").flatMap { $0.isEmpty ? nil : $0 }
        withoutInstances = request.query("instances") == "no"
        by = request.query("by")
        instances.search = request.query("search").flatMap { $0.isEmpty ? nil : String($0.prefix(200)) }
        instances.page = min(max(1, request.query("page").flatMap { Int($0) } ?? 1), 100_000)
        families = FamilySelection(collect: request.queries("collect[]"), names: request.queries("name[]"))
        accept = request.header("Accept")
        acceptEncoding = request.header("Accept-Encoding")
        hasForeignOrigin = Self.isForeign(request.header("Origin"), host: request.header("Host"))
    }

    /// The host of the site must be the one that the request is for; `null`, of a page without a site, is no host.
    private static func isForeign(_ origin: String?, host: String?) -> Bool {
        guard let origin = origin?.lowercased() else { return false }
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")] where origin.hasPrefix(scheme) {
            func withoutPort(_ text: some StringProtocol) -> String {
                String(text.hasSuffix(port) ? text.dropLast(port.count) : text[...])
            }
            return withoutPort(origin.dropFirst(scheme.count)) != withoutPort(host?.lowercased() ?? "")
        }
        return true
    }
}

/// Counts answered requests by path and status; the paths are those of the routes, so their number is bounded.
final class HTTPRequestCounter: Sendable {
    struct Key: Hashable, Comparable, Sendable {
        var path: String
        var status: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.path, left.status) < (right.path, right.status)
        }
    }

    private let box = Locked<[Key: UInt64]>([:])

    func count(_ path: String, status: Int) {
        box.withLock { $0[Key(path: path, status: status), default: 0] += 1 }
    }

    var counts: [Key: UInt64] {
        box.withLock { $0 }
    }
}

/// The headers that all responses of the endpoint have.
enum CommonHeaders {
    /// Every page shows what is known now.
    static let all = [(name: "Cache-Control", value: "no-store")]
}

extension Response {
    convenience init(page body: [UInt8], type: String, headers: [(name: String, value: String)] = []) {
        self.init(body, headers: [(name: "Content-Type", value: type)] + CommonHeaders.all + headers)
    }

    /// A line of text.
    convenience init(plain text: String, _ headers: (name: String, value: String)...) {
        self.init(page: Array("\(text)\n".utf8), type: "text/plain; charset=utf-8", headers: headers)
    }
}
