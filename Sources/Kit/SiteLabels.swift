/// Labels that tell sites apart where the rules run over the series of several Prometheus servers.
///
/// Such labels, for example `site` or `cluster`, are the `external_labels` of each server. Two sites may have the same
/// `job`, `instance` and `target`, so every join, every aggregation and every inhibition must keep these labels.
package struct SiteLabels: Sendable, Equatable {
    /// The names, in the order in which they are written.
    let names: [String]

    /// - Throws: ``KitError`` if a name cannot be a label of a site.
    package init(_ names: [String]) throws(KitError) {
        for name in names {
            guard let first = name.utf8.first, Self.letters.contains(first),
                name.utf8.allSatisfy({ Self.letters.contains($0) || Self.digits.contains($0) }), !name.hasPrefix("__")
            else {
                throw KitError("\"\(name)\" is not a label name; use letters, digits and underscores, such as site")
            }
            guard !Self.reserved.contains(name) else {
                throw KitError("\"\(name)\" is a label of the series themselves; name one that tells sites apart")
            }
        }
        guard Set(names).count == names.count else { throw KitError("a label is named twice; name each once") }
        self.names = names
    }

    private static let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_".utf8)
    private static let digits = Set("0123456789".utf8)
    private static let reserved: Set = [
        "job", "instance", "target", "instance_id", "store_id", "job_id", "profile_id", "alertname", "severity",
    ]

    /// The text of a file of the kit with the labels in every list of labels that has `job`.
    ///
    /// These are `on (job, …)` and `by (job, …)` of expressions, the lists `equal` and `group_by` of Alertmanager, and the
    /// query in the description of an alert.
    func added(to text: String) -> String {
        guard !names.isEmpty else { return text }
        var text = text
        let list = names.map { $0 + ", " }.joined()
        for opening in ["(", "[", "[alertname, "] {
            for end in [", ", ")", "]"] {
                text = text.replacing(opening + "job" + end, with: opening + list + "job" + end)
            }
        }
        let matchers = names.map { $0 + "=%q," }.joined()
        let values = names.map { "$labels." + $0 + " " }.joined()
        return text.replacing("{job=%q,", with: "{" + matchers + "job=%q,")
            .replacing("$labels.job $labels.instance", with: values + "$labels.job $labels.instance")
    }
}
