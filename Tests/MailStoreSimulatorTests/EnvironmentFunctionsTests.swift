import Testing

@testable import MailStoreSimulator

@Suite("Functions about an installation of the Service Provider Edition")
struct EnvironmentFunctionsTests {
    @Test("the list of functions needs the login, and is a bare array as on MailStore Server")
    func metadataNeedsLogin() {
        let bench = Bench.installation { $0.quirks.byteOrderMark = false }
        let refused = bench.reply("/api/get-metadata") { $0.authorization = nil }
        #expect(refused?.status == 401)
        #expect(refused?.header("WWW-Authenticate")?.hasPrefix("Basic") == true)
        let wrong = bench.reply("/api/get-metadata") { $0.authorization = "Basic YWRtaW46d3Jvbmc=" }
        #expect(wrong?.status == 401)
        let list = bench.reply("/api/get-metadata")
        #expect(list?.status == 200)
        #expect(list?.body.first == UInt8(ascii: "["))
    }

    @Test("no user of an instance can log in, only the system administrator")
    func administrator() throws {
        let bench = Bench.installation()
        #expect(try bench.world(of: "kunde0001").users.count > 1)
        #expect(bench.core.world.users.map(\.userName) == ["admin"])
        bench.core.world.change(user: "admin") { $0.password = "another" }
        #expect(bench.reply("/api/invoke/GetServiceStatus")?.status == 401)
    }

    @Test("the functions of both editions take an instance, those of MailStore Server alone are missing")
    func functions() throws {
        let rows = Bench.installation().core.functions.metadata.elements
        let names = Set(rows.compactMap { $0["name"]?.text })
        let alone = [
            "GetServerInfo", "GetLicenseInformation", "GetActiveSessions", "GetStoreIndexes", "GetServiceConfiguration",
            "CreateBackup", "CompactMasterDatabase", "RebuildStoreIndex",
        ]
        #expect(alone.filter(names.contains) == [])
        let environment: Set = [
            "GetEnvironmentInfo", "GetServiceStatus", "GetInstances", "GetInstanceHosts", "GetClientAccessServers",
            "GetSystemAdministrators", "GetSystemSmtpConfiguration",
        ]
        let expected: Set = [
            "GetArchiveAdminEnabled", "CanRunArchiveProfiles", "GetInstanceConfiguration", "GetInstanceStatistics",
            "GetInstanceProcessLiveStatistics", "GetStores", "GetJobs", "GetProfiles", "GetUsers", "GetTimeZones",
            "GetRetentionPolicies", "GetComplianceConfiguration", "GetFolderStatistics", "GetJobResults",
            "GetWorkerResults", "VerifyStore", "VerifyStores",
        ]
        #expect(environment.union(expected).subtracting(names) == [])
        for row in rows {
            let name = try #require(row["name"]?.text)
            let arguments = try #require(row["args"]).elements
            let instance = arguments.first { $0["name"] == "instanceID" }
            #expect((instance == nil) == environment.contains(name), "\(name)")
            if instance != nil { #expect(instance == ["name": "instanceID", "type": "string", "nullable": false]) }
        }
        let server = Set(FunctionTable(oldServer: false).metadata.elements.compactMap { $0["name"]?.text })
        #expect(server.isDisjoint(with: environment))
        #expect(!server.contains("GetInstanceStatistics"))
    }

    @Test("the environment has the published fields")
    func environment() throws {
        let result = Bench.installation().invoke("GetEnvironmentInfo").result
        #expect(
            result.names == [
                "version", "webClientVersion", "copyright", "licenseeName", "licenseeID", "serverName", "userName",
                "systemProperties",
            ])
        #expect(result["version"] == "25.3.1.23021")
        let properties = try #require(result["systemProperties"])
        #expect(properties.names == ["processors", "totalPhysicalMemory", "operatingSystem"])
        #expect(properties["processors"]?.elements.allSatisfy { $0.text != nil } == true)
        #expect((properties["totalPhysicalMemory"]?.number ?? 0) > 1 << 30)
    }

