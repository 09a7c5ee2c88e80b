import OperatingSystem
import Testing

@testable import MailStoreAPI

@Suite("Results of the Service Provider Edition are read leniently")
struct ServiceProviderResultTests {
    private func read<Value: JSONDecodable>(_ json: String, as type: Value.Type = Value.self) throws -> Value {
        try Value(json: Array(json.utf8))
    }

    @Test("an instance as it was published")
    func instance() throws {
        let instance: Instance = try read(
            #"""
            {"instanceID": "kunde 1", "alias": "k1", "displayName": "Müller", "instanceHost": "HOST", "startMode":
            "automatic", "processID": 4711, "status": "running", "startStopError": null}
            """#)
        #expect(instance.id == "kunde 1" && instance.argument == "kunde 1")
        #expect(instance.processID == 4711 && instance.host == "HOST" && instance.startMode == "automatic")
        #expect(instance.hasStartStopError == false && instance.startStopError == nil)
        #expect(!instance.isStopped)
    }

    @Test("an id is sent as the server wrote it, and shown in a form that fits into a label")
    func argument() throws {
        let long = String(repeating: "x", count: 300)
        let instances: [Instance] = try read(#"[{"instanceID": "\#(long)"}, {"instanceID": " a "}, {"INSTANCEid": 7}]"#)
        #expect(instances.map(\.argument) == [long, " a ", "7"])
        #expect(instances[0].id != long && instances[0].id.utf8.count <= 256)
        #expect(instances[1...].map(\.id) == ["a", "7"])
    }

    @Test("an instance without an id is left out", arguments: ["{}", #"{"instanceID": ""}"#, #"{"instanceID": null}"#])
    func noID(row: String) throws {
        let instances: [Instance] = try read(#"[\#(row), {"instanceID": "a"}]"#)
        #expect(instances.map(\.id) == ["a"])
    }

    @Test(
        "an error of the last start is one in any form",
        arguments: [
            ("null", false, nil), ("\"\"", false, nil), ("false", false, nil), (#""Disk full""#, true, "Disk full"),
            (#"{"message": "Disk full", "details": "x"}"#, true, "Disk full"), ("[]", true, ""),
        ] as [(String, Bool, String?)])
    func startStopError(json: String, isOne: Bool, text: String?) throws {
        let instance: Instance = try read(#"{"instanceID": 1, "startStopError": \#(json)}"#)
        #expect(instance.hasStartStopError == isOne)
        #expect(instance.startStopError == text)
        #expect(try read(#"{"instanceID": 1}"#, as: Instance.self).hasStartStopError == nil)
    }

    @Test(
        "an instance is stopped if the list says so, or names no process for a word that is not known",
        arguments: [
            (#""status": "running""#, false), (#""status": "Running", "processID": null"#, false),
            (#""status": "stopped""#, true), (#""status": "STOPPING", "processID": 7"#, true),
            (#""status": "frozen", "processID": 7"#, false), (#""status": "crashed", "processID": 0"#, true),
            (#""status": null"#, false), (#""processID": null"#, false),
        ])
    func stopped(fields: String, isStopped: Bool) throws {
        #expect(try read(#"{"instanceID": 1, \#(fields)}"#, as: Instance.self).isStopped == isStopped)
    }

    @Test("sizes and totals that are negative, odd or missing are not known; the others count")
    func statistics() throws {
        let sizes: InstanceStatistics = try read(
            #"{"databaseFileSizeMB": -1, "contentFileSizeMB": "2.5", "indexFileSizeMB": {}, "numberOfMessages": 7}"#)
        #expect(sizes.databaseMegabytes == nil && sizes.contentMegabytes == 2.5 && sizes.indexMegabytes == nil)
        #expect(sizes.messages == 7)
        let live: ProcessStatistics = try read(
            #"{"processUniqueID": 9, "totalIOReadBytes": -5, "TOTALIOWRITEBYTES": "6", "totalMessagesChecked": null}"#)
        #expect(live.process == "9" && live.timestamp == nil)
        #expect(live.totals == [.writtenBytes: 6])
    }

    @Test(
        "a yes or no is read in the forms of booleans",
        arguments: [("true", true), ("\"True\"", true), ("0", false), ("null", nil), ("{}", nil), ("\"on\"", nil)]
            as [(String, Bool?)])
    func flag(json: String, value: Bool?) throws {
        #expect(try read(json, as: OptionalFlag.self).value == value)
    }

    @Test("a status without lists has none, and one with odd rows has the others")
    func status() throws {
        let empty: ServiceStatus = try read(#"{"serverInfos": null, "messages": 7}"#)
        #expect(empty.hosts == nil && empty.messages == nil)
        let status: ServiceStatus = try read(
            #"{"serverInfos": [{"serverName": ""}, {"serverName": "A", "systemProperties": "x"}], "messages": [1, {}]}"#
        )
        #expect(status.hosts?.map(\.serverName) == ["A"])
        #expect(status.messages?.count == 1)
    }
}
