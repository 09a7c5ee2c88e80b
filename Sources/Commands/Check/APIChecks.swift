import Collection
import Configuration
import MailStoreAPI

/// Checks that the server is MailStore, and of the configured edition.
struct APICheck: TargetCheck {
    static let name = CheckName.api
    static let needs = [CheckName.tls]

    func run(_ context: inout CheckContext) async -> [Finding] {
        switch context.metadata {
        case .success(let functions):
            let details = [CheckDetail.number("functions", functions.count)]
            if let contradiction = context.contradiction { return [contradiction] }
            guard context.capabilities.names != nil else {
                return [
                    Finding(
                        .warning, "get-metadata answers, but lists nothing that the collectors need",
                        remedy: Capabilities.uselessList(functions).description, details: details)
                ]
            }
            return [
                Finding(
                    .ok, "MailStore answered: get-metadata lists its functions (\(functions.count))",
                    details: details)
            ]
        case .failure(let error):
            return [finding(for: error, context)]
        case nil:
            return [Finding(.skipped, "get-metadata was not called")]
        }
    }

    private func finding(for error: APIError, _ context: CheckContext) -> Finding {
        let details = [CheckDetail.text("reason", error.reason.rawValue)]
        if error.reason == .unauthorized || error.reason == .forbidden {
            if context.target.edition == .serviceProvider || context.isOnManagementPort {
                return Finding(
                    .ok, "the server asks for the login, as the Service Provider Edition does", details: details)
            }
            return Finding(
                .warning, "the server lists no functions without a login (HTTP \(error.httpStatus ?? 401))",
                remedy:
                    "MailStore Server lists them without a login, the Service Provider Edition does not. If this is "
                    + "the Service Provider Edition, set edition: spe. If not, check that the URL is the Administration "
                    + "API of a MailStore Server, and whether a proxy refuses this address.", details: details)
        }
        let message =
            switch error.reason {
            case .timeout: "no reply in time"
            case .badReply, .tooLarge: "the reply is not one of MailStore's"
            case .httpStatus: "the API is not at this address"
            default: "the API does not answer"
            }
        return Finding(.failed, message, remedy: error.description, details: details)
    }
}

extension CheckContext {
    /// Whether the server refuses its list of functions without a login.
    var asksForLogin: Bool {
        guard case .failure(let error)? = metadata else { return false }
        return error.reason == .unauthorized || error.reason == .forbidden
    }

    var isOnManagementPort: Bool { target.url.port == TargetNotes.serviceProviderPort }

    /// The finding that the server is of another edition than the configuration says; `nil` if it is not.
    var contradiction: Finding? {
        guard let shown = shownEdition, shown != edition else { return nil }
        return Finding(
            .failed, "the server is of another edition than the configuration says",
            remedy: TargetNotes.contradiction(of: target, and: shown), details: [.text("edition", shown.rawValue)])
    }
}

/// Which collectors the server supports, and which metrics will be missing.
struct FunctionsCheck: TargetCheck {
    static let name = CheckName.functions
    static let needs = [CheckName.api]

    func run(_ context: inout CheckContext) async -> [Finding] {
        let capabilities = context.capabilities
        guard capabilities.names != nil else {
            return [Finding(.skipped, "the server does not list its functions; every collector is tried")]
        }
        let wanted = context.collectors
        let names = wanted.map { type(of: $0).name.rawValue }.joined(separator: ", ")
        var details: [CheckDetail] = [.text("collectors", names)]
        var unsupported: [String] = []
        for collector in wanted {
            let kind = type(of: collector)
            let missing = kind.functions.filter { capabilities.offers([$0]) == false }.map(\.rawValue)
            guard !missing.isEmpty else { continue }
            unsupported.append(kind.name.rawValue)
            let families = kind.families.map(\.name).joined(separator: ", ")
            details.append(
                .printed(
                    "no_\(kind.name.rawValue)",
                    "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") not offered; "
                        + "missing metrics: \(families)"))
        }
        guard !unsupported.isEmpty else {
            return [Finding(.ok, "all collectors are supported (\(wanted.count)): \(names)", details: details)]
        }
        details.append(.text("unsupported", unsupported.joined(separator: ", ")))
        return [
            Finding(
                .warning,
                "supported collectors: \(wanted.count - unsupported.count) of \(wanted.count); not supported: "
                    + unsupported.joined(separator: ", "),
                remedy: "Newer versions of MailStore offer more functions. The exporter skips these collectors; to "
                    + "silence this warning, list only the others under collectors.", details: details)
        ]
    }
}
