import Collection
import Configuration
import MailStoreAPI
import PlainText

/// What the service of a Service Provider Edition reports about itself, and whether its hosts are active.
struct EnvironmentCheck: TargetCheck {
    static let name = CheckName.environment
    static let needs = [CheckName.login]

    /// How many messages are shown.
    private static let shown = 5

    static func concerns(_ context: CheckContext) -> Bool { context.edition == .serviceProvider }

    func run(_ context: inout CheckContext) async -> [Finding] {
        guard context.offers(.getServiceStatus) else {
            return [Finding(.skipped, "the server does not offer GetServiceStatus")]
        }
        let status: ServiceStatus
        do throws(APIError) {
            status = try await context.parts.api.invoke(
                .getServiceStatus, as: ServiceStatus.self, by: context.deadline())
        } catch {
            return [
                Finding(
                    .failed, "cannot read the status of the service", remedy: error.description,
                    details: [.text("reason", error.reason.rawValue)])
            ]
        }
        let hosts = status.hosts ?? []
        let inactive = hosts.filter { $0.active == false }.map(\.serverName)
        let counts = status.messageCounts ?? []
        let problems = (status.messages ?? []).filter { $0.severity?.lowercased() != "information" }
        let details =
            [CheckDetail.number("hosts", hosts.count), .number("inactive_hosts", inactive.count)]
            + counts.map { .number("messages_\($0.severity)", $0.count) }
        let messages = counts.map { "\($0.count) \($0.severity)" }.joined(separator: ", ")
        let summary = "roles of hosts: \(hosts.count), not active: \(inactive.count); messages: \(messages)"
        guard !problems.isEmpty || !inactive.isEmpty else { return [Finding(.ok, summary, details: details)] }
        var remedies = inactive.isEmpty ? [] : ["Not active: \(Set(inactive).sorted().joined(separator: ", "))."]
        if !context.parts.hidesNames {
            remedies += problems.prefix(Self.shown).map { "\($0.severity ?? "message"): \($0.text ?? "no text")" }
        }
        remedies.append("See the management console.")
        return [Finding(.warning, summary, remedy: remedies.joined(separator: " "), details: details)]
    }
}
