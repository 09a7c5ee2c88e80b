import Testing

@testable import MailStoreSimulator

@Suite("Functions on an instance")
struct InstanceFunctionsTests {
    /// Every function of the table in `docs/api.md`, with correct arguments but for the instance.
    static let functions: [(String, [String: String])] = [
        ("GetArchiveAdminEnabled", [:]), ("CanRunArchiveProfiles", [:]), ("GetInstanceConfiguration", [:]),
        ("GetInstanceStatistics", [:]), ("GetInstanceProcessLiveStatistics", [:]), ("GetStores", [:]), ("GetJobs", [:]),
        ("GetProfiles", ["raw": "true"]), ("GetUsers", [:]), ("GetTimeZones", [:]), ("GetRetentionPolicies", [:]),
        ("GetComplianceConfiguration", [:]), ("GetFolderStatistics", [:]), ("GetJobResults", Bench.days),
        ("GetWorkerResults", Bench.days), ("VerifyStore", ["id": "1", "includeIndexes": "false"]),
        ("VerifyStores", ["includeIndexes": "false"]),
    ]

    @Test("each works with the instance, and fails without it or with an unknown one", arguments: functions)
    func instance(function: String, arguments: [String: String]) {
        let bench = Bench.installation()
        #expect(bench.invoke(function, on: "kunde0001", arguments).error == nil)
        #expect(
            bench.invoke(function, arguments).error
                == APIFailure("System.Exception", "Missing API argument instanceID."))
        for id in ["kunde9999", "KUNDE0001", "", "*"] {
            let envelope = bench.invoke(function, on: id, arguments)
            #expect(envelope.statusCode == "failed")
            #expect(envelope.error?.exception == "System.ArgumentException", "\(id)")
        }
    }

    @Test(
        "results have the published fields",
        arguments: [
            (
                "GetInstanceConfiguration",
                [
                    "instanceID", "alias", "displayName", "instanceHost", "startMode", "baseDirectory",
                    "vssWriterEnabled", "debugLogEnabled",
                ]
            ),
            (
                "GetInstanceStatistics",
                [
                    "totalSizeMB", "databaseFileSizeMB", "contentFileSizeMB", "indexFileSizeMB", "numberOfMessages",
                ]
            ),
            (
                "GetInstanceProcessLiveStatistics",
                [
                    "processUniqueID", "timestamp", "totalProcessorMilliseconds", "totalIOReadBytes",
                    "totalIOWriteBytes", "totalIOOtherBytes", "totalRemoteProcedureCalls", "totalMessagesArchived",
                    "totalMessagesChecked", "currentPrivateMemoryBytes",
                ]
            ),
        ])
    func fields(function: String, names: [String]) {
        #expect(Bench.installation().invoke(function, on: "kunde0001").result.names == names)
    }

    @Test("what MailStore Server has too has the same fields as there")
    func sameFields() {
        let server = Bench(history: 2)
        let provider = Bench.installation(history: 2)
        for (function, arguments) in Self.functions {
            guard server.core.functions[function] != nil else { continue }
            let expected = server.invoke(function, arguments)
            let envelope = provider.invoke(function, on: "kunde0001", arguments)
            #expect(envelope.statusCode == expected.statusCode, "\(function)")
            #expect(envelope.result.names == expected.result.names, "\(function)")
            #expect(envelope.result[0]?.names == expected.result[0]?.names, "\(function)")
            #expect(envelope.result.elements.isEmpty == expected.result.elements.isEmpty, "\(function)")
        }
    }

    @Test("the statistics are the sums of the stores, in megabytes")
    func statistics() throws {
        let bench = Bench.installation()
        let stores = try bench.world(of: "kunde0001").stores
        let result = bench.invoke("GetInstanceStatistics", on: "kunde0001").result
        #expect(result["numberOfMessages"]?.number == stores.reduce(0) { $0 + $1.statisticsCount })
        let total = try #require(result["totalSizeMB"]?.number)
        #expect(total == stores.reduce(0) { $0 + $1.statisticsSize } / 1_048_576)
        let parts = ["databaseFileSizeMB", "contentFileSizeMB", "indexFileSizeMB"].compactMap { result[$0]?.number }
        #expect(parts.count == 3 && parts.reduce(0, +) == total && parts.allSatisfy { $0 > 0 })
    }

    @Test("the totals of the process grow with time and with runs, and its time is in milliseconds")
    func liveStatistics() throws {
        let bench = Bench.installation()
        let first = bench.invoke("GetInstanceProcessLiveStatistics", on: "kunde0001").result
        #expect(first["timestamp"]?.number == Int(Bench.begin) * 1000)
        #expect(first["totalMessagesArchived"] == 0)
        bench.real += 86_400
        let second = bench.invoke("GetInstanceProcessLiveStatistics", on: "kunde0001").result
        #expect(second["timestamp"]?.number == Int(Bench.begin + 86_400) * 1000)
        #expect(second["processUniqueID"] == first["processUniqueID"])
        for name in first.names where name.hasPrefix("total") {
            let values = try [#require(first[name]?.number), #require(second[name]?.number)]
            #expect(values[0] < values[1], "\(name)")
        }
        let runs = try bench.world(of: "kunde0001").profileRuns
        let archived = runs.filter { $0.profileId != 6 }.reduce(0) { $0 + $1.itemsArchived }
        #expect(second["totalMessagesArchived"]?.number == archived)
        #expect(archived > 0)
    }

    @Test("a call on an instance changes no other one")
    func isolation() throws {
        let bench = Bench.installation(odd: false)
        let before = try bench.world(of: "kunde0002")
        #expect(bench.invoke("RenameStore", on: "kunde0001", ["id": "1", "name": "Neu"]).error == nil)
        #expect(bench.invoke("DeleteUser", on: "kunde0001", ["userName": "j.mueller"]).error == nil)
        #expect(try bench.world(of: "kunde0001").stores.first?.name == "Neu")
        #expect(try bench.world(of: "kunde0002") == before)
        #expect(bench.core.world.stores.isEmpty && bench.core.world.users.count == 1)
    }

    @Test("a verification is a process of its instance, and ends as on MailStore Server")
    func verification() throws {
        let bench = Bench.installation(odd: false) { $0.isAlive = false }
        bench.core.withWorld(of: "kunde0002", at: Bench.begin) { $0.stores[0].damagedMessages = 3 }
        let form = { (id: String) in "instanceID=\(id)&id=1&includeIndexes=false" }
        let tokens = try ["kunde0001", "kunde0002"].map { id in
            try #require(bench.reply("/api/invoke/VerifyStore", form(id))?.parsed?["token"] as? String)
        }
        bench.real += 3600
        let ends = tokens.map { bench.reply("/api/get-status", LongProcessTests.poll($0, known: 3))?.parsed }
        #expect(ends.map { $0?["statusCode"] as? String } == ["succeeded", "failed"])
        #expect(try bench.world(of: "kunde0001").stores[0].verifications == 1)
        #expect(try bench.world(of: "kunde0003").stores[0].verifications == 0)
    }

    @Test("a process changes the archive of its instance when it ends")
    func effect() throws {
        let bench = Bench.installation(odd: false) { $0.isAlive = false }
        for id in ["kunde0001", "kunde0002"] {
            bench.core.withWorld(of: id, at: Bench.begin) { $0.stores[1].messages += 5 }
        }
        let before = try bench.world(of: "kunde0001").stores[1].statisticsCount
        #expect(bench.invoke("RefreshAllStoreStatistics", on: "kunde0001").statusCode == "running")
        bench.real += 60
        #expect(try bench.world(of: "kunde0001").stores[1].statisticsCount == before + 5)
        #expect(
            try bench.world(of: "kunde0002").stores[1].messages
                == bench.world(of: "kunde0002").stores[1].statisticsCount + 5)
    }

    @Test("a fault can be limited to an instance, with the polls of its processes")
    func faults() throws {
        let bench = Bench.installation(odd: false)
        bench.core.faults.add(.status(503), for: "GetStores", instance: "kunde0001", times: nil)
        bench.core.faults.add(.status(502), for: "get-status", instance: "kunde0001", times: 1)
        let stores = { (id: String) in bench.reply("/api/invoke/GetStores", "instanceID=" + id)?.status }
        #expect([stores("kunde0001"), stores("kunde0002"), stores("kunde0001")] == [503, 200, 503])
        let tokens = ["kunde0001", "kunde0002"].compactMap { id in
            bench.invoke("VerifyStores", on: id, ["includeIndexes": "false"]).token
        }
        let polls = tokens.reversed().map { token in
            bench.reply("/api/get-status", LongProcessTests.poll(token, known: 0))?.status
        }
        #expect(polls == [200, 502])
        bench.core.faults.clear(instance: "kunde0002")
        #expect(stores("kunde0001") == 503)
        bench.core.faults.clear(instance: "kunde0001")
        #expect(stores("kunde0001") == 200)
    }

    @Test("quirks can be those of one instance, for its processes too")
    func quirks() throws {
        let bench = Bench.installation(odd: false)
        var quirks = Quirks()
        quirks.fieldNames = .capitalized
        quirks.byteOrderMark = false
        quirks.statusVersionJumps = false
        quirks.refusedFunctions = ["GetUsers": 403]
        bench.core.installation.instances[0].quirks = quirks
        let odd = try #require(bench.reply("/api/invoke/GetStores", "instanceID=kunde0001"))
        #expect(odd.body.first == UInt8(ascii: "{"))
        #expect((odd.parsed?["result"] as? [[String: Any]])?.first?["RequestedState"] != nil)
        let plain = try #require(bench.reply("/api/invoke/GetStores", "instanceID=kunde0002"))
        #expect(plain.body.first == 0xEF)
        #expect((plain.parsed?["result"] as? [[String: Any]])?.first?["requestedState"] != nil)
        let users = ["kunde0001", "kunde0002"].map { bench.reply("/api/invoke/GetUsers", "instanceID=" + $0)?.status }
        #expect(users == [403, 200])
        let form = "instanceID=kunde0001&includeIndexes=false"
        let started = bench.reply("/api/invoke/VerifyStores", form)
        #expect(started?.parsed?["statusVersion"] as? Int == 1)
        #expect(bench.reply("/api/get-metadata")?.body.first == 0xEF)
    }

    @Test("an empty list, or one with many rows, is a fault of any function")
    func rows() {
        let bench = Bench.installation()
        bench.core.faults.add(.noRows, for: "GetInstances", times: 1)
        bench.core.faults.add(.manyRows(500), for: "GetInstances", times: 1)
        let lists = (0..<3).compactMap { _ in
            bench.reply("/api/invoke/GetInstances", "instanceFilter=*")?.parsed?["result"] as? [[String: Any]]
        }
        #expect(lists.map(\.count) == [0, 500, 12])
        #expect(Set(lists[1].compactMap { $0["instanceID"] as? String }).count == 500)
    }
}
