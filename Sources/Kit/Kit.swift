/// The files that come with the exporter: dashboards, rules, the runbook, and samples for the configuration of each
/// program.
///
/// They are embedded in the program at build time.
package struct Kit: Sendable {
    /// The files, ordered by path.
    package let files: [KitFile]

    /// - Parameters:
    ///   - version: The version of the program, for the README of the kit.
    ///   - runbook: The web address of the runbook; nil: alerts link to the file next to the rules.
    ///   - sites: The labels that tell sites apart; nil: the rules run where the exporters are scraped.
    package init(version: String, runbook: RunbookAddress? = nil, sites: SiteLabels? = nil) {
        files = KitSources.all.map { source in
            var file = KitFile(path: Self.path(of: source.name), text: source.text)
            if file.path == "README.md" {
                file.text = file.text.split(separator: "@VERSION@", omittingEmptySubsequences: false)
                    .joined(separator: version)
            }
            if let runbook, file.path.hasPrefix(Self.rules) { file.text = runbook.replaceFile(in: file.text) }
            if let sites, Self.haveJoins.contains(where: file.path.hasPrefix) { file.text = sites.added(to: file.text) }
            return file
        }.sorted { $0.path < $1.path }
    }

    private static let rules = "prometheus/rules/"
    /// The directories of the files with expressions and inhibition rules.
    private static let haveJoins = [rules, "alertmanager/", "grafana/dashboards/"]

    /// The path in the kit of a source file.
    ///
    /// The runbook is in the directory of the rules, because they link to it with a relative address.
    static func path(of source: String) -> String {
        let name = String(source.drop { $0 != "/" }.dropFirst())
        if source.hasPrefix("dashboards/") { return "grafana/dashboards/" + name }
        if source.hasPrefix("alerts/alertmanager") { return "alertmanager/" + name }
        if source.hasPrefix("alerts/") { return rules + name }
        return name
    }
}

/// A file of the kit.
package struct KitFile: Sendable, Equatable {
    /// The path in the kit, such as `grafana/dashboards/mailstore-fleet.json`.
    package var path: String
    var text: String
}

/// Why the kit was not written.
package struct KitError: Error, Equatable, CustomStringConvertible {
    /// The problem and the remedy.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