    @Test("the service's status has the published fields, and a message of each severity")
    func serviceStatus() throws {
        let bench = Bench.installation()
        let status = bench.invoke("GetServiceStatus").result
        #expect(status.names == ["environmentInfo", "serverInfos", "messages"])
        #expect(status["environmentInfo"] == bench.invoke("GetEnvironmentInfo").result)
        let machines = try #require(status["serverInfos"]).elements
        #expect(
            machines.allSatisfy {
                $0.names == [
                    "serverName", "port", "serverCertificate", "serverType", "active", "systemProperties",
                    "numberOfInstances", "numberOfRunningInstances",
                ]
            })
        #expect(
            machines.map { $0["serverType"]?.text } == [
                "managementServer", "clientAccessServer", "instanceHost", "instanceHost", "instanceHost",
            ])
        #expect(machines.map { $0["active"] } == [true, true, true, true, false])
        #expect(machines[0]["numberOfInstances"] == .null && machines[1]["numberOfRunningInstances"] == .null)
        #expect(machines[4]["systemProperties"] == .null && machines[4]["numberOfInstances"] == .null)
        let thumbprints = machines.compactMap { $0["serverCertificate"]?["thumbprint"]?.text }
        #expect(Set(thumbprints).count == 5 && thumbprints.allSatisfy { $0.count == 40 })
        let messages = try #require(status["messages"]).elements
        #expect(messages.allSatisfy { $0.names == ["type", "text", "isSubItem", "tag", "flags"] })
        #expect(Set(messages.compactMap { $0["type"]?.text }) == ["information", "warning", "error"])
        #expect(messages.last?["isSubItem"] == true)
    }

    @Test("the instances are counted on their hosts, stopped ones among them")
    func counts() throws {
        let bench = Bench.installation()
        let rows = bench.invoke("GetInstances", ["instanceFilter": "*"]).result.elements
        for name in ["SPE-HOST01", "SPE-HOST02"] {
            let here = rows.filter { $0["instanceHost"]?.text == name }
            let machine = try #require(bench.machine(name))
            #expect(machine["numberOfInstances"]?.number == here.count)
            #expect(machine["numberOfRunningInstances"]?.number == here.filter { $0["processID"] != .null }.count)
            #expect(here.count >= 5)
        }
    }

    @Test("an instance has the published fields")
    func instances() {
        let rows = Bench.installation().invoke("GetInstances", ["instanceFilter": "*"]).result.elements
        #expect(rows.count == 12)
        #expect(
            rows.allSatisfy {
                $0.names == [
                    "instanceID", "alias", "displayName", "instanceHost", "startMode", "processID", "status",
                    "startStopError",
                ]
            })
        #expect(rows.first?["instanceID"] == "kunde0001")
        #expect(rows.first?["status"] == "running" && rows.first?["startStopError"] == .null)
    }

    @Test(
        "the filter of instances has wildcards, without regard to case",
        arguments: [
            ("*", 12), ("kunde0001", 1), ("KUNDE000?", 9), ("kunde*", 12), ("*1*", 4), ("k*0*2", 2), ("kunde", 0),
            ("?", 0), ("", 0), ("*kunde0001*", 1), ("**", 12),
        ])
    func filter(filter: String, count: Int) {
        let envelope = Bench.installation().invoke("GetInstances", ["instanceFilter": filter])
        #expect(envelope.error == nil)
        #expect(envelope.result.elements.count == count)
    }

    @Test("hosts and client access servers are filtered by their names")
    func machines() {
        let bench = Bench.installation()
        let hosts = bench.invoke("GetInstanceHosts").result.elements
        #expect(hosts.count == 3)
        #expect(hosts.allSatisfy { $0.names == ["serverName", "port", "serverCertificate", "baseDirectory"] })
        #expect(hosts[1]["baseDirectory"] == .null && hosts[0]["baseDirectory"]?.text != nil)
        #expect(bench.invoke("GetInstanceHosts", ["serverNameFilter": "*02"]).result.elements.count == 1)
        #expect(bench.invoke("GetInstanceHosts", ["serverNameFilter": "SPE-CAS01"]).result == [])
        let servers = bench.invoke("GetClientAccessServers", ["withServiceStatus": "false"]).result
        #expect(servers[0]?.names == ["serverName", "port", "serverCertificate"])
        let others = bench.invoke("GetClientAccessServers", ["withServiceStatus": "true", "serverNameFilter": "x"])
        #expect(others.result == [])
    }

    @Test(
        "a missing or empty argument is an error as on MailStore Server",
        arguments: [
            ("GetInstances", [:], "System.Exception"), ("GetClientAccessServers", [:], "System.Exception"),
            ("GetClientAccessServers", ["withServiceStatus": "True"], "System.FormatException"),
            ("GetInstanceHosts", ["serverNameFilter": ""], "System.ArgumentException"),
        ])
    func refused(function: String, arguments: [String: String], exception: String) {
        let envelope = Bench.installation().invoke(function, arguments)
        #expect(envelope.statusCode == "failed")
        #expect(envelope.error?.exception == exception)
    }

    @Test("functions that no monitor may call give a secret away")
    func secrets() {
        let bench = Bench.installation()
        let secret = Array(Simulator.plantedSecret.utf8)
        for (function, form) in [
            ("GetSystemAdministrators", ""), ("GetSystemSmtpConfiguration", ""),
            ("GetUserInfo", "instanceID=kunde0001&userName=admin"), ("GetCredentials", "instanceID=kunde0001"),
            ("GetDirectoryServicesConfiguration", "instanceID=kunde0001"),
        ] {
            #expect(bench.reply("/api/invoke/" + function, form)?.body.firstRange(of: secret) != nil, "\(function)")
        }
    }

    @Test("an installation without instances is one")
    func empty() {
        let bench = Bench.installation(instances: 0)
        #expect(bench.invoke("GetInstances", ["instanceFilter": "*"]).result == [])
        #expect(bench.invoke("GetServiceStatus").error == nil)
    }
}
