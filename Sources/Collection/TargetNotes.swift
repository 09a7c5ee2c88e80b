package import Configuration
package import MailStoreAPI
import PlainText

/// What does not fit between the configuration of a target and its server, as far as the server's answers show it: texts
/// for people, each with its remedy.
package enum TargetNotes {
    /// The keys of `expected_intervals` that no job and no profile of the server has; such a key has no effect.
    ///
    /// - Parameters:
    ///   - jobs: The server's jobs; `nil` if they are not known.
    ///   - profiles: The server's profiles; `nil` if they are not known.
    ///   - hidesNames: Whether the server's own names must not be shown.
    package static func unknownKeys(
        of intervals: ExpectedIntervals, jobs: [Job]?, profiles: [Profile]?, hidesNames: Bool
    ) -> [String] {
        notes(intervals.jobKeys, "job", jobs?.map { ($0.id, $0.name) }, hidesNames)
            + notes(intervals.profileKeys, "profile", profiles?.map { ($0.id, $0.name) }, hidesNames)
    }

    private static func notes(
        _ keys: [String], _ kind: String, _ items: [(id: String, name: String?)]?, _ hidesNames: Bool
    ) -> [String] {
        guard !keys.isEmpty, let items else { return [] }
        let names = items.compactMap(\.name)
        let known = Set(items.map(\.id) + names)
        return keys.filter { !known.contains($0) }.map { key in
            let near = hidesNames ? nil : NearestName.find(key, among: names)
            let remedy = near.map { "did you mean \(QuotedText($0))?" } ?? "correct it, or remove it"
            return
                "expected_intervals.\(kind)s has the key \(QuotedText(key)), but the server has no \(kind) with this id "
                + "or name, so it has no effect; \(remedy)"
        }
    }

    /// The note that a server may be of the Service Provider Edition, although its list of functions does not show it;
    /// `nil` if nothing points to it.
    ///
    /// - Parameters:
    ///   - errors: The failures of the last calls.
    ///   - isServer: Whether a function of MailStore Server alone has succeeded.
    package static func serviceProvider(at url: ServerURL, errors: [APIError], isServer: Bool) -> String? {
        guard !isServer else { return nil }
        // Its functions need the argument instanceID.
        let lacksInstance = errors.contains { $0.reason == .apiError && $0.description.contains("instanceID") }
        guard lacksInstance || (url.port == serviceProviderPort && !errors.isEmpty) else { return nil }
        return "\(url) looks like the Management API of the MailStore Service Provider Edition (its default port is "
            + "\(serviceProviderPort)), but its list of functions could not be read, so it is asked for those of MailStore "
            + "Server; check the user name and the password, and set edition: spe for this target"
    }

    /// The note that a server is of another edition than the configuration says.
    package static func contradiction(of target: TargetConfiguration, and edition: Edition) -> String {
        let (name, port) =
            switch edition {
            case .server: ("the Administration API of MailStore Server", ServerURL.defaultPort)
            case .serviceProvider: ("the Management API of the Service Provider Edition", serviceProviderPort)
            }
        let other = target.edition.map { "edition: \($0.rawValue)" } ?? "another edition"
        return
            "the configuration says \(other), but \(target.url) has the functions of \(name) (default port \(port)), so "
            + "nothing is collected; set edition: \(edition.rawValue) or remove the key, or correct the url"
    }

    /// What does not fit between the chosen instances and those of the server.
    package static func instances(
        of target: TargetConfiguration, _ values: InstancesCollector.Values?, _ error: APIError?
    ) -> [String] {
        var notes: [String] = []
        if target.collectors.allSatisfy({ !$0.editions.contains(.serviceProvider) }) {
            notes.append(
                "collectors lists only collectors of MailStore Server, so no instance is collected; add instances, or "
                    + "remove the key")
        }
        if error?.function == InformationalFunction.getInstances.rawValue, error?.reason == .badReply,
            let values, values.listedCount > 0
        {
            notes.append(
                "the server's list of instances cannot be relied on at present, so the instances are those of the last "
                    + "list; see the collector instances")
        }
        guard let values else { return notes }
        notes += values.unmatched.map { pattern in
            "instances.include has the pattern \(QuotedText(pattern.description)), but no instance has such an id, so it has "
                + "no effect; correct it, or remove it"
        }
        if values.listedCount == 0 {
            notes.append("the server lists no instance; check the management server if this is not right")
        } else if values.entries.isEmpty, values.unmatched.count < target.instances.include.count {
            notes.append(
                "instances.exclude leaves none of the server's \(values.listedCount) instances; correct its patterns")
        }
        return notes
    }

    /// The default port of the Management API (`docs/api.md`, "Protocol").
    package static let serviceProviderPort = 8474
}
