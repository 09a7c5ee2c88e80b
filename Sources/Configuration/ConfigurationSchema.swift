import PlainText

/// The known keys of the sections of one type of file.
package struct DocumentSchema: Sendable {
    private let sections: KeyValuePairs<String, [String]>

    /// - Parameter sections: The keys of each section, by its name in messages.
    package init(_ sections: KeyValuePairs<String, [String]>) {
        self.sections = sections
    }

    /// The message about an unknown key: the section it belongs to, or the nearest known key.
    package func explainUnknown(_ key: String, known: [String]) -> String {
        if let (section, _) = sections.first(where: { $0.value.contains(key) }) {
            return "unknown key here; it belongs in \(section)"
        }
        if let near = NearestName.find(key, among: known) { return "unknown key; did you mean \"\(near)\"?" }
        return "unknown key; the known keys are \(known.joined(separator: ", "))"
    }
}

/// The known keys of each section of the configuration file.
enum ConfigurationSchema {
    static let root = ["targets", "target_files", "collection", "outcomes", "limits", "state_directory", "privacy"]
    static let target = [
        "name", "url", "edition", "username", "password_file", "password_env", "password", "tls", "collectors",
        "instances", "server_time_zone", "expected_intervals", "verification", "labels",
    ]
    static let tls = ["ca_file", "pinned_public_key", "insecure_skip_verify"]
    static let instances = ["include", "exclude", "labels"]
    static let verification = [
        "schedule", "time_zone", "stores", "include_indexes", "stop_after", "together", "keep_logs",
        "max_concurrent_per_host",
    ]
    static let expectedIntervals = ["jobs", "profiles"]
    static let collection = [
        "interval", "timeout", "connect_timeout", "connection_max_age", "max_age", "lookback", "overlap",
        "max_concurrent_calls", "max_concurrent_calls_to_all", "max_reply_size", "intervals",
    ]
    static let outcomes = ["completed_with_errors_is_success", "profile_expected_interval"]
    static let limits = ["rows_per_reply", "series_per_target"]
    static let privacy = ["hide_names"]

    static let targetFile = ["targets"]

    static let document = DocumentSchema([
        "the top level": root, "a target": target, "tls of a target": tls, "instances of a target": instances,
        "verification of a target": verification,
        "collection": collection, "outcomes": outcomes, "limits": limits, "privacy": privacy,
    ])
    static let targetFileDocument = DocumentSchema([
        "the configuration file": root.filter { !targetFile.contains($0) }, "a target": target, "tls of a target": tls,
        "verification of a target": verification, "collection of the configuration file": collection,
        "outcomes of the configuration file": outcomes, "limits of the configuration file": limits,
        "privacy of the configuration file": privacy,
    ])
}
