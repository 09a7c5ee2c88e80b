import Testing

@testable import MailStoreSimulator

@Suite("States of instances")
struct InstanceStateTests {
    private static let access = "System.UnauthorizedAccessException"
    private static let stopped = "System.InvalidOperationException"

    private static func processID(_ bench: Bench, _ id: String = "kunde0001") -> String? {
        bench.invoke("GetInstanceProcessLiveStatistics", on: id).result["processUniqueID"]?.text
    }

    @Test("the first instances show every state")
    func first() throws {
        let bench = Bench.installation()
        let rows = bench.invoke("GetInstances", ["instanceFilter": "*"]).result.elements
        #expect(
            rows.map { $0["status"]?.text } == [
                "running", "running", "running", "frozen", "stopped", "stopped", "running", "running", "running",
                "stopped", "running", "running",
            ])
        #expect(rows.map { $0["startStopError"] != .null } == (1...12).map { [6, 10].contains($0) })
        #expect(rows.map { $0["processID"] == .null } == (1...12).map { [5, 6, 10].contains($0) })
        #expect(rows.map { $0["startMode"] == "manual" } == (1...12).map { $0 == 8 })
        #expect(rows.map { $0["alias"] == .null } == (1...12).map { $0 == 12 })
        #expect(bench.invoke("GetArchiveAdminEnabled", on: "kunde0001").result == true)
        #expect(bench.invoke("GetArchiveAdminEnabled", on: "kunde0003").result == false)
        #expect(bench.invoke("CanRunArchiveProfiles", on: "kunde0001").result == true)
        #expect(bench.invoke("CanRunArchiveProfiles", on: "kunde0007").result == false)
        #expect(try bench.world(of: "kunde0009").currentStore == nil)
        #expect(bench.machine(try bench.instance("kunde0010").instanceHost)?["active"] == false)
        let empty = try bench.world(of: "kunde0011")
        #expect(empty.stores.isEmpty && empty.profiles.isEmpty && empty.jobs.isEmpty)
        #expect(bench.invoke("GetStores", on: "kunde0011").result == [])
    }

    @Test("the states repeat every hundred instances, and can be left out")
    func repeated() {
        let many = Bench.installation(instances: 250).core.installation.instances
        #expect(many.filter { !$0.isRunning }.map(\.instanceID).count == 9)
        #expect(many.filter { $0.operation.isFrozen }.map(\.instanceID) == ["kunde0004", "kunde0104", "kunde0204"])
        let even = Bench.installation(instances: 250, odd: false)
        #expect(even.core.installation.instances.allSatisfy { $0.isRunning && $0.operation == InstanceOperation() })
        #expect(even.core.installation.hosts.allSatisfy { $0.isActive })
        #expect(even.core.installation.messages.map(\.severity) == [.information])
    }

    @Test("a frozen instance lists no store and archives nothing, but keeps its stores")
    func frozen() throws {
        let bench = Bench.installation(odd: false)
        let before = bench.invoke("GetStores", on: "kunde0001").result
        let process = Self.processID(bench)
        try bench.apply(.freeze, to: "kunde0001")
        #expect(bench.row(of: "kunde0001")?["status"] == "frozen")
        #expect(bench.invoke("GetStores", on: "kunde0001").result == [])
        #expect(bench.invoke("VerifyStore", on: "kunde0001", ["id": "1", "includeIndexes": "false"]).error != nil)
        #expect(bench.invoke("GetJobs", on: "kunde0001").result.elements.count > 1)
        #expect(Self.processID(bench) == process)
        bench.real += 2 * 86_400
        let runs = try bench.world(of: "kunde0001").profileRuns.filter { $0.profileId <= 4 }
        #expect(!runs.isEmpty && runs.allSatisfy { $0.result == "failed" && $0.itemsArchived == 0 })
        let jobs = try bench.world(of: "kunde0001").jobRuns
        #expect(!jobs.isEmpty && jobs.allSatisfy { $0.result == "failed" })
        bench.core.options.quirks.frozenInstancesLookRunning = true
        #expect(bench.row(of: "kunde0001")?["status"] == "running")
        try bench.apply(.thaw, to: "kunde0001")
        #expect(bench.row(of: "kunde0001")?["status"] == "running")
        #expect(bench.invoke("GetStores", on: "kunde0001").result == before)
    }

    @Test("every call on a stopped instance fails, and nothing runs in it", arguments: InstanceFunctionsTests.functions)
    func stopped(function: String, arguments: [String: String]) throws {
        let bench = Bench.installation()
        #expect(bench.invoke(function, on: "kunde0005", arguments).error?.exception == Self.stopped)
        let running = bench.machine("SPE-HOST01")?["numberOfRunningInstances"]?.number ?? 0
        try bench.apply(.stop, to: "kunde0001")
        #expect(bench.invoke(function, on: "kunde0001", arguments).error?.exception == Self.stopped)
        #expect(bench.machine("SPE-HOST01")?["numberOfRunningInstances"]?.number == running - 1)
        try bench.apply(.start, to: "kunde0001")
        #expect(bench.invoke(function, on: "kunde0001", arguments).error == nil)
    }

    @Test("no run starts or ends while an instance is stopped, and all start again after it")
    func runs() throws {
        let bench = Bench.installation(odd: false)
        bench.real += 40_000
        try bench.apply(.stop, to: "kunde0001")
        let before = try bench.world(of: "kunde0001")
        #expect(!before.profileRuns.isEmpty && before.sessions.isEmpty)
        #expect((before.profiles.map(\.runningSince) + before.jobs.map(\.runningSince)).allSatisfy { $0 == nil })
        bench.real += 86_400
        let after = try bench.world(of: "kunde0001")
        #expect(after.profileRuns == before.profileRuns && after.jobRuns == before.jobRuns)
        #expect(after.stores == before.stores && after.sessions.isEmpty)
        try bench.apply(.start, to: "kunde0001")
        bench.real += 86_400
        let again = try bench.world(of: "kunde0001").profileRuns.dropFirst(before.profileRuns.count)
        #expect(Set(again.map(\.profileId)).isSuperset(of: 1...4))
        #expect(again.allSatisfy { Double($0.startTime) > Bench.begin + 40_000 + 86_400 })
        #expect(try bench.world(of: "kunde0001").jobRuns.count > before.jobRuns.count)
    }

    @Test("without provider access only the calls on stores work, and the one that tells", arguments: [true, false])
    func access(isPublished: Bool) throws {
        let bench = Bench.installation { $0.quirks.statisticsNeedProviderAccess = isPublished }
        let open: Set = ["GetArchiveAdminEnabled", "GetStores", "VerifyStore", "VerifyStores"]
        let unpublished: Set = [
            "CanRunArchiveProfiles", "GetInstanceConfiguration", "GetInstanceStatistics",
            "GetInstanceProcessLiveStatistics",
        ]
        for (function, arguments) in InstanceFunctionsTests.functions {
            let isOpen = open.contains(function) || (!isPublished && unpublished.contains(function))
            let error = bench.invoke(function, on: "kunde0003", arguments).error
            #expect(error?.exception == (isOpen ? nil : Self.access), "\(function)")
        }
        try bench.apply(.providerAccess(true), to: "kunde0003")
        #expect(bench.invoke("GetArchiveAdminEnabled", on: "kunde0003").result == true)
        #expect(bench.invoke("GetJobs", on: "kunde0003").error == nil)
    }

    @Test("in safe mode, which needs a restart, no profile archives, and jobs go on")
    func safeMode() throws {
        let bench = Bench.installation(odd: false)
        let process = Self.processID(bench)
        try bench.apply(.safeMode(true), to: "kunde0001")
        #expect(bench.invoke("CanRunArchiveProfiles", on: "kunde0001").result == false)
        #expect(bench.row(of: "kunde0001")?["status"] == "running")
        #expect(Self.processID(bench) != process)
        #expect(bench.invoke("RunProfile", on: "kunde0001", ["id": "1"]).error != nil)
        bench.real += 3 * 86_400
        let world = try bench.world(of: "kunde0001")
        #expect(!world.profileRuns.contains { $0.profileId != 6 } && !world.jobRuns.isEmpty)
        let last = Self.processID(bench)
        try bench.apply(.safeMode(true), to: "kunde0001")
        #expect(Self.processID(bench) == last)
        try bench.apply(.safeMode(false), to: "kunde0001")
        bench.real += 86_400
        #expect(try bench.world(of: "kunde0001").profileRuns.contains { $0.profileId == 1 })
        #expect(bench.invoke("CanRunArchiveProfiles", on: "kunde0001").result == true)
    }

    @Test("an instance that starts in safe mode has runs from the time before, and none after it")
    func safeModeAtStart() throws {
        let bench = Bench.installation(history: 3)
        let before = try bench.world(of: "kunde0007").profileRuns.filter { $0.profileId <= 4 }
        bench.real += 3 * 86_400
        let after = try bench.world(of: "kunde0007").profileRuns.filter { $0.profileId <= 4 }
        #expect(!before.isEmpty && after == before)
    }

    @Test("a restarted instance has a new process, whose totals begin at 0, and forgets its tokens")
    func restart() throws {
        let bench = Bench.installation(odd: false)
        bench.real += 86_400
        let first = bench.invoke("GetInstanceProcessLiveStatistics", on: "kunde0001").result
        let row = bench.row(of: "kunde0001")
        let tokens = ["kunde0001", "kunde0002"].compactMap { id in
            bench.invoke("VerifyStores", on: id, ["includeIndexes": "false"]).token
        }
        try bench.apply(.restart, to: "kunde0001")
        let second = bench.invoke("GetInstanceProcessLiveStatistics", on: "kunde0001").result
        #expect(second["processUniqueID"] != first["processUniqueID"])
        #expect(bench.row(of: "kunde0001")?["processID"] != row?["processID"])
        #expect(second["totalMessagesArchived"] == 0 && second["totalMessagesChecked"] == 0)
        for name in first.names where name.hasPrefix("total") {
            let values = try [#require(first[name]?.number), #require(second[name]?.number)]
            #expect(values[0] > values[1], "\(name)")
        }
        let polls = tokens.map { bench.reply("/api/get-status", LongProcessTests.poll($0, known: 0))?.status }
        #expect(polls == [404, 200])
        #expect(bench.invoke("GetStores", on: "kunde0001").result.elements.count == 4)
    }

    @Test("a moved instance runs on another host, in a new process")
    func move() throws {
        let bench = Bench.installation(odd: false)
        let process = Self.processID(bench)
        #expect(bench.row(of: "kunde0001")?["instanceHost"] == "SPE-HOST01")
        try bench.apply(.move(host: "SPE-HOST02"), to: "kunde0001")
        #expect(bench.row(of: "kunde0001")?["instanceHost"] == "SPE-HOST02")
        #expect(bench.invoke("GetInstanceConfiguration", on: "kunde0001").result["instanceHost"] == "SPE-HOST02")
        #expect(Self.processID(bench) != process)
        bench.real += 86_400
        #expect(try bench.world(of: "kunde0001").profileRuns.allSatisfy { $0.machineName == "SPE-HOST02" })
        #expect(throws: SimulatorError.self) { try bench.apply(.move(host: "SPE-CAS01"), to: "kunde0001") }
        #expect(throws: SimulatorError.self) { try bench.apply(.move(host: "SPE-HOST09"), to: "kunde0001") }
    }

    @Test("names, alias and errors change without a restart")
    func names() throws {
        let bench = Bench.installation(odd: false)
        let process = Self.processID(bench)
        try bench.apply(.rename(displayName: "Neu & Co."), to: "kunde0001")
        try bench.apply(.alias("neu"), to: "kunde0001")
        try bench.apply(.startStopError("It does not start."), to: "kunde0001")
        let row = bench.row(of: "kunde0001")
        #expect(row?["displayName"] == "Neu & Co." && row?["alias"] == "neu")
        #expect(row?["startStopError"] == "It does not start.")
        let configuration = bench.invoke("GetInstanceConfiguration", on: "kunde0001").result
        #expect(configuration["displayName"] == "Neu & Co." && configuration["alias"] == "neu")
        #expect(Self.processID(bench) == process)
        try bench.apply(.alias(nil), to: "kunde0001")
        try bench.apply(.restart, to: "kunde0001")
        #expect(bench.row(of: "kunde0001")?["alias"] == .null)
        #expect(bench.row(of: "kunde0001")?["startStopError"] == .null)
    }

    @Test("a closed instance is gone from the list, with its calls and tokens")
    func close() throws {
        let bench = Bench.installation(odd: false)
        let token = try #require(bench.invoke("VerifyStores", on: "kunde0001", ["includeIndexes": "false"]).token)
        try bench.apply(.close, to: "kunde0001")
        #expect(bench.row(of: "kunde0001") == nil)
        #expect(bench.invoke("GetStores", on: "kunde0001").error?.exception == "System.ArgumentException")
        #expect(bench.reply("/api/get-status", LongProcessTests.poll(token, known: 0))?.status == 404)
        #expect(throws: SimulatorError.self) { try bench.apply(.start, to: "kunde0001") }
        #expect(bench.machine("SPE-HOST01")?["numberOfInstances"] == 5)
    }

    @Test("the instances of a host that is not active stop, and start with it in new processes")
    func host() throws {
        let bench = Bench.installation(odd: false)
        let process = Self.processID(bench)
        bench.core.installation.hosts[2].isActive = false
        bench.core.settleInstances()
        let rows = bench.invoke("GetInstances", ["instanceFilter": "*"]).result.elements
        let here = rows.filter { $0["instanceHost"] == "SPE-HOST01" }
        #expect(here.count == 6 && here.allSatisfy { $0["status"] == "stopped" && $0["startStopError"] != .null })
        #expect(rows.filter { $0["status"] == "running" }.count == 6)
        #expect(bench.invoke("GetStores", on: "kunde0001").error?.exception == Self.stopped)
        try bench.apply(.start, to: "kunde0001")
        #expect(bench.invoke("GetStores", on: "kunde0001").error != nil)
        bench.core.installation.hosts[2].isActive = true
        bench.core.settleInstances()
        #expect(bench.row(of: "kunde0001")?["status"] == "running")
        #expect(bench.row(of: "kunde0001")?["startStopError"] == .null)
        #expect(Self.processID(bench) != process && Self.processID(bench) != nil)
    }

    @Test("an added instance has an archive without runs, and cannot be added twice")
    func add() throws {
        let bench = Bench.installation(odd: false, history: 2)
        let options = bench.core.options
        try bench.core.installation.add("neu", displayName: "Neu", host: nil, options: options, at: Bench.begin)
        #expect(bench.invoke("GetStores", on: "neu").result.elements.count == 4)
        #expect(bench.invoke("GetWorkerResults", on: "neu", Bench.days).result == [])
        bench.real += 86_400
        #expect(bench.invoke("GetWorkerResults", on: "neu", Bench.days).result != [])
        for (id, host) in [("neu", nil), ("", nil), ("other", "SPE-CAS01")] {
            #expect(throws: SimulatorError.self) {
                try bench.core.installation.add(id, displayName: "", host: host, options: options, at: bench.real)
            }
        }
    }
}
