import Exposition
import Testing

@Suite("A catalogue cannot be wrong")
struct CatalogueTests {
    @Test("families of every type stand in it in order and are found by name and by sample")
    func sound() throws {
        let catalogue = try Catalogue(SamplePage.families)
        #expect(catalogue.families == SamplePage.families)
        #expect(catalogue.family(named: "mailstore_job_runs") == SamplePage.jobRuns)
        #expect(catalogue.family(named: "mailstore_job_runs_total") == nil)
        #expect(catalogue.family(ofSample: "mailstore_job_runs_total") == SamplePage.jobRuns)
        #expect(catalogue.family(ofSample: "mailstore_window_duration_seconds_bucket") == SamplePage.windowDuration)
        #expect(catalogue.family(ofSample: "mailstore_window_duration_seconds") == nil)
        #expect(catalogue.hasOnlyLegacyNames)
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
            (FamilyDescriptor("x", .histogram, help: "h", labels: ["le"], group: "g"), "encoder's own"),
            (FamilyDescriptor("x", .summary, help: "h", labels: ["quantile"], group: "g"), "encoder's own"),
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
            ("x", .gauge, "x", .counter), ("x", .summary, "x_sum", .gauge), ("x_count", .gauge, "x", .histogram),
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

    @Test("names that only differ in a dot collide")
    func collisionAfterEscaping() throws {
        let families = ["a.b", "a_b"].map { FamilyDescriptor($0, .gauge, help: "h", group: "g") }
        #expect(throws: CatalogueError.self) { try Catalogue(families, allowUTF8Names: true) }
        #expect(try !Catalogue([families[0]], allowUTF8Names: true).hasOnlyLegacyNames)
    }

    @Test("all mistakes are told at once")
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
