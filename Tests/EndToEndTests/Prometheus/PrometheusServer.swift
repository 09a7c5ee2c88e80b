import Foundation

/// A real Prometheus server that scrapes every second.
struct PrometheusServer {
    let program: RunningProgram
    private let url: String

    /// - Parameters:
    ///   - targets: the address to scrape, by the name of the scrape job.
    ///   - rules: the path of a file of rules, which are evaluated every second.
    ///   - alertmanager: the address that alerts are sent to.
    ///   - arguments: further ones for the program.
    init(
        scraping targets: [String: String], in folder: TemporaryFolder, rules: String? = nil,
        alertmanager: String? = nil, arguments: [String] = []
    ) async throws {
        var lines = ["global:", "  scrape_interval: 1s", "  evaluation_interval: 1s", "scrape_configs:"]
        for (job, address) in targets.sorted(by: { $0.key < $1.key }) {
            lines += ["  - job_name: \(job)", "    static_configs:", "      - targets: ['\(address)']"]
        }
        if let rules { lines.append("rule_files: ['\(rules)']") }
        if let alertmanager {
            lines += [
                "alerting:", "  alertmanagers:", "    - static_configs:", "        - targets: ['\(alertmanager)']",
            ]
        }
        try await self.init(configuration: lines.joined(separator: "\n") + "\n", in: folder, arguments: arguments)
    }

    /// Starts it on a configuration file of this text.
    init(configuration text: String, in folder: TemporaryFolder, arguments: [String] = []) async throws {
        let configuration = try folder.write(text, to: "prometheus.yml")
        program = try RunningProgram(
            "prometheus",
            [
                "--config.file", configuration, "--storage.tsdb.path", folder["tsdb"],
                "--web.listen-address", "127.0.0.1:0",
            ] + arguments)
        let url = "http://\(try await program.listeningAddress())"
        self.url = url
        try await eventually("Prometheus is ready") { try await CurlReply.get(url + "/-/ready").status == 200 }
    }

    /// The newest samples that a selector finds, by their series without the labels that Prometheus adds.
    func query(_ selector: String) async throws -> [Page.Series: Double] {
        struct Answer: Decodable {
            struct Result: Decodable {
                struct Value: Decodable {
                    var text: String

                    init(from decoder: any Decoder) throws {
                        var pair = try decoder.unkeyedContainer()
                        _ = try pair.decode(Double.self)
                        text = try pair.decode(String.self)
                    }
                }

                var metric: [String: String]
                var value: Value
            }

            struct Content: Decodable {
                var result: [Result]
            }

            var data: Content
        }
        let answer: Answer = try await ask("/api/v1/query", ["query": selector])
        var samples: [Page.Series: Double] = [:]
        for result in answer.data.result {
            let labels = result.metric.filter { !["__name__", "job", "instance"].contains($0.key) }
            samples[Page.Series(name: result.metric["__name__"] ?? "", labels: labels)] = Double(result.value.text)
        }
        return samples
    }

    /// The type of a metric that a scrape job last told; `nil` where it told none of that name.
    func type(of metric: String, in job: String) async throws -> String? {
        struct Answer: Decodable {
            struct Metadata: Decodable {
                var type: String
            }

            var data: [Metadata]
        }
        let answer: Answer = try await ask(
            "/api/v1/targets/metadata", ["match_target": "{job=\"\(job)\"}", "metric": metric])
        return answer.data.first?.type
    }

    func ask<Answer: Decodable>(_ path: String, _ parameters: [String: String]) async throws -> Answer {
        let arguments = ["--get"] + parameters.flatMap { ["--data-urlencode", "\($0.key)=\($0.value)"] }
        let reply = try await CurlReply.get(url + path, arguments)
        // It answers 404 where it knows no such metric yet.
        guard reply.status == 200 else { throw TestFailure("Prometheus answered \(reply.status): \(reply.text)") }
        return try JSONDecoder().decode(Answer.self, from: Data(reply.body))
    }
}
