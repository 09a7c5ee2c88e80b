import Dispatch
import Exposition
import Logging
import OperatingSystem

@testable import Collection
@testable import Configuration
@testable import MailStoreAPI
@testable import Web

extension FuzzTarget {
    /// Whole collections of a server that sends anything, up to the pages.
    static let collection = [
        FuzzTarget(name: "collection") { input in
            let parts = parts(input, atMost: 1 + Server.functions.count)
            let bench = try CollectionBench(Server(parts))
            let before = try counters(bench.collect()[0])
            let pages = try bench.collect()
            for (page, format) in zip(pages, Format.allCases) { try ExpositionCheck.check(page, format) }
            let after = counters(pages[0])
            for (series, value) in before {
                try promise((after[series] ?? value) >= value, "\(series) goes back from \(value)")
            }
        }
    ]

    /// The counters of a page in text 0.0.4.
    private static func counters(_ page: [UInt8]) -> [Substring: Double] {
        var counters: [Substring: Double] = [:]
        let lines = String(decoding: page, as: UTF8.self).utf8.split(separator: UInt8(ascii: "\n")).map(Substring.init)
        for line in lines where Substring(line.utf8.prefix { $0 != UInt8(ascii: "{") }).hasSuffix("_total") {
            guard let space = line.utf8.lastIndex(of: UInt8(ascii: " ")) else { continue }
            counters[line[..<space]] = Double(line[line.utf8.index(after: space)...])
        }
        return counters
    }
}

/// A server that sends the same replies for ever: a date, then a result of each function.
private struct Server: HTTPTransport {
    static let functions = [
        "GetServerInfo", "GetStores", "GetJobs", "GetJobResults", "GetProfiles", "GetWorkerResults", "GetUsers",
        "GetLicenseInformation", "GetActiveSessions",
    ]
    private static let metadata = Array(
        "[\(functions.map { "{\"name\": \"\($0)\", \"args\": []}" }.joined(separator: ","))]".utf8)

    private let date: String?
    private let results: [String: [UInt8]]

    init(_ parts: [[UInt8]]) {
        date = parts.first.map { FuzzTarget.text($0) }
        results = Dictionary(uniqueKeysWithValues: zip(Self.functions, parts.dropFirst()))
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let function = request.path.split(separator: "/").last.map(String.init) ?? ""
        if function == "get-metadata" { return HTTPResponse(status: 200, body: Self.metadata, date: date) }
        let result = results[function] ?? Array("[]".utf8)
        // An exclamation mark begins a reply without the usual envelope.
        let body =
            result.first == UInt8(ascii: "!")
            ? Array(result.dropFirst()) : Array("{\"statusCode\": \"succeeded\", \"result\": ".utf8) + result + [0x7D]
        return HTTPResponse(status: 200, body: body, date: date, contentType: "application/json")
    }
}

/// One target with all that shows it, on clocks that move whenever somebody looks.
private struct CollectionBench {
    private let store: SnapshotStore
    private let pages: StatusPages
    private let monitor: TargetMonitor
    private let page = Locked<TargetPage?>(nil)

    init(_ server: Server) throws {
        let ticks = Locked(1000)
        let clock = Clock(
            now: { Timestamp(secondsSince1970: 1_767_225_600) },
            // A deadline passes, so that no process is watched for ever.
            uptime: {
                .seconds(
                    ticks.withLock { ticks in
                        ticks += 1; return ticks
                    })
            },
            sleep: { _ in })
        let target = TargetConfiguration(
            name: "archive", url: try ServerURL(parsing: "https://archive.example:8463"), username: "admin",
            password: .inline(Secret("correct horse")))
        let configuration = Configuration(targets: [target])
        let parts = TargetDependencies(
            target, of: configuration, transport: server, state: nil, environment: [:], clock: clock,
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
        monitor = TargetMonitor(parts, pulse: nil) { [page] new in page.withLock { $0 = new } }
        store = SnapshotStore(catalogue: try Pages.catalogue.get(), targets: ["archive"], clock: clock)
        pages = StatusPages(
            store: store, build: BuildInformation(revision: "0123456789abcdef", swiftVersion: "6.3"),
            configuration: ConfigurationStatus(configuration, start: clock.now()), clock: clock)
    }

    /// Runs every collector once, and returns the page in every format.
    func collect() throws -> [[UInt8]] {
        let isDone = DispatchSemaphore(value: 0)
        Task { [self] in
            for name in CollectorName.allCases { await monitor.runOnce(name) }
            await monitor.publish()
            if let page = page.withLock({ $0 }) { store.update(page) }
            _ = await (pages.overview(), pages.target("archive"), pages.json())
            isDone.signal()
        }
        isDone.wait()
        let blocks = try unwrap(page.withLock { $0 }).sources.flatMap(\.blocks)
        let sections = try Pages.renderers.get().map { $0.section(blocks, isLast: true) }
        try promise(sections.allSatisfy { $0.leftOut == 0 }, "a family is not in the catalogue")
        return sections.map(\.bytes)
    }

    private enum Pages {
        static let catalogue = Result { try MetricCatalogue.make() }
        static let renderers = Result {
            let catalogue = try Pages.catalogue.get()
            return Format.allCases.map { PageRenderer(catalogue, format: $0) }
        }
    }
}
