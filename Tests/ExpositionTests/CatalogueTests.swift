import Foundation
import Testing

@testable import Exposition

@Suite("A catalogue is always valid")
struct CatalogueTests {
    @Test("families of every type keep their order and are found by a sample name")
    func sound() throws {
        let catalogue = try Catalogue(SamplePage.families)
        #expect(catalogue.families == SamplePage.families)
        #expect(catalogue.family(ofSample: "mailstore_job_runs_total") == SamplePage.jobRuns)
        let duration = "mailstore_api_request_duration_seconds"
        #expect(catalogue.family(ofSample: duration + "_sum") == SamplePage.requestDuration)
        #expect(catalogue.family(ofSample: duration) == nil)
    }

    @Test(
        "a wrong family is refused with a reason",
        arguments: [
            (FamilyDescriptor("", .gauge, help: "h", group: "g"), "no name"),
            (FamilyDescriptor("1x", .gauge, help: "h", group: "g"), "not a valid name"),
            (FamilyDescriptor("a.b", .gauge, help: "h", group: "g"), "not a valid name"),
            (FamilyDescriptor("x_total", .counter, help: "h", group: "g"), "leave out _total"),
            (FamilyDescriptor("x_total", .gauge, help: "h", group: "g"), "only a counter"),
            (FamilyDescriptor("x_info", .info, help: "h", group: "g"), "leave out _info"),
            (FamilyDescriptor("x", .gauge, help: "", group: "g"), "no help"),
            (FamilyDescriptor("x", .gauge, help: "h", group: ""), "no group"),
            (FamilyDescriptor("x", .gauge, unit: "seconds", help: "h", group: "g"), "append _seconds"),
            (FamilyDescriptor("x_a b", .gauge, unit: "a b", help: "h", group: "g"), "not a valid unit"),
            (FamilyDescriptor("x_bytes", .info, unit: "bytes", help: "h", group: "g"), "has no unit"),
            (FamilyDescriptor("x", .gauge, help: "h", labels: ["a", "a"], group: "g"), "declared twice"),
            (FamilyDescriptor("x", .gauge, help: "h", labels: ["a-b"], group: "g"), "not a valid label"),
            (FamilyDescriptor("x", .gauge, help: "h", labels: ["__a"], group: "g"), "not a valid label"),
            (FamilyDescriptor("x", .gauge, help: "h", labels: [""], group: "g"), "not a valid label"),
            (FamilyDescriptor("x", .gauge, help: "h", labels: ["instance"], group: "g"), "belongs to Prometheus"),
            (FamilyDescriptor("x", .summary, help: "h", labels: ["quantile"], group: "g"), "reserved for summaries"),
            (FamilyDescriptor("x", .stateset, help: "h", group: "g"), "needs a state label"),
            (FamilyDescriptor("x", .stateset, help: "h", stateLabel: "type", group: "g"), "belongs to Prometheus"),
            (FamilyDescriptor("x", .stateset, help: "h", labels: ["s"], stateLabel: "s", group: "g"), "twice"),
            (FamilyDescriptor("x", .gauge, help: "h", stateLabel: "s", group: "g"), "only a state set"),
        ])
    func wrongFamily(family: FamilyDescriptor, reason: String) throws {
        let error = try #require(throws: CatalogueError.self) { try Catalogue([family]) }
        #expect(error.description.contains(reason))
    }

    @Test(
        "two families that claim one name are refused",
        arguments: [
            ("x", .gauge, "x", .counter), ("x", .summary, "x_sum", .gauge), ("x_count", .gauge, "x", .summary),
            ("x", .info, "x_info", .gauge), ("x", .counter, "x_created", .gauge),
        ] as [(String, MetricType, String, MetricType)])
    func collision(name: String, type: MetricType, otherName: String, otherType: MetricType) throws {
        let families = [
            FamilyDescriptor(name, type, help: "h", group: "g"),
            FamilyDescriptor(otherName, otherType, help: "h", group: "g"),
        ]
        let error = try #require(throws: CatalogueError.self) { try Catalogue(families) }
        #expect(error.problems.count == 1, "\(error.problems)")
    }

