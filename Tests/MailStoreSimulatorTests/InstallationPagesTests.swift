import Foundation
import Testing

@testable import MailStoreSimulator

@Suite("Control pages of the Service Provider Edition")
struct InstallationPagesTests {
    private static func order(_ bench: Bench, _ page: String, _ query: [String: String]) -> Int? {
        ControlPagesTests.send(bench, "POST", "/simulator/" + page, query)?.status
    }

    @Test(
        "every change of an instance can be ordered",
        arguments: [
            ("freeze", nil, "status", "frozen"), ("stop", nil, "status", "stopped"),
            ("restart", nil, "status", "running"), ("move", "SPE-HOST02", "instanceHost", "SPE-HOST02"),
            ("rename", "Anders", "displayName", "Anders"), ("alias", "anders", "alias", "anders"),
            ("startStopError", "Nein", "startStopError", "Nein"), ("thaw", nil, "status", "running"),
            ("start", nil, "status", "running"), ("safeMode", "true", "status", "running"),
            ("providerAccess", "false", "status", "running"),
        ] as [(String, String?, String, String)])
    func changes(change: String, value: String?, field: String, expected: String) throws {
        let bench = Bench.installation(odd: false)
        let before = try bench.instance("kunde0001")
        var query = ["instance": "kunde0001", "change": change]
        query["value"] = value
        #expect(Self.order(bench, "instances", query) == 200)
        #expect(bench.row(of: "kunde0001")?[field]?.text == expected)
        let after = try bench.instance("kunde0001")
        #expect((before == after) == ["thaw", "start"].contains(change))
    }

    @Test("an instance is added and closed")
    func add() {
        let bench = Bench.installation(odd: false)
        #expect(Self.order(bench, "instances", ["instance": "neu", "change": "add", "value": "SPE-HOST02"]) == 200)
        #expect(bench.row(of: "neu")?["instanceHost"] == "SPE-HOST02")
        #expect(Self.order(bench, "instances", ["instance": "neu", "change": "close"]) == 200)
        #expect(bench.row(of: "neu") == nil)
    }

    @Test("machines and messages change, and both are listed")
    func machines() throws {
        let bench = Bench.installation(odd: false)
        #expect(Self.order(bench, "hosts", ["name": "SPE-HOST01", "change": "deactivate"]) == 200)
        #expect(bench.machine("SPE-HOST01")?["active"] == false)
        #expect(bench.row(of: "kunde0001")?["status"] == "stopped")
        #expect(Self.order(bench, "hosts", ["name": "SPE-HOST01", "change": "activate"]) == 200)
        #expect(bench.row(of: "kunde0001")?["status"] == "running")
        #expect(Self.order(bench, "messages", ["name": "error", "value": "Kaputt"]) == 200)
        #expect(bench.invoke("GetServiceStatus").result["messages"]?.elements.last?["text"] == "Kaputt")
        #expect(Self.order(bench, "messages/clear", [:]) == 200)
        #expect(bench.invoke("GetServiceStatus").result["messages"] == [])
        for (page, count) in [("instances", 12), ("hosts", 4)] {
            let reply = try #require(ControlPagesTests.send(bench, "GET", "/simulator/" + page))
            let list = try JSONSerialization.jsonObject(with: Data(reply.body)) as? [[String: Any]]
            #expect(list?.count == count)
        }
    }

    @Test(
        "an order that cannot be carried out is refused, and changes nothing",
        arguments: [
            ("instances", [:]), ("instances", ["instance": "kunde0001"]),
            ("instances", ["instance": "kunde0001", "change": "explode"]),
            ("instances", ["instance": "nobody", "change": "stop"]),
            ("instances", ["instance": "kunde0001", "change": "add"]),
            ("instances", ["instance": "kunde0001", "change": "move"]),
            ("instances", ["instance": "kunde0001", "change": "move", "value": "nowhere"]),
            ("instances", ["instance": "kunde0001", "change": "safeMode", "value": "perhaps"]),
            ("instances", ["instance": "kunde0001", "change": "providerAccess"]),
            ("hosts", ["name": "nowhere", "change": "activate"]), ("hosts", ["name": "SPE-HOST01"]),
            ("messages", ["name": "fatal", "value": "x"]), ("messages", ["name": "error"]),
            ("faults", ["fault": "hang", "instance": "nobody"]),
            ("quirks", ["name": "runIDs", "value": "null", "instance": "nobody"]),
            ("clock", ["error": "5", "instance": "nobody"]),
        ])
    func refused(page: String, query: [String: String]) {
        let bench = Bench.installation()
        let before = bench.core.installation
        #expect(Self.order(bench, page, query) == 400)
        #expect(bench.core.installation == before)
        #expect(bench.reply("/api/invoke/GetStores", "instanceID=kunde0001")?.status == 200)
    }

