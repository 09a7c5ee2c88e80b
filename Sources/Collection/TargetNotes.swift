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

    /// The note that a server is of the Service Provider Edition, which the collectors do not know; `nil` if it is not.
    ///
    /// - Parameters:
    ///   - functions: The functions that the server lists; `nil` if they are not known.
    ///   - errors: The failures of the last calls.
    ///   - isServer: Whether a function of MailStore Server alone has succeeded.
    package static func serviceProvider(
        at url: ServerURL, functions: Set<String>?, errors: [APIError], isServer: Bool
    ) -> String? {
        guard !isServer else { return nil }
        let listsItsFunctions = functions?.isDisjoint(with: serviceProviderFunctions) == false
        // Its functions need the argument instanceID, and its list of functions needs a login.
        let lacksInstance = errors.contains { $0.reason == .apiError && $0.description.contains("instanceID") }
        guard listsItsFunctions || lacksInstance || (url.port == serviceProviderPort && !errors.isEmpty) else {
            return nil
        }
        return "\(url) looks like the Management API of the MailStore Service Provider Edition (its default port is "
            + "\(serviceProviderPort)), but the collectors are those of MailStore Server, whose default port is "
            + "\(ServerURL.defaultPort); see \"Service Provider Edition\" in docs/operations.md"
    }

    /// The default port of the Management API (`docs/api.md`, "Protocol").
    private static let serviceProviderPort = 8474

    /// Functions that only the Service Provider Edition has, in lower case.
    private static let serviceProviderFunctions: Set = ["getenvironmentinfo", "getservicestatus", "getinstances"]
}
