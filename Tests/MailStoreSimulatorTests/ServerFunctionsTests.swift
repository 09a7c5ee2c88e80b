import Testing

@testable import MailStoreSimulator

@Suite("Functions that return information")
struct ServerFunctionsTests {
    @Test("every documented function is offered")
    func offered() {
        let names = Set(FunctionTable(oldServer: false).metadata.elements.compactMap { $0["name"]?.text })
        let documented = [
            "GetServerInfo", "GetLicenseInformation", "GetStores", "GetStoreIndexes", "GetUsers", "GetActiveSessions",
            "GetProfiles", "GetWorkerResults", "GetJobs", "GetJobResults", "GetTimeZones", "GetFolderStatistics",
            "GetComplianceConfiguration", "GetRetentionPolicies", "GetServiceConfiguration", "VerifyStore",
            "VerifyStores", "CompactStore", "CompactMasterDatabase", "MaintainFileSystemDatabases",
            "RefreshAllStoreStatistics", "RebuildStoreIndex", "RebuildSelectedStoreIndexes", "RecoverStore",
            "RecreateRecoveryRecords", "RepairStoreDatabase", "UpgradeStores", "CreateBackup",
            "ProcessRetentionPolicies", "RunProfile", "SyncUsersWithDirectoryServices", "SendStatusReport",
        ]
        #expect(documented.filter { !names.contains($0) } == [])
    }

    @Test(
        "rows have the documented fields",
        arguments: [
            ("GetUsers", [:], ["userName", "fullName", "distinguishedName", "mfaStatus"]),
            (
                "GetStores", [:],
                [
                    "id", "name", "requestedState", "error", "statisticsCount", "statisticsSize", "needsUpgrade",
                    "searchIndexesNeedRebuild", "databasePath", "contentPath", "indexPath",
                ]
            ),
            (
                "GetProfiles", ["raw": "true"],
                ["id", "name", "owner", "type", "connector", "serverSideExecution", "details"]
            ),
            (
                "GetJobs", [:],
                [
                    "id", "name", "action", "owner", "enabled", "timeZoneId", "date", "interval", "time", "dayOfWeek",
                    "dayOfMonth",
                ]
            ),
            ("GetFolderStatistics", [:], ["folder", "size"]),
        ])
    func fields(function: String, arguments: [String: String], names: [String]) {
        let bench = Bench()
        let result = bench.invoke(function, arguments).result
        #expect(!result.elements.isEmpty)
        #expect(result.elements.allSatisfy { $0.names == names })
    }

    @Test("a store's size is returned only on request")
    func sizes() {
        let bench = Bench()
        #expect(bench.invoke("GetStores").result[0]?["statisticsSize"] == .null)
        #expect(bench.invoke("GetStores", ["includeSize": "false"]).result[0]?["statisticsSize"] == .null)
        let size = bench.invoke("GetStores", ["includeSize": "true"]).result[0]?["statisticsSize"]?.number
        #expect(size == bench.core.world.stores[0].bytes)
        bench.core.options.quirks.sizeOnlyOnRequest = false
        #expect(bench.invoke("GetStores").result[0]?["statisticsSize"]?.number == size)
    }

    @Test("statistics do not change until they are refreshed")
    func cachedStatistics() {
        let bench = Bench { $0.isAlive = false }
        bench.core.world.stores[2].messages += 5
        let before = bench.invoke("GetStores").result[2]?["statisticsCount"]?.number
        #expect(bench.invoke("RefreshAllStoreStatistics").statusCode == "running")
        #expect(bench.invoke("GetStores").result[2]?["statisticsCount"]?.number == before)
        bench.real += 60
        #expect(bench.invoke("GetStores").result[2]?["statisticsCount"]?.number == before.map { $0 + 5 })
    }

    @Test("without that quirk, the statistics are up to date")
    func liveStatistics() {
        let bench = Bench { $0.quirks.cachedStatistics = false }
        bench.core.world.stores[2].messages = 7
        #expect(bench.invoke("GetStores").result[2]?["statisticsCount"] == 7)
    }

    @Test("a job's schedule has the names of the vendor's arguments")
    func schedules() {
        let bench = Bench()
        let jobs = bench.invoke("GetJobs").result
        #expect(jobs[0]?["dayOfWeek"] == "Sunday")
        #expect(jobs[0]?["time"] == "03:00")
        #expect(jobs[2]?["dayOfWeek"] == .null)
        #expect(jobs[5]?["interval"] == 360)
        #expect(jobs[5]?["time"] == .null)
        #expect(jobs[6]?["dayOfMonth"] == "Last")
        #expect(jobs[7]?["enabled"] == false)
    }

    @Test("automatic and manual profiles differ")
    func profiles() {
        let bench = Bench()
        let profiles = bench.invoke("GetProfiles", ["raw": "true"]).result
        #expect(profiles[1]?["serverSideExecution"]?["automatic"] == true)
        #expect(profiles[1]?["serverSideExecution"]?["automaticMaintenanceWindows"] == "02:00-04:00")
        #expect(profiles[1]?["serverSideExecution"]?["automaticPauseBetweenExecutions"] == 3600)
        #expect(profiles[4]?["serverSideExecution"]?["automatic"] == false)
    }

    @Test("licences count all users except the built-in one")
    func licence() {
        let bench = Bench()
        #expect(bench.invoke("GetLicenseInformation").result == ["namedUsers": 12, "maxNamedUsers": 25])
        bench.core.world.users.removeLast()
        #expect(bench.invoke("GetLicenseInformation").result["namedUsers"] == 11)
    }

    @Test("the time zones include UTC, unless the server does not know it", arguments: [true, false])
    func timeZones(knowsUTC: Bool) {
        let bench = Bench { $0.quirks.knowsUTC = knowsUTC }
        let ids = bench.invoke("GetTimeZones").result.elements.compactMap { $0["id"]?.text }
        #expect(ids.contains("UTC") == knowsUTC)
        #expect(ids.contains("$Local"))
    }

    @Test("functions that change something do so")
    func changes() {
        let bench = Bench()
        #expect(bench.invoke("RenameStore", ["id": "2", "name": "Neu"]).error == nil)
        #expect(bench.core.world.stores[1].name == "Neu")
        #expect(bench.invoke("SetStoreRequestedState", ["id": "2", "requestedState": "current"]).error == nil)
        #expect(bench.core.world.stores.map(\.requestedState) == ["writeProtected", "current", "normal", "normal"])
        #expect(bench.invoke("SetStoreRequestedState", ["id": "2", "requestedState": "x"]).error != nil)
        #expect(bench.invoke("SetJobEnabled", ["id": "3", "enabled": "false"]).error == nil)
        #expect(bench.core.world.jobs[2].enabled == false)
        #expect(bench.invoke("DeleteUser", ["userName": "j.mueller"]).error == nil)
        #expect(bench.invoke("DeleteUser", ["userName": "j.mueller"]).error != nil)
    }
}
