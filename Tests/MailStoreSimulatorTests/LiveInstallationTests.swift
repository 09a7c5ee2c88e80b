import Testing

@testable import MailStoreSimulator

@Suite("The simulated Service Provider Edition, called by curl")
struct LiveInstallationTests {
    private static func with(_ body: (Simulator, [String]) async throws -> Void) async throws {
        try await LiveServerTests.with {
            $0.edition = .serviceProvider
            $0.speed = 0
        } _: { simulator, client in
            try await body(simulator, client)
        }
    }

    private static func call(
        _ simulator: Simulator,
        _ client: [String],
        _ function: String,
        _ form: String = ""
    ) async throws -> String {
        try await CurlProgram.run(client + ["--data", form, simulator.url + "/api/invoke/" + function]).output
    }

    @Test("get-metadata is refused without the login, and lists the functions with it")
    func metadata() async throws {
        try await Self.with { simulator, client in
            let url = simulator.url + "/api/get-metadata"
            let status = ["--output", "/dev/null", "--write-out", "%{http_code}"]
            let refused = try await CurlProgram.run(["--insecure", "--data", "", url] + status)
            #expect(refused.output == "401")
            let list = try await CurlProgram.run(client + [url])
            #expect(list.output.contains(#""name": "GetServiceStatus""#))
            #expect(!list.output.contains("GetServerInfo"))
            simulator.setPassword("another")
            let changed = try await CurlProgram.run(client + [url] + status)
            #expect(changed.output == "401")
        }
    }

    @Test("instances are listed, and called one by one")
    func calls() async throws {
        try await Self.with { simulator, client in
            let list = try await Self.call(simulator, client, "GetInstances", "instanceFilter=*")
            #expect(list.matches(of: /"instanceID": "kunde/).count == 12)
            let stores = try await Self.call(simulator, client, "GetStores", "instanceID=kunde0001")
            #expect(stores.contains("Archiv 2024"))
            let frozen = try await Self.call(simulator, client, "GetStores", "instanceID=kunde0004")
            #expect(frozen.contains(#""result": []"#))
            let stopped = try await Self.call(simulator, client, "GetStores", "instanceID=kunde0005")
            #expect(stopped.contains(#""statusCode": "failed""#))
            let missing = try await Self.call(simulator, client, "GetStores")
            #expect(missing.contains("Missing API argument instanceID."))
            let profiles = "instanceID=kunde0001&raw=true"
            let shown = try await Self.call(simulator, client, "GetProfiles", profiles)
            #expect(shown.contains("serverSideExecution"))
        }
    }

    @Test("a verification of an instance is polled to its end")
    func verification() async throws {
        try await Self.with { simulator, client in
            let form = "instanceID=kunde0001&id=1&includeIndexes=false"
            let first = try await Self.call(simulator, client, "VerifyStore", form)
            let token = try #require(first.firstMatch(of: /"token": "([0-9a-f]{32})"/)).output.1
            simulator.advanceClock(by: 86_400)
            let poll = ["--data", LongProcessTests.poll(String(token), known: 3)]
            let end = try await CurlProgram.run(client + poll + [simulator.url + "/api/get-status"])
            #expect(end.output.contains(#""statusCode": "succeeded""#))
        }
    }

    @Test("other processes change instances")
    func pages() async throws {
        try await Self.with { simulator, client in
            let page = simulator.url + "/simulator/instances?instance=kunde0001&change=rename&value=A%20%26%20B"
            let order = try await CurlProgram.run(["--insecure", "--fail", "--data", "", page])
            #expect(order.status == 0)
            let list = try await Self.call(simulator, client, "GetInstances", "instanceFilter=kunde0001")
            #expect(list.contains(#""displayName": "A & B""#))
            let shown = try await CurlProgram.run(["--insecure", "--fail", simulator.url + "/simulator/instances"])
            #expect(shown.output.contains("kunde0012"))
        }
    }

    @Test("a test changes the installation, an instance, its archive and its quirks")
    func library() async throws {
        try await Self.with { simulator, client in
            try simulator.apply(.close, toInstance: "kunde0002")
            try simulator.addInstance("neu", displayName: "Neu", host: "SPE-HOST02")
            simulator.changeInstallation { installation in
                installation.messages = [ServiceMessage(.error, "Kaputt")]
                installation.hosts[2].isActive = false
            }
            let installation = simulator.installation()
            #expect(installation.instances.map(\.instanceID).suffix(2) == ["kunde0012", "neu"])
            #expect(installation.instances.filter { $0.instanceHost == "SPE-HOST01" }.allSatisfy { !$0.isRunning })
            #expect(try await Self.call(simulator, client, "GetServiceStatus").contains("Kaputt"))

            let renamed = simulator.change(instance: "neu") { $0.rename(store: 1, to: "Umbenannt") }
            #expect(renamed == true)
            try simulator.changeQuirks(ofInstance: "neu") { $0.fieldNames = .lowercase }
            simulator.inject(.noRows, for: "GetStores", instance: "neu", times: 1)
            let faulty = try await Self.call(simulator, client, "GetStores", "instanceID=neu")
            #expect(faulty.contains(#""result": []"#))
            let stores = try await Self.call(simulator, client, "GetStores", "instanceID=neu")
            #expect(stores.contains("Umbenannt") && stores.contains("requestedstate"))
            #expect(simulator.state(ofInstance: "neu")?.stores.first?.name == "Umbenannt")

            #expect(simulator.state(ofInstance: "nobody") == nil)
            #expect(simulator.change(instance: "nobody") { $0.setUpAnew() } == nil)
            #expect { try simulator.apply(.stop, toInstance: "nobody") } throws: { "\($0)".contains("nobody") }
            #expect { try simulator.changeQuirks(ofInstance: "nobody") { _ in } } throws: { "\($0)".contains("nobody") }
            #expect { try simulator.addInstance("neu") } throws: { "\($0)".contains("taken") }
            #expect { try simulator.addInstance("x", host: "y") } throws: { "\($0)".contains("instance host 'y'") }
        }
    }

    @Test("a restart of the management server loses the tokens, and no instance")
    func restart() async throws {
        try await Self.with { simulator, client in
            let form = "instanceID=kunde0001&includeIndexes=false"
            let first = try await Self.call(simulator, client, "VerifyStores", form)
            let token = try #require(first.firstMatch(of: /"token": "([0-9a-f]{32})"/)).output.1
            let before = simulator.installation()
            simulator.restart()
            #expect(simulator.installation() == before)
            let poll = ["--data", LongProcessTests.poll(String(token), known: 3), "--output", "/dev/null"]
            let end = try await CurlProgram.run(
                client + poll + ["--write-out", "%{http_code}", simulator.url + "/api/get-status"])
            #expect(end.output == "404")
        }
    }
}
