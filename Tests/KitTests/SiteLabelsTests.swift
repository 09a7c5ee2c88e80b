import Testing

@testable import Kit

@Suite("The labels of sites")
struct SiteLabelsTests {
    @Test(
        "are label names that the series do not have already, each once",
        arguments: [
            (["site"], nil), (["site", "cluster"], nil), (["_a1"], nil), ([], nil),
            ([""], "label name"), (["1a"], "label name"), (["a-b"], "label name"), (["__name"], "label name"),
            (["größe"], "label name"), (["site, x"], "label name"), (["job"], "series themselves"),
            (["site", "instance_id"], "series themselves"), (["site", "site"], "twice"),
        ] as [([String], String?)])
    func names(_ names: [String], problem: String?) {
        do throws(KitError) {
            #expect(try SiteLabels(names).names == names && problem == nil)
        } catch {
            #expect(problem.map(error.description.contains) == true, "\(error)")
        }
    }

    @Test(
        "are added to each list of labels that has job, and to the query of a description",
        arguments: [
            ("a and on (job, instance) b", "a and on (site, cluster, job, instance) b"),
            ("sum by (job) (x)", "sum by (site, cluster, job) (x)"),
            ("    equal: [job, instance, target]", "    equal: [site, cluster, job, instance, target]"),
            ("    equal: [job]", "    equal: [site, cluster, job]"),
            ("  group_by: [alertname, job, target]", "  group_by: [alertname, site, cluster, job, target]"),
            ("{job=%q,target=%q}", "{site=%q,cluster=%q,job=%q,target=%q}"),
            ("$labels.job $labels.instance", "$labels.site $labels.cluster $labels.job $labels.instance"),
            ("up{job=\"mailstore\"}", "up{job=\"mailstore\"}"), ("by (job_id)", "by (job_id)"),
            ("(job {{ $labels.job }})", "(job {{ $labels.job }})"), ("[5m]", "[5m]"),
        ])
    func added(text: String, expected: String) throws {
        #expect(try SiteLabels(["site", "cluster"]).added(to: "\(text)\n\(text)\n") == "\(expected)\n\(expected)\n")
        #expect(try SiteLabels([]).added(to: text) == text)
    }

    @Test("are in every join, aggregation and inhibition of the kit")
    func kit() throws {
        let lists = /(\b(?:on|by|ignoring|without|group_left|group_right) \(|(?:equal|group_by): \[)([^)\]]*)[)\]]/
        let kit = Kit(version: "7.8.9", sites: try SiteLabels(["site"]))
        var found = 0
        for file in kit.files where file.path.contains("rules.yml") || file.path.hasPrefix("alertmanager/") {
            for match in file.text.matches(of: lists) where !["", "..."].contains(match.2) {
                #expect(match.2.split(separator: ", ").contains("site"), "\(file.path): \(match.0)")
                found += 1
            }
        }
        #expect(found >= 100)
        let rules = try #require(kit.files.first { $0.path == "prometheus/rules/mailstore.rules.yml" })
        #expect(rules.text.matches(of: /\{site=%q,job=%q,/).count == 1)
    }
}
