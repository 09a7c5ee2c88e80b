import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration

@Suite("Server, licence, users and sessions show what they were told")
struct SmallCollectorTests {
    private func page(
        _ collector: CollectorName, _ function: InformationalFunction, _ result: String
    ) async throws -> ScrapedPage {
        let bench = try TargetBench()
        bench.server.answer(function, .result(result))
        await bench.collect(collector)
        let page = try bench.page
        #expect(page.value("mailstore_collector_success", ["collector": collector.rawValue]) == 1)
        return page
    }

    @Test("the server's version and name are facts about it")
    func server() async throws {
        let page = try await page(.server, .getServerInfo, #"{"version": "25.3.1", "machineName": "M\\1"}"#)
        let labels = ["edition": "server", "version": "25.3.1", "server_name": "M\\1"]
        #expect(page.value("mailstore_server_info", labels) == 1)
    }

    @Test("the user's own labels are facts about the target, also before its first collection")
    func ownLabels() async throws {
        let own = ["customer": #"A\"B"#, "tier": "gold"]
        let bench = try TargetBench { $0.labels = TargetLabels(["customer": #"A\"B"#, "tier": "gold"]) }
        bench.server.answer(.getServerInfo, .status(500))
        await bench.collect(.server)
        let expected = own.merging(["target": "archive"]) { $1 }
        #expect(try bench.page.all("mailstore_target_info").map(\.labels) == [expected])
        let other = try await page(.server, .getServerInfo, #"{"version": "25.3.1"}"#)
        #expect(!other.has("mailstore_target_info"))
    }

    @Test("a server that does not tell its name still has its edition and version")
    func namelessServer() async throws {
        let page = try await page(.server, .getServerInfo, #"{"version": "25.3.1", "machineName": null}"#)
        #expect(
            page.all("mailstore_server_info").map(\.labels) == [
                ["target": "archive", "edition": "server", "version": "25.3.1"]
            ])
    }

    @Test(
        "the licence's two numbers stand alone where one is missing",
        arguments: [
            (#"{"namedUsers": 3, "maxNamedUsers": 5}"#, 3, 5), (#"{"namedUsers": 3}"#, 3, nil),
            (#"{"maxNamedUsers": 5, "namedUsers": null}"#, nil, 5),
        ] as [(String, Double?, Double?)])
    func license(result: String, named: Double?, maximum: Double?) async throws {
        let page = try await page(.license, .getLicenseInformation, result)
        #expect(page.value("mailstore_license_named_users") == named)
        #expect(page.value("mailstore_license_max_named_users") == maximum)
    }

    @Test("users are counted by the status of their authentication, and nothing else of them is shown")
    func users() async throws {
        let page = try await page(
            .users, .getUsers,
            #"""
            [{"userName": "anna", "mfaStatus": "Disabled"}, {"userName": "bert", "mfaStatus": "Disabled"},
            {"userName": "carl", "mfaStatus": "Enabled"}, {"userName": "dora"}]
            """#)
        #expect(page.value("mailstore_users", ["mfa_status": "disabled"]) == 2)
        #expect(page.value("mailstore_users", ["mfa_status": "enabled"]) == 1)
        #expect(page.value("mailstore_users", ["mfa_status": "unknown"]) == 1)
        #expect(page.all("mailstore_users").count == 3)
        #expect(!page.text.contains("anna"))
        #expect(page.all("mailstore_api_unknown_values_total").allSatisfy { $0.value == 0 })
    }

    @Test("a server that makes up a status for each user does not flood the page")
    func manyStatuses() async throws {
        let users = (0..<50).map { #"{"mfaStatus": "status\#($0)"}"# }.joined(separator: ",")
        let page = try await page(.users, .getUsers, "[\(users)]")
        #expect(page.all("mailstore_users").count == 33)
        #expect(page.value("mailstore_users", ["mfa_status": "other"]) == 18)
    }

    @Test(
        "sessions are counted whatever they look like",
        arguments: [
            ("[]", 0), (#"[{"a": {"b": [1, 2]}}, 7, null, "x"]"#, 4),
        ] as [(String, Double)])
    func sessions(result: String, count: Double) async throws {
        let page = try await page(.sessions, .getActiveSessions, result)
        #expect(page.value("mailstore_active_sessions") == count)
    }
}
