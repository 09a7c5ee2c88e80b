import Foundation

/// A real Prometheus server that scrapes every second.
struct PrometheusServer {
    let program: RunningProgram
    private let api: PrometheusAPI

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
        api = PrometheusAPI(url: url)
        try await eventually("Prometheus is ready") { try await CurlReply.get(url + "/-/ready").status == 200 }
    }

    func query(_ selector: String) async throws -> [Page.Series: Double] { try await api.query(selector) }

    func ask<Answer: Decodable>(_ path: String, _ parameters: [String: String]) async throws -> Answer {
        try await api.ask(path, parameters)
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
}

/// Stands between Prometheus and the exporter and asks for the text format, whatever was asked for.
///
/// Prometheus 2.42 always prefers OpenMetrics, and no setting of it changes that.
final class TextProxy: Sendable {
    let address: String
    private let listener: Int32

    /// - Parameter exporter: the address to forward to.
    init(to exporter: String) throws {
        let port = Int(exporter.split(separator: ":").last ?? "") ?? 0
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var own = Self.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let status = Self.withSocketAddress(&own) {
            bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0 ? getsockname(descriptor, $0, &length) : -1
        }
        guard status == 0 else { throw TestFailure("no proxy: \(String(cString: strerror(errno)))") }
        address = "127.0.0.1:\(UInt16(bigEndian: own.sin_port))"
        Thread.detachNewThread {
            while case let client = accept(descriptor, nil, nil), client >= 0 {
                Self.forward(client, port)
                close(client)
            }
        }
    }

    /// Ends the thread too: nothing is accepted any more.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// One request, one reply, one connection.
    private static func forward(_ client: Int32, _ port: Int) {
        var head: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        while !head.suffix(4).elementsEqual(end) {
            let part = receive(client)
            if part.isEmpty { return }
            head += part
        }
        let kept = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n").filter { line in
            !line.isEmpty && !["accept:", "connection:"].contains { line.lowercased().hasPrefix($0) }
        }
        let request = kept + ["Accept: text/plain;version=0.0.4", "Connection: close", "", ""]
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(server) }
        var target = loopback(port: port)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard withSocketAddress(&target, { connect(server, $0, length) }) == 0 else { return }
        transmit(Array(request.joined(separator: "\r\n").utf8), to: server)
        while case let part = receive(server), !part.isEmpty { transmit(part, to: client) }
    }

    private static func receive(_ descriptor: Int32) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(0, count)))
    }

    private static func transmit(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func withSocketAddress<Result>(
        _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
    ) -> Result {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }
}