    @Test(
        "a name that some version of Prometheus cannot read is refused",
        arguments: ["1", "0day", "a.b", "a/b", "ß", "größe", "📧", "a b_c", "\n\"\\", "€uro:1"])
    func unreadableName(name: String) throws {
        let families = [
            FamilyDescriptor(name, .gauge, help: "h", group: "g"),
            FamilyDescriptor("x", .gauge, help: "h", labels: [name], group: "g"),
        ]
        let error = try #require(throws: CatalogueError.self) { try Catalogue(families) }
        #expect(error.problems.count == 2, "\(error.problems)")
    }

    @Test("only a metric's name may have a colon")
    func colon() throws {
        #expect(throws: Never.self) { try Catalogue([FamilyDescriptor("a:b", .gauge, help: "h", group: "g")]) }
        let family = FamilyDescriptor("x", .gauge, help: "h", labels: ["a:b"], group: "g")
        #expect(throws: CatalogueError.self) { try Catalogue([family]) }
    }

    @Test("all mistakes are reported at once")
    func allMistakes() throws {
        let families = [
            FamilyDescriptor("x", .gauge, help: "", labels: ["job"], group: "g"),
            FamilyDescriptor("y_total", .counter, help: "h", group: "g"),
        ]
        let error = try #require(throws: CatalogueError.self) { try Catalogue(families) }
        #expect(error.problems.count == 3)
        #expect(error.description.hasPrefix("the catalogue of metrics has 3 mistakes: "))
    }
}

@Suite("The catalogue can be printed for people and for programs")
struct CatalogueRenderingTests {
    private func catalogue() throws -> Catalogue {
        try Catalogue([
            FamilyDescriptor(
                "job_runs", .counter, help: "Runs | of\nthe \"job\".", labels: ["target", "result"], group: "jobs"),
            FamilyDescriptor(
                "store_state", .stateset, help: "State.", labels: ["target"], stateLabel: "state", group: "stores"),
            FamilyDescriptor("cpu_seconds", .counter, unit: "seconds", help: "Time.", group: "exporter"),
        ])
    }

    @Test("as a table whose columns are aligned")
    func table() throws {
        #expect(
            try catalogue().table() == """
                NAME               TYPE      UNIT     LABELS         GROUP     HELP
                job_runs_total     counter   -        target,result  jobs      Runs | of the "job".
                store_state        stateset  -        target,state   stores    State.
                cpu_seconds_total  counter   seconds  -              exporter  Time.

                """)
    }

    @Test("as Markdown, in which a bar does not break the table")
    func markdown() throws {
        #expect(
            try catalogue().markdown() == #"""
                | Name | Type | Labels | Group | Help |
                |---|---|---|---|---|
                | `job_runs_total` | counter | `target`, `result` | jobs | Runs \| of the "job". |
                | `store_state` | stateset | `target`, `state` | stores | State. |
                | `cpu_seconds_total` | counter |  | exporter | Time. |

                """#)
    }

    @Test("as JSON that a parser reads back")
    func json() throws {
        struct Row: Decodable, Equatable {
            let name: String
            let family: String
            let type: String
            let unit: String?
            let labels: [String]
            let group: String
            let help: String
        }
        let rows = try JSONDecoder().decode([Row].self, from: Data(try catalogue().json().utf8))
        #expect(rows.count == 3)
        #expect(
            rows.first
                == Row(
                    name: "job_runs_total", family: "job_runs", type: "counter", unit: nil,
                    labels: ["target", "result"], group: "jobs", help: "Runs | of\nthe \"job\"."))
        #expect(rows.last?.unit == "seconds")
        #expect(try JSONDecoder().decode([Row].self, from: Data(try Catalogue([]).json().utf8)).isEmpty)
    }
}
