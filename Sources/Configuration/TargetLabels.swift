internal import PlainText

/// The user's own labels of a target, such as `customer: acme`, in the order in which they were written.
///
/// They are on `mailstore_target_info` and in `/sd`. Their names never clash with those of the exporter's metrics, nor
/// with those that Prometheus adds to every series.
package struct TargetLabels: Sendable, Equatable {
    package struct Label: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    package private(set) var all: [Label] = []

    /// - Parameter labels: Valid names and values.
    package init(_ labels: KeyValuePairs<String, String> = [:]) {
        all = labels.map { Label(name: $0, value: $1) }
    }

    /// These labels and the other ones, which override them.
    func overridden(by other: TargetLabels) -> TargetLabels {
        var labels = self
        labels.all.removeAll { label in other.all.contains { $0.name == label.name } }
        labels.all += other.all
        return labels
    }

    /// Reads a section with labels; `nil` if there is none.
    init?(in owner: MappingReader?, _ key: String) {
        guard let owner, let section = owner.section(key, keys: nil) else { return nil }
        if section.entries.count > Self.most {
            owner.report(key, "has \(section.entries.count) labels; the maximum is \(Self.most)")
        }
        for entry in section.entries {
            do {
                let name = try Self.parseName(entry.key)
                if let value = section.value(entry.key, Self.parseValue) { all.append(Label(name: name, value: value)) }
            } catch {
                section.report(entry.key, error.description)
            }
        }
    }

    private static let most = 30
    private static let longestName = 64
    /// In bytes of UTF-8; the size of the labels that the exporter takes from MailStore, in characters.
    private static let longestValue = 256

    /// The labels of the exporter's metrics, and those with which Prometheus tells scraped targets apart.
    package static let reserved: Set<String> = [
        "action", "alias", "code", "collector", "edition", "exception", "field", "format", "function", "host",
        "instance", "instance_id", "instance_name", "job", "job_id", "job_name", "mfa_status", "part", "path",
        "profile_id", "profile_name", "reason", "result", "revision", "server_name", "server_type", "severity", "shard",
        "shards", "source", "start_mode", "state", "status", "store_id", "store_name", "swift_version", "target",
        "version",
    ]

    private static func parseName(_ text: String) throws(InvalidValue) -> String {
        let isValid = text.isASCIIAlphanumeric(or: "_") && text.first?.isNumber == false
        guard isValid, text.utf8.count <= longestName else {
            throw InvalidValue(
                "is not the name of a label; use at most \(longestName) letters A-Z a-z, digits and underscores, and no "
                    + "digit first")
        }
        guard !text.hasPrefix("__") else {
            throw InvalidValue("begins with two underscores, which Prometheus reserves; remove one")
        }
        guard !reserved.contains(text) else {
            throw InvalidValue("is a label of the exporter or of Prometheus; choose another name")
        }
        return text
    }

    private static func parseValue(_ text: String) throws(InvalidValue) -> String {
        // An empty label is none, for Prometheus.
        guard !text.isEmpty else { throw InvalidValue("is empty; write a value, or remove the label") }
        guard text.utf8.count <= longestValue else {
            throw InvalidValue("is longer than \(longestValue) bytes; shorten it")
        }
        return text
    }
}
