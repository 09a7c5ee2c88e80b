import Collection
import Configuration
import MailStoreAPI

/// Checks that the server is MailStore.
struct APICheck: TargetCheck {
    static let name = CheckName.api
    static let needs = [CheckName.tls]

    func run(_ context: inout CheckContext) async -> [Finding] {
        switch context.metadata {
        case .success(let functions):
            let details = [CheckDetail.number("functions", functions.count)]
            guard context.capabilities.names != nil else {
                return [
                    Finding(
                        .warning, "get-metadata answers, but lists nothing that the collectors need",
                        remedy: Capabilities.uselessList(functions).description, details: details)
                ]
            }
            let names = Set(functions.map { $0.name.lowercased() })
            if let note = serviceProvider(context, functions: names, errors: []) {
                return [Finding(.warning, "this is no MailStore Server", remedy: note, details: details)]
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

    private func serviceProvider(
        _ context: CheckContext, functions: Set<String>?, errors: [APIError]
    ) -> String? {
        TargetNotes.serviceProvider(at: context.target.url, functions: functions, errors: errors, isServer: false)
    }

    private func finding(for error: APIError, _ context: CheckContext) -> Finding {
        let details = [CheckDetail.text("reason", error.reason.rawValue)]
        if error.reason == .unauthorized || error.reason == .forbidden {
            return Finding(
                .warning, "the server lists no functions without a login (HTTP \(error.httpStatus ?? 401))",
                remedy: serviceProvider(context, functions: nil, errors: [error])
                    ?? "MailStore Server lists them without a login, the Service Provider Edition does not. Check "
                    + "that the URL is the Administration API of a MailStore Server.", details: details)
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

/// Which collectors the server supports, and which metrics will be missing.
struct FunctionsCheck: TargetCheck {
    static let name = CheckName.functions
    static let needs = [CheckName.api]

    func run(_ context: inout CheckContext) async -> [Finding] {
        let capabilities = context.capabilities
        guard capabilities.names != nil else {
            return [Finding(.skipped, "the server does not list its functions; every collector is tried")]
        }
        let wanted = context.target.allCollectors
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

extension TargetConfiguration {
    /// The collectors that run for the target; `server` always runs.
    var allCollectors: [any Collector] {
        Collectors.all.filter { type(of: $0).name == .server || collectors.contains(type(of: $0).name) }
    }
}
