import Foundation
import MailStoreSimulator

/// A simulated server with a past, an exporter that has begun to count, and the command history.
struct HistoryScene {
    let scene: Scene
    /// The grid of the samples, in seconds.
    static let step = 3600
    static let days = 60
    static let lookback = 20

    static func with(_ body: (HistoryScene) async throws -> Void) async throws {
        try await Scene.with { options in
            options.history = Self.days
        } configure: { configuration in
            configuration.collection["lookback"] = "\(Self.lookback)d"
            configuration.collection["timeout"] = "30s"
        } _: { scene in
            try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            try await body(HistoryScene(scene: scene))
        }
    }

    /// Runs the command to its end.
    func history(
        _ arguments: [String] = [], configuration: String? = nil
    ) async throws -> (exitCode: RunningProgram.Ending, output: String, errors: String) {
        let program = try RunningProgram(
            Exporter.path,
            [
                "history", "--since", "\(Self.days)d", "--instance", scene.exporter.addresses[0], "--config.file",
                configuration ?? scene.folder["config.yml"],
            ] + arguments)
        return (try await program.waitForEnd(tries: 3000), program.output, program.errors)
    }

    /// Has promtool make blocks of a file in the folder, where Prometheus will find them.
    func makeBlocks(of file: String) async throws -> (exitCode: RunningProgram.Ending, errors: String) {
        let program = try RunningProgram(
            "promtool",
            [
                "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=744h", scene.folder[file],
                scene.folder["tsdb"],
            ])
        return (try await program.waitForEnd(tries: 3000), program.errors)
    }

    /// A Prometheus server that keeps the whole past and scrapes the exporter.
    func startPrometheus() async throws -> PrometheusServer {
        let prometheus = try await PrometheusServer(
            scraping: ["mailstore": scene.exporter.addresses[0]], in: scene.folder,
            arguments: ["--storage.tsdb.retention.time=10y"])
        try await eventually("the exporter was scraped") {
            try await prometheus.query("count(mailstore_profile_runs_total)").count == 1
        }
        return prometheus
    }
}

/// The samples that a range query found of one series.
struct SampledSeries: Decodable {
    struct Sample: Decodable {
        /// Seconds since 1970.
        var time: Double
        var value: Double

        init(from decoder: any Decoder) throws {
            var pair = try decoder.unkeyedContainer()
            time = try pair.decode(Double.self)
            value = Double(try pair.decode(String.self)) ?? .nan
        }
    }

    var metric: [String: String]
    var values: [Sample]

    /// How much the counter has grown by Prometheus's rule: what it fell by is a reset.
    var increase: Double {
        zip(values, values.dropFirst()).reduce(0) { sum, pair in
            sum + (pair.1.value < pair.0.value ? pair.1.value : pair.1.value - pair.0.value)
        }
    }

    /// How often the counter fell.
    var resets: Int {
        zip(values, values.dropFirst()).count { $1.value < $0.value }
    }
}

extension PrometheusServer {
    /// All samples as they are stored, of the series that a selector finds.
    func samples(_ selector: String) async throws -> [SampledSeries] {
        struct Answer: Decodable {
            struct Content: Decodable { var result: [SampledSeries] }
            var data: Content
        }
        let answer: Answer = try await ask("/api/v1/query", ["query": "\(selector)[100d]"])
        return answer.data.result
    }

    /// The value that an expression had at a moment; `nil` where it had none or several.
    func value(_ expression: String, at time: Int) async throws -> Double? {
        struct Answer: Decodable {
            struct Result: Decodable { var value: SampledSeries.Sample }
            struct Content: Decodable { var result: [Result] }
            var data: Content
        }
        let answer: Answer = try await ask("/api/v1/query", ["query": expression, "time": "\(time)"])
        return answer.data.result.count == 1 ? answer.data.result[0].value.value : nil
    }
}
