import Exposition
import MailStoreAPI
import MicroHTTPServer
import TestSupport
import Testing

@testable import Collection
@testable import Configuration
@testable import OperatingSystem
@testable import Web

/// The endpoint with everything behind it but the targets, whose pages a test writes.
struct WebBench {
    let time: ManualTime
    let store: SnapshotStore
    let counter = HTTPRequestCounter()
    let endpoint: MetricsEndpoint
    let reload: ReloadStatus
    let inForce: ConfigurationInForce
    private let router: Router

    init(targets: [String] = ["archive"]) throws {
        time = ManualTime()
        let catalogue = try MetricCatalogue.make()
        let build = BuildInformation(revision: "0123456789abcdef", swiftVersion: "6.3")
        let reload = ReloadStatus(start: time.clock.now())
        self.reload = reload
        store = SnapshotStore(catalogue: catalogue, targets: targets, clock: time.clock)
        endpoint = MetricsEndpoint(
            store: store, catalogue: catalogue, counter: counter, build: build,
            reload: reload, clock: time.clock)
        let inForce = ConfigurationInForce(try Self.configuration(of: targets))
        self.inForce = inForce
        router = Router(
            metrics: endpoint, probes: ProbeEndpoint(store: store, catalogue: catalogue), store: store,
            counter: counter,
            pages: StatusPages(store: store, build: build, reload: reload, clock: time.clock) {
                inForce.value
            })
    }

    private static func configuration(of targets: [String]) throws -> Configuration {
        Configuration(
            targets: try targets.map { name in
                TargetConfiguration(
                    name: name, url: try ServerURL(parsing: "https://\(name).example:8463"), username: "admin",
                    password: .inline(Secret("correct horse")))
            })
    }

    /// Puts a target on the page, with as many sessions as are given.
    func update(
        _ target: String = "archive", sessions: Int = 1, wasTried: Bool = true, failures: Int = 0, duplicates: Int = 0
    ) {
        var samples = SampleWriter(target: target)
        samples.add(SessionsCollector.families[0], [], Int64(sessions))
        store.update(
            TargetPage(
                target: target, blocks: samples.finish(), wasTried: wasTried, stateSaveFailures: failures,
                newDuplicates: duplicates))
    }

    /// Serves the endpoint on a free port while the body runs.
    func serving<Value>(_ body: (FakeScraper) async throws -> Value) async throws -> Value {
        let router = router
        let server = try HTTPServer(ServerOptions(host: "127.0.0.1", port: 0)) { router.reply(to: WebRequest($0)) }
        defer { server.stop(grace: 0) }
        return try await body(FakeScraper(port: server.port))
    }
}

/// Whoever asks the endpoint: the program curl.
struct FakeScraper {
    let port: Int

    struct Answer {
        var status: Int
        /// Lower-case names.
        var headers: [String: String]
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    func get(_ path: String, method: String = "GET", headers: [String] = []) async throws -> Answer {
        let flags = method == "HEAD" ? ["--head"] : ["--request", method]
        let output = try await Program.run(
            "curl",
            ["--silent", "--include", "--max-time", "20", "--path-as-is"] + flags
                + headers.flatMap { ["--header", $0] } + ["http://127.0.0.1:\(port)\(path)"])
        try #require(output.exitCode == 0)
        let end = try #require(output.bytes.firstRange(of: Array("\r\n\r\n".utf8)))
        let lines = String(decoding: output.bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let status = try #require(lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].drop { $0 == " " }.description
        }
        return Answer(status: status, headers: fields, body: Array(output.bytes[end.upperBound...]))
    }
}
