import Foundation

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
