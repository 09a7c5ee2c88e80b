import Dispatch
import MicroHTTPServer
import OperatingSystem

@testable import Collection
@testable import Configuration
@testable import Exposition
@testable import MailStoreAPI
@testable import Web

extension FuzzTarget {
    /// What clients send to the exporter, after libmicrohttpd has parsed it.
    static let web = [
        FuzzTarget(name: "accept") { input in
            let headers = parts(input, atMost: 2).map(text)
            let accept = headers[0]
            let chosen = Negotiation.choose(accept: accept, acceptEncoding: headers.count > 1 ? headers[1] : nil)
            let isOpenMetrics = chosen.contentType.hasPrefix("application/openmetrics-text; version=")
            try promise(isOpenMetrics == (chosen.format == .openMetrics), "\(chosen.contentType) is another format")
            try promise(
                isOpenMetrics || chosen.contentType.hasPrefix("text/plain; version="), "\(chosen.contentType)")
            let isPlain = chosen.contentType.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
            try promise(isPlain && chosen.contentType.utf8.count < 100, "not a header: \(chosen.contentType)")
            for element in HeaderList.parse(accept) {
                try promise((0...1000).contains(element.quality), "a preference of \(element.quality)")
                try promise(!element.value.isEmpty && element.parameters["q"] == nil, "\(element)")
            }
            // A client that takes only what was chosen gets it.
            let again = Negotiation.choose(accept: chosen.contentType, acceptEncoding: nil)
            try promise(again.contentType == chosen.contentType, "\(chosen.contentType) is answered with another")
        },
        FuzzTarget(name: "request") { input in
            let fields = parts(input, atMost: 6).map(text)
            func field(_ index: Int) -> String? { index < fields.count ? fields[index] : nil }
            let bench = try Endpoint.bench.get()
            let request = WebRequest(
                method: fields[0], path: field(1) ?? "/", target: field(2), accept: field(3), acceptEncoding: field(4))
            let status = try bench.status(of: request)
            try promise([200, 400, 403, 404, 405, 503].contains(status), "\(request.path) is answered with \(status)")
            let isChanging = !request.isReading
            try promise(!isChanging || status != 200, "\(request.method) \(request.path) is answered like a GET")
            switch bench.access.verdict(
                path: request.path, authorization: field(5), client: ClientNetwork(address: "192.0.2.1"))
            {
            case .admitted: try promise(request.path == Endpoint.publicPath, "admitted without a password")
            case .refused(let status, _): try promise(status == 401, "refused with \(status)")
            case .later:
                let credentials = try unwrap(field(5).flatMap(BasicCredentials.init(authorization:)))
                try promise(!credentials.user.contains(UInt8(ascii: ":")), "a user name with a colon")
            }
        },
        FuzzTarget(name: "html") { input in
            let text = text(input)
            let page: HTML = "<td title=\"\(text)\">\(text)</td>"
            let inner = page.text.dropFirst("<td title=\"".count).dropLast("</td>".count)
            try promise(!inner.utf8.contains(UInt8(ascii: "<")), "text is markup")
            try promise(inner.utf8.count { $0 == UInt8(ascii: "\"") } == 1, "text ends an attribute")
            try promise(!inner.utf8.contains { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A }, "a control character")
        },
    ]
}

/// The endpoint of one target that was never collected.
private struct Endpoint {
    static let publicPath = "/-/healthy"
    static let bench = Result { try Endpoint() }

    let access: WebAccess
    private let router: Router

    private init() throws {
        let now = Timestamp(secondsSince1970: 1_767_225_600)
        let clock = Clock(now: { now }, uptime: { .seconds(1000) }, sleep: { _ in })
        let catalogue = try MetricCatalogue.make()
        let build = BuildInformation(revision: "0123456789abcdef", swiftVersion: "6.3")
        let target = TargetConfiguration(
            name: "archive", url: try ServerURL(parsing: "https://archive.example:8463"), username: "admin",
            password: .inline(Secret("correct horse")))
        let configuration = ConfigurationStatus(Configuration(targets: [target]), start: now)
        let store = SnapshotStore(catalogue: catalogue, targets: ["archive"], clock: clock)
        let endpoint = MetricsEndpoint(
            store: store, catalogue: catalogue, build: build, configuration: configuration, clock: clock)
        router = Router(
            metrics: endpoint, probes: ProbeEndpoint(store: store, catalogue: catalogue), store: store,
            pages: StatusPages(store: store, build: build, configuration: configuration, clock: clock))
        let hash = "$2y$04$abcdefghijklmnopqrstuuW6uNDXnfTQv4mR0XgfFSLXCw9MFxgFG"
        access = WebAccess(
            WebConfiguration(
                users: ["prometheus": try BcryptHash(parsing: hash)], excludedPaths: [Self.publicPath]),
            clock: clock)
    }

    /// The status of the reply, after whatever it waits for.
    func status(of request: WebRequest) throws -> Int {
        var reply = router.reply(to: request)
        while true {
            switch reply {
            case .respond(let status, _): return status
            case .later(let next): reply = Self.waiting(for: next)
            case .disconnect: throw BrokenPromise(description: "no reply to \(request.path)")
            }
        }
    }

    private static func waiting(for next: @escaping @Sendable () async -> Reply) -> Reply {
        let isDone = DispatchSemaphore(value: 0)
        let result = Locked<Reply>(.disconnect)
        Task {
            let reply = await next()
            result.withLock { $0 = reply }
            isDone.signal()
        }
        isDone.wait()
        return result.withLock { $0 }
    }
}
