import Exposition
import Foundation
import Testing

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
