import Foundation

/// The API with which Prometheus, and what is compatible with it, answers queries.
struct PrometheusAPI {
    var url: String
    /// Further arguments of curl, such as a user.
    var arguments: [String] = []

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

    func ask<Answer: Decodable>(_ path: String, _ parameters: [String: String]) async throws -> Answer {
        let arguments = arguments + ["--get"] + parameters.flatMap { ["--data-urlencode", "\($0.key)=\($0.value)"] }
        let reply = try await CurlReply.get(url + path, arguments)
        // It answers 404 where it knows no such metric yet.
        guard reply.status == 200 else { throw TestFailure("\(url) answered \(reply.status): \(reply.text)") }
        return try JSONDecoder().decode(Answer.self, from: Data(reply.body))
    }
}
