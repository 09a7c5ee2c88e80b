/// What goes around the program: dashboards, rules, runbook, and files to start the parts with.
///
/// The files are those of the sources that the program was built from.
package struct Kit: Sendable {
    /// Ordered by path.
    package let files: [KitFile]

    /// - Parameters:
    ///   - version: The version of the program, which the kit's README tells.
    ///   - runbook: Where the runbook is read; without it alerts point to the file beside the rules.
    package init(version: String, runbook: RunbookAddress? = nil) {
        files = KitSources.all.map { source in
            var file = KitFile(path: Self.path(of: source.name), text: source.text)
            if file.path == "README.md" {
                file.text = file.text.split(separator: "@VERSION@", omittingEmptySubsequences: false)
                    .joined(separator: version)
            }
            if let runbook, file.path.hasPrefix(Self.rules) { file.text = runbook.replaceFile(in: file.text) }
            return file
        }.sorted { $0.path < $1.path }
    }

    private static let rules = "prometheus/rules/"

    /// Where a file of the sources lies in the kit.
    ///
    /// The runbook goes where the rules are: they name it by a relative address.
    static func path(of source: String) -> String {
        let name = String(source.drop { $0 != "/" }.dropFirst())
        if source.hasPrefix("dashboards/") { return "grafana/dashboards/" + name }
        if source.hasPrefix("alerts/alertmanager") { return "alertmanager/" + name }
        if source.hasPrefix("alerts/") { return rules + name }
        return name
    }
}
