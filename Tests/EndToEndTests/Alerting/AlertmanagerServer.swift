import Foundation
import MailStoreSimulator
import MicroHTTPServer
import OperatingSystem

/// A real Alertmanager.
struct AlertmanagerServer {
    /// An alert as Alertmanager shows it.
    struct Alert: Decodable {
        struct Status: Decodable {
            /// `active`, `suppressed` or `unprocessed`.
            var state: String
            /// The fingerprints of the alerts that mute it.
            var inhibitedBy: [String]
        }

        var labels: [String: String]
        var fingerprint: String
        var status: Status
    }

    let program: RunningProgram
    let address: String

    /// - Parameter routes: the text of the configuration file.
    init(routes: String, in folder: TemporaryFolder) async throws {
        let configuration = try folder.write(routes, to: "alertmanager.yml")
        program = try RunningProgram(
            "prometheus-alertmanager",
            [
                "--config.file", configuration, "--storage.path", folder["alertmanager"],
                "--web.listen-address", "127.0.0.1:0", "--cluster.listen-address=",
            ])
        address = try await program.listeningAddress()
    }

    /// The alerts about a target that are muted by the alert of that fingerprint, by their names.
    func muted(by fingerprint: String, target: String) async throws -> Set<String> {
        let reply = try await CurlReply.get("http://\(address)/api/v2/alerts?inhibited=true")
        guard reply.status == 200 else { throw TestFailure("Alertmanager answered \(reply.status): \(reply.text)") }
        let alerts = try JSONDecoder().decode([Alert].self, from: Data(reply.body))
        let muted = alerts.filter { alert in
            alert.labels["target"] == target && alert.status.state == "suppressed"
                && alert.status.inhibitedBy.contains(fingerprint)
        }
        return Set(muted.compactMap { $0.labels["alertname"] })
    }
}

/// Takes the messages that Alertmanager sends, and keeps them.
final class WebhookReceiver: Sendable {
    /// What a message says of one alert.
    struct Notice: Decodable, Sendable, CustomStringConvertible {
        /// `firing` or `resolved`.
        var status: String
        var labels: [String: String]
        var annotations: [String: String]
        var fingerprint: String

        /// The message in few words: `firing MailStoreServerUnreachable archive`.
        var description: String {
            [status, labels["alertname"], labels["target"]].compactMap { $0 }.joined(separator: " ")
        }
    }

    /// A request that came in.
    struct Message: Sendable {
        /// Which of the receivers it was for: `critical`.
        var receiver: String
        /// When it came, in seconds since 1970 (UTC).
        var time: Double
        var notices: [Notice]
    }

    private struct Body: Decodable {
        var alerts: [Notice]
    }

    /// Where it listens: `http://127.0.0.1:40123`.
    let url: String
    private let server: HTTPServer
    private let received: Locked<[Message]>

    init() throws {
        let received = Locked<[Message]>([])
        var options = ServerOptions(host: "127.0.0.1", port: 0)
        options.maximumBodySize = 1 << 20
        server = try HTTPServer(options) { request in
            let time = SimulatorOptions.systemClock()
            guard let body = try? JSONDecoder().decode(Body.self, from: Data(request.body)) else {
                // Alertmanager logs it, and the test fails for want of the message.
                return .status(400)
            }
            let receiver = request.path.components(separatedBy: "/").last ?? ""
            received.withLock {
                $0.append(Message(receiver: receiver, time: time, notices: body.alerts))
            }
            return .status(200)
        }
        self.received = received
        url = "http://127.0.0.1:\(server.port)"
    }

    func stop() {
        server.stop()
    }

    /// All messages so far, oldest first.
    var messages: [Message] { received.withLock { $0 } }

    /// What was told of a target so far, oldest first.
    func notices(about target: String) -> [Notice] {
        messages.flatMap(\.notices).filter { $0.labels["target"] == target }
    }
}
