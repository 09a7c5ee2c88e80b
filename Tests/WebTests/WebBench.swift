import Exposition
import Foundation
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
    let endpoint: MetricsEndpoint
    let configuration: ConfigurationStatus
    private let router: Router

    init(
        targets: [String] = ["archive"], telemetryPath: String = "/metrics",
        reload: (@Sendable () async -> ReloadOutcome)? = nil
    ) throws {
        time = ManualTime()
        let catalogue = try MetricCatalogue.make()
        let build = BuildInformation(revision: "0123456789abcdef", swiftVersion: "6.3")
        configuration = ConfigurationStatus(try Self.configuration(of: targets), start: time.clock.now())
        store = SnapshotStore(catalogue: catalogue, targets: targets, clock: time.clock)
        endpoint = MetricsEndpoint(
            store: store, catalogue: catalogue, build: build, configuration: configuration, clock: time.clock)
        router = Router(
            metrics: endpoint, probes: ProbeEndpoint(store: store, catalogue: catalogue), store: store,
            pages: StatusPages(
                store: store, build: build, configuration: configuration, telemetryPath: telemetryPath,
                clock: time.clock),
            telemetryPath: telemetryPath, reload: reload)
    }

    private static func configuration(of targets: [String]) throws -> Configuration {
        Configuration(
            targets: try targets.map { name in
                TargetConfiguration(
                    name: name, url: try ServerURL(parsing: "https://\(name).example:8463"), username: "admin",
                    password: .inline(Secret("correct horse")))
            })
    }

    /// Has the configuration name target files with these texts; reads them as the program does.
    ///
    /// - Parameter shard: The share of the targets to show; `nil` for all.
    func read(targetFiles texts: [String], shard: Shard? = nil) throws {
        let folder = try TemporaryFolder()
        var flags = ConfigurationFlags()
        flags.configFile = try folder.write("target_files: ['*.targets.yml']", to: "config.yml")
        for (index, text) in texts.enumerated() { try folder.write(text, to: "\(index).targets.yml") }
        var source = ConfigurationSource(flags: flags, environment: [:], shard: shard)
        let reading = try source.load()
        configuration.replace(with: reading.configuration, targetFiles: reading.targetFiles)
        store.setTargets(reading.configuration.targets.map(\.name))
    }

    /// Puts a target with a number of sessions on the page.
    func update(
        _ target: String = "archive", sessions: Int = 1, wasTried: Bool = true, failures: Int = 0, duplicates: Int = 0
    ) {
        var samples = SampleWriter(target: target)
        samples.add(SessionsCollector.families[0], [], Int64(sessions))
        store.update(
            TargetPage(
                target: target, own: SourceBlocks(samples.finish()), wasTried: wasTried, stateSaveFailures: failures,
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

/// A client of the endpoint: the program curl.
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
            ["--silent", "--include", "--max-time", "60", "--path-as-is"] + flags
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

/// The status pages of one collected target, without a network.
struct PagesBench {
    let target: TargetBench
    let web: WebBench

    /// - Parameters:
    ///   - change: changes the target's configuration.
    ///   - changeAll: changes the rest of it.
    init(
        target change: (inout TargetConfiguration) -> Void = { _ in },
        configuration changeAll: (inout Configuration) -> Void = { _ in }
    ) throws {
        target = try TargetBench(target: change, configuration: changeAll)
        web = try WebBench()
        web.time.advance(by: target.time.now.since(web.time.now))
    }

    var server: FakeServer { target.server }

    /// Collects, and publishes the result.
    func collect(_ names: CollectorName...) async {
        for name in names.isEmpty ? CollectorName.allCases : names { await target.collection.runOnce(name) }
        await publish()
    }

    func publish() async {
        await target.collection.publish()
        if let page = target.sink.page { web.store.update(page) }
        web.time.advance(by: .seconds(2))
        target.time.advance(by: .seconds(2))
    }

    /// The page at a path.
    func page(_ path: String) async throws -> FakeScraper.Answer {
        try await web.serving { try await $0.get(path) }
    }

    /// The one target of the JSON.
    func json() async throws -> JSONObject {
        let answer = try await page("/api/v1/status")
        let data = try #require(try JSONObject(answer.body)["data"])
        return try #require(data.items("targets").first)
    }
}

/// An object of JSON, as a client reads it.
struct JSONObject {
    let fields: [String: Any]

    init(_ bytes: [UInt8]) throws {
        fields = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    private init(_ fields: [String: Any]) {
        self.fields = fields
    }

    subscript(key: String) -> JSONObject? {
        (fields[key] as? [String: Any]).map(JSONObject.init)
    }

    func text(_ key: String) -> String? { fields[key] as? String }
    func number(_ key: String) -> Double? { (fields[key] as? NSNumber)?.doubleValue }
    func truth(_ key: String) -> Bool? { fields[key] as? Bool }
    func items(_ key: String) -> [JSONObject] { (fields[key] as? [[String: Any]] ?? []).map(JSONObject.init) }
}
