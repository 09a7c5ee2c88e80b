import Testing

/// The reference is Debian's `prometheus-node-exporter`.
@Suite("A web configuration file", WithWebScenery())
struct WebAgreementTests {
    @Test(
        "means to this exporter what it means to node_exporter, but for the listed differences", arguments: WebCase.all)
    func agrees(_ webCase: WebCase) async throws {
        let scenery = try WithWebScenery.scenery
        try await Seats.shared.seated {
            let file = try scenery.write(webCase)
            var expected = [WebProgram.start: webCase.starts ? WebVerdict.starts : WebVerdict.refusesToStart]
            for client in webCase.clients { expected[client.name] = client.gets }
            let reference = try await WebProgram.nodeExporter.verdicts(on: webCase, file, in: scenery)
            try expect(reference, expected, of: .nodeExporter)

            for difference in WebDifference.all where difference.case == webCase.name {
                // What the reference does as well is no difference; one that is gone is found below.
                #expect(expected[difference.client] != difference.verdict, "“\(difference.client)” is no difference")
                expected[difference.client] = difference.verdict
            }
            let own = try await WebProgram.exporter.verdicts(on: webCase, file, in: scenery)
            if expected[WebProgram.start] == WebVerdict.refusesToStart {
                expected = [WebProgram.start: WebVerdict.refusesToStart]
            }
            try expect(own, expected, of: .exporter)
        }
    }

    private func expect(_ found: [String: String], _ expected: [String: String], of program: WebProgram) throws {
        for (client, verdict) in expected.sorted(by: { $0.key < $1.key }) {
            #expect(found[client] == verdict, "\(program.rawValue): \(client)")
        }
        #expect(found.count == expected.count)
    }

    @Test("is in the table once, and so is each of its clients")
    func names() {
        #expect(Set(WebCase.all.map(\.name)).count == WebCase.all.count)
        for webCase in WebCase.all {
            #expect(Set(webCase.clients.map(\.name)).count == webCase.clients.count, "\(webCase.name)")
        }
    }

    @Test("is in the table for each listed difference, which has a reason", arguments: WebDifference.all)
    func differences(_ difference: WebDifference) throws {
        let webCase = try #require(WebCase.all.first { $0.name == difference.case }, "\(difference.case)")
        let clients = webCase.clients.map(\.name) + [WebProgram.start]
        #expect(clients.contains(difference.client), "\(difference.client)")
        #expect(difference.reason.count > 20)
    }
}