    @Test("faults, quirks, clock and state are those of an instance if the page names it")
    func ofOneInstance() throws {
        let bench = Bench.installation(odd: false, history: 2)
        let fault = ["function": "GetStores", "fault": "status", "value": "503", "instance": "kunde0001"]
        #expect(Self.order(bench, "faults", fault) == 200)
        let stores = {
            ["kunde0001", "kunde0002"].map { bench.reply("/api/invoke/GetStores", "instanceID=" + $0)?.status }
        }
        #expect(stores() == [503, 200])
        #expect(Self.order(bench, "faults/clear", ["instance": "kunde0002"]) == 200)
        #expect(stores() == [503, 200])
        #expect(Self.order(bench, "faults/clear", ["instance": "kunde0001"]) == 200)
        #expect(stores() == [200, 200])

        #expect(Self.order(bench, "quirks", ["name": "runIDs", "value": "null", "instance": "kunde0001"]) == 200)
        #expect(bench.core.installation.instances[0].quirks?.runIDs == .null)
        #expect(bench.core.installation.instances[1].quirks == nil && bench.core.options.quirks.runIDs == .number)

        #expect(Self.order(bench, "clock", ["error": "-60", "instance": "kunde0001"]) == 200)
        #expect(try bench.world(of: "kunde0001").clockError == -60)
        #expect(try bench.world(of: "kunde0002").clockError == 0 && bench.core.world.clockError == 0)

        let processes = bench.core.installation.instances.map(\.processUniqueID)
        #expect(Self.order(bench, "restart", ["instance": "kunde0001"]) == 200)
        let isOld = zip(processes, bench.core.installation.instances).map { $0 == $1.processUniqueID }
        #expect(isOld == [false] + Array(repeating: true, count: 11))

        let query = ["instance": "kunde0002"]
        let state = try #require(ControlPagesTests.send(bench, "GET", "/simulator/state", query)?.parsed)
        #expect((state["stores"] as? [Any])?.count == 4)
        let profiles = try #require(state["profiles"] as? [[String: Any]])
        let counted = profiles.compactMap { $0["runs"] as? [String: Int] }.flatMap(\.values).reduce(0, +)
        #expect(try counted == bench.world(of: "kunde0002").profileRuns.count && counted > 0)
        let server = try #require(ControlPagesTests.send(bench, "GET", "/simulator/state")?.parsed)
        #expect((server["stores"] as? [Any])?.isEmpty == true)
    }

    @Test("MailStore Server has none of these pages, and no instances")
    func server() {
        let bench = Bench()
        #expect(ControlPagesTests.send(bench, "GET", "/simulator/instances")?.status == 404)
        #expect(ControlPagesTests.send(bench, "GET", "/simulator/state", ["instance": "kunde0001"])?.status == 400)
        #expect(Self.order(bench, "faults", ["fault": "hang", "instance": "kunde0001"]) == 400)
        #expect(bench.core.installation.instances.isEmpty && bench.core.installation.hosts.isEmpty)
    }

    @Test("a page tells which methods it supports", arguments: ["instances", "hosts", "messages"])
    func methods(page: String) {
        let bench = Bench.installation()
        #expect(ControlPagesTests.send(bench, "PUT", "/simulator/" + page)?.status == 405)
        let unknown = ControlPagesTests.send(bench, "GET", "/simulator/nothing")
        #expect(unknown?.status == 404)
        let text = String(decoding: unknown?.body ?? [], as: UTF8.self)
        #expect(text.contains("/simulator/" + page))
    }
}
