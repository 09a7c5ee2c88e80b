import Testing

@testable import MailStoreSimulator

@Suite("Control pages")
struct ControlPagesTests {
    static func send(_ bench: Bench, _ method: String, _ path: String, _ query: [String: String] = [:])
        -> SimulatedReply?
    {
        bench.reply(path) {
            $0.method = method
            $0.query = query
            $0.authorization = nil
        }
    }

    @Test("a fault is injected and cleared")
    func faults() {
        let bench = Bench()
        let order = ["function": "GetStores", "fault": "status", "value": "503", "times": "9"]
        #expect(Self.send(bench, "POST", "/simulator/faults", order)?.status == 200)
        #expect(bench.reply(FaultTests.stores)?.status == 503)
        #expect(Self.send(bench, "DELETE", "/simulator/faults")?.status == 200)
        #expect(bench.reply(FaultTests.stores)?.status == 200)
    }

    @Test(
        "an invalid fault is rejected",
        arguments: [
            [:], ["fault": "nonsense"], ["fault": "status", "value": "x"], ["fault": "hang", "times": "0"],
            ["fault": "hang", "times": "often"],
        ])
    func badOrders(query: [String: String]) {
        let bench = Bench()
        #expect(Self.send(bench, "POST", "/simulator/faults", query)?.status == 400)
        #expect(bench.reply(FaultTests.stores)?.status == 200)
    }

    @Test("an unknown fault is answered with the names of all, each of which is known")
    func faultNames() throws {
        let reply = try #require(Self.send(Bench(), "POST", "/simulator/faults", ["fault": "bogus"]))
        let text = String(decoding: reply.body, as: UTF8.self)
        for name in Fault.allNames {
            #expect(text.contains(name))
            let isKnown = [nil, "200", "a=b", "A: b"].contains { Fault(name: name, value: $0) != nil }
            #expect(isKnown, "\(name)")
        }
    }

    @Test("all names of the archive exist in English")
    func english() {
        var options = SimulatorOptions()
        func names() -> [String] {
            let content = WorldContent.server(options)
            return content.stores.map(\.name) + content.profiles.map(\.name) + content.jobs.map(\.name)
        }
        let german = names()
        options.language = .english
        #expect(Set(names()).intersection(german) == [#"IMAP "Journal""#] && names().count == german.count)
    }

    @Test("the state agrees with GetStores and the results")
    func state() throws {
        let bench = Bench(history: 3)
        let state = try #require(Self.send(bench, "GET", "/simulator/state")?.parsed)
        let stores = try #require(state["stores"] as? [[String: Any]])
        #expect(stores.count == 4)
        #expect(stores[2]["statisticsCount"] as? Int == bench.core.world.stores[2].statisticsCount)
        let profiles = try #require(state["profiles"] as? [[String: Any]])
        let counted = profiles.compactMap { $0["runs"] as? [String: Int] }.flatMap(\.values).reduce(0, +)
        #expect(counted == bench.core.world.profileRuns.count)
        #expect(counted > 100)
        #expect(state["activeSessions"] as? Int == bench.core.world.sessions.count)
    }

    @Test("runs are counted from the requested instant")
    func since() throws {
        let bench = Bench(history: 3)
        let query = ["since": String(Bench.begin - 86_400)]
        let state = try #require(Self.send(bench, "GET", "/simulator/state", query)?.parsed)
        let jobs = try #require(state["jobs"] as? [[String: Any]])
        let counted = jobs.compactMap { $0["runs"] as? [String: Int] }.flatMap(\.values).reduce(0, +)
        #expect(counted == bench.core.world.jobRuns.filter { Double($0.completeTime) >= Bench.begin - 86_400 }.count)
        #expect(counted < bench.core.world.jobRuns.count)
    }

    @Test("the clock moves forward and changes its speed, the Date header is set off, the password changes")
    func clock() throws {
        let bench = Bench()
        let before = bench.core.world.now
        let query = ["advance": "3600", "dateOffset": "-90", "speed": "7", "error": "-86400"]
        #expect(Self.send(bench, "POST", "/simulator/clock", query)?.status == 200)
        #expect(bench.core.world.now == before + 3600)
        #expect(bench.core.clock.dateOffset == -90)
        #expect(bench.core.world.clockError == -86_400)
        #expect(Self.send(bench, "POST", "/simulator/password", ["value": "another"])?.status == 200)
        #expect(bench.core.world.users.first?.password == "another")
        for query in [["advance": "-1"], ["speed": "fast"], ["speed": "inf"], ["error": "1e300"], ["back": "1"]] {
            #expect(Self.send(bench, "POST", "/simulator/clock", query)?.status == 400)
        }
        #expect(Self.send(bench, "POST", "/simulator/password")?.status == 400)
    }

    @Test("the database is restored from the last backup, or set up anew")
    func database() {
        let bench = Bench(history: 1)
        let pages = { (change: String) in Self.send(bench, "POST", "/simulator/database", ["change": change])?.status }
        let start = bench.core.world
        bench.core.world.remove(store: 1)
        #expect(pages("restore") == 200)
        #expect(bench.core.world.stores == start.stores)
        bench.core.world.remove(store: 1)
        #expect(pages("backup") == 200)
        #expect(pages("new") == 200)
        #expect(bench.core.world.stores.count == 4 && bench.core.world.jobRuns.isEmpty)
        #expect(pages("restore") == 200)
        #expect(bench.core.world.stores.map(\.id) == [2, 3, 4] && bench.core.world.jobRuns == start.jobRuns)
        #expect(pages("lose") == 400)
    }

    @Test("a quirk is switched by its name")
    func quirks() {
        let bench = Bench()
        #expect(Self.send(bench, "POST", "/simulator/quirks", ["name": "runIDs", "value": "null"])?.status == 200)
        #expect(bench.core.options.quirks.runIDs == .null)
        for query in [["name": "runIDs", "value": "7"], ["name": "runIDs"], ["name": "none", "value": "true"], [:]] {
            #expect(Self.send(bench, "POST", "/simulator/quirks", query)?.status == 400)
        }
        #expect(bench.core.options.quirks.runIDs == .null)
    }

    @Test(
        "control pages need no login, but the right method and path",
        arguments: [
            ("GET", "/simulator/faults", 405), ("POST", "/simulator/state", 405), ("GET", "/simulator/other", 404),
            ("POST", "/simulator/restart", 200), ("GET", "/simulator/requests", 200),
            ("POST", "/simulator/faults/clear", 200), ("GET", "/simulator/database", 405),
            ("GET", "/simulator/quirks", 405),
        ])
    func pages(method: String, path: String, status: Int) {
        let bench = Bench()
        #expect(Self.send(bench, method, path)?.status == status)
    }

    @Test("the planted secret is in private replies, and not in the state")
    func secret() throws {
        let bench = Bench()
        let secret = Array(Simulator.plantedSecret.utf8)
        let profiles = try #require(bench.reply("/api/invoke/GetProfiles", "raw=true"))
        #expect(profiles.body.firstRange(of: secret) != nil)
        let state = try #require(Self.send(bench, "GET", "/simulator/state"))
        #expect(state.body.firstRange(of: secret) == nil)
    }
}
