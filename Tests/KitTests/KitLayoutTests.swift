import Testing

@testable import Kit

@Suite("The kit")
struct KitLayoutTests {
    private let kit = Kit(version: "7.8.9")

    private func file(_ path: String) throws -> KitFile {
        try #require(kit.files.first { $0.path == path }, "\(path) is missing")
    }

    @Test(
        "has a place for each file",
        arguments: [
            ("dashboards/mailstore-fleet.json", "grafana/dashboards/mailstore-fleet.json"),
            ("alerts/mailstore.rules.yml", "prometheus/rules/mailstore.rules.yml"),
            ("alerts/runbook.md", "prometheus/rules/runbook.md"),
            ("alerts/alertmanager-example.yml", "alertmanager/alertmanager-example.yml"),
            ("files/systemd/mailstore_exporter.service", "systemd/mailstore_exporter.service"),
            ("files/README.md", "README.md"),
        ])
    func places(source: String, path: String) {
        #expect(Kit.path(of: source) == path)
    }

    @Test("has every file of the sources once, in order, and only paths inside the directory")
    func complete() {
        let paths = kit.files.map(\.path)
        #expect(paths.count == KitSources.all.count)
        #expect(paths == Set(paths).sorted())
        #expect(paths.allSatisfy { !$0.hasPrefix("/") && !$0.split(separator: "/").contains("..") })
    }

    @Test("has its version in the first line of its README")
    func version() throws {
        let readme = try file("README.md").text
        #expect(readme.split(separator: "\n").first == "# The kit of mailstore_exporter 7.8.9")
        for file in kit.files { #expect(!file.text.contains("@VERSION@"), "\(file.path)") }
    }

    @Test("has a row in its README for each file, and no row for anything else")
    func readme() throws {
        let rows = try file("README.md").text.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let named = rows.compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
        #expect(!named.isEmpty)
        let (folders, files) = (named.filter { $0.hasSuffix("*.json") }, named.filter { !$0.hasSuffix("*.json") })
        #expect(folders == ["grafana/dashboards/*.json"])
        #expect(
            Set(files)
                == Set(kit.files.map(\.path).filter { !$0.hasPrefix("grafana/dashboards/") }).subtracting(["README.md"])
        )
    }

    @Test("links every alert to the runbook next to the rules, or to the given address")
    func runbook() throws {
        let address = try RunbookAddress(parsing: "https://wiki.example.com/mail?page=1")
        let linked = Kit(version: "7.8.9", runbook: address)
        var links = 0
        for (plain, changed) in zip(kit.files, linked.files) {
            try #require(plain.path == changed.path)
            let pairs = zip(lines(plain.text), lines(changed.text))
            #expect(lines(plain.text).count == lines(changed.text).count)
            for (before, after) in pairs where before != after || before.contains("runbook_url: ") {
                #expect(plain.path.hasPrefix("prometheus/rules/") && plain.path.hasSuffix(".yml"))
                let section = try #require(before.split(separator: "#").last)
                #expect(before.isIndented("runbook_url: runbook.md#\(section)"))
                #expect(after.isIndented("runbook_url: https://wiki.example.com/mail?page=1#\(section)"))
                links += 1
            }
        }
        #expect(links >= 30)
        #expect(kit.files.contains { $0.path == "prometheus/rules/runbook.md" })
    }

    private func lines(_ text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }
}

extension Substring {
    /// Whether this line is that text, whatever it is indented by.
    fileprivate func isIndented(_ text: String) -> Bool {
        drop { $0 == " " } == text
    }
}
