import TestSupport
import Testing

@testable import Configuration
@testable import OperatingSystem
@testable import Web

@Suite("The web configuration in force", .timeLimit(.minutes(1)))
struct WebConfigurationWatcherTests {
    private let time = ManualTime()
    private let log = RecordingLog()
    private let taken = Locked<[WebConfiguration]>([])

    private static let tls = "tls_server_config: { cert_file: server.crt, key_file: server.key }\n"
    private static let alice = "basic_auth_users: { alice: \(WebExample.Hash.horse) }\n"

    private func keeper(_ example: WebExample) async throws -> WebConfigurationWatcher {
        let keeper = try WebConfigurationWatcher(path: example.path, clock: time.clock, logger: log.logger)
        await keeper.attach { [taken] new in taken.withLock { $0.append(new) } }
        return keeper
    }

    /// Lets the keeper look at the files so many times.
    private func look(_ keeper: WebConfigurationWatcher, times: Int = 1) async {
        let task = Task { await keeper.run() }
        for _ in 0..<times {
            await time.waitForSleepers(1)
            time.advance(by: WebConfigurationWatcher.interval)
        }
        await time.waitForSleepers(1)
        task.cancel()
        await task.value
    }

    @Test("a file that is wrong at the start is an error with all mistakes; no file at all is fine")
    func start() async throws {
        let example = try WebExample("a: 1\nb: 2")
        #expect {
            try WebConfigurationWatcher(path: example.path, clock: time.clock, logger: log.logger)
        } throws: { error in
            (error as? ConfigurationError)?.mistakes.count == 2
        }
        let none = try WebConfigurationWatcher(path: nil, clock: time.clock, logger: log.logger)
        #expect(await none.configuration == WebConfiguration())
        #expect(await none.reload() == .unchanged)
        await none.run()
    }

    @Test("a reload takes over what changed, once")
    func reload() async throws {
        let example = try WebExample(Self.tls)
        let keeper = try await keeper(example)
        #expect(await keeper.reload() == .unchanged)
        _ = try example.folder.write(Self.tls + Self.alice, to: "web.yml")
        time.advance(by: .seconds(60))
        #expect(await keeper.reload() == .changed)
        #expect(await keeper.reload() == .unchanged)
        #expect(taken.withLock { $0 } == [try example.read()])
        #expect(await keeper.configuration == (try example.read()))
        #expect(keeper.status == WebConfigurationStatus(failure: nil, lastSuccess: time.now))
    }

    @Test("a bad file leaves the last good configuration in force, and the status says why")
    func bad() async throws {
        let example = try WebExample(Self.tls + Self.alice)
        let keeper = try await keeper(example)
        let start = time.now
        _ = try example.folder.write("basic_auth_users: { alice: hunter2 }", to: "web.yml")
        time.advance(by: .seconds(60))
        guard case .refused(let reason) = await keeper.reload() else {
            Issue.record("the bad file was taken")
            return
        }
        #expect(reason.contains("htpasswd -nBC 10"))
        #expect(!reason.contains("hunter2"))
        #expect(keeper.status == WebConfigurationStatus(failure: reason, lastSuccess: start))
        #expect(!keeper.status.wasSuccessful)
        #expect(await keeper.configuration.users.count == 1)
        #expect(taken.withLock { $0 }.isEmpty)
    }

    @Test(
        "a change of any of the files is noticed",
        arguments: ["web.yml", "server.crt", "server.key", "clients.crt"])
    func noticed(file: String) async throws {
        let text =
            "tls_server_config: { cert_file: server.crt, key_file: server.key, client_ca_file: clients.crt, "
            + "client_auth_type: RequireAndVerifyClientCert }\n"
        let example = try WebExample(text)
        let keeper = try await keeper(example)
        await look(keeper, times: 3)
        #expect(taken.withLock { $0 }.isEmpty)
        let contents = [
            "web.yml": text + Self.alice, "server.key": WebExample.key + "more\n",
            "server.crt": WebExample.certificate + "more\n", "clients.crt": WebExample.certificate + "more\n",
        ]
        _ = try example.folder.write(try #require(contents[file]), to: file)
        await look(keeper)
        #expect(taken.withLock { $0 } == [try example.read()])
        await look(keeper, times: 2)
        #expect(taken.withLock { $0 }.count == 1)
        #expect(log.events.filter { $0.message == "web configuration changed" }.count == 1)
    }

    @Test("a failure is logged once, and its end once")
    func failures() async throws {
        let example = try WebExample(Self.tls)
        let keeper = try await keeper(example)
        _ = try example.folder.write("rate_limits: {}", to: "web.yml")
        await look(keeper, times: 4)
        _ = try example.folder.write("# still\nrate_limits: {}", to: "web.yml")
        await look(keeper, times: 4)
        _ = try example.folder.write("# and now\n" + Self.tls, to: "web.yml")
        await look(keeper, times: 4)
        let refused = "web configuration not taken over: the former one stays in force"
        #expect(log.events.map(\.message) == [refused, refused, "web configuration is right again"])
        #expect(log.events.map(\.level) == [.error, .error, .notice])
        #expect(log.events.first?.metadata["error"]?.contains("did you mean \"rate_limit\"?") == true)
        #expect(keeper.status.wasSuccessful)
    }

    @Test("a file that another change makes right again is noticed, though it did not change itself")
    func repaired() async throws {
        let example = try WebExample(Self.tls)
        let keeper = try await keeper(example)
        _ = try example.folder.write("not a key", to: "server.key")
        await look(keeper, times: 3)
        #expect(!keeper.status.wasSuccessful)
        _ = try example.folder.write(WebExample.key, to: "server.key")
        await look(keeper)
        #expect(keeper.status.wasSuccessful)
    }

    @Test("what the server refuses is not in force, and is tried again when a file changes")
    func refusedByServer() async throws {
        struct Refusal: Error, CustomStringConvertible { var description: String { "the key belongs to another" } }
        let example = try WebExample(Self.tls)
        let keeper = try await keeper(example)
        let before = await keeper.configuration
        await keeper.attach { _ in throw Refusal() }
        _ = try example.folder.write(WebExample.certificate + "other\n", to: "server.crt")
        await look(keeper)
        #expect(keeper.status.failure == "the key belongs to another")
        #expect(await keeper.configuration == before)
        await keeper.attach { _ in }
        _ = try example.folder.write(WebExample.key + "other key\n", to: "server.key")
        await look(keeper)
        #expect(keeper.status.wasSuccessful)
        #expect(await keeper.configuration == (try example.read()))
    }

    @Test("TLS is not switched on or off while the program runs")
    func switching() async throws {
        for (first, second) in [(Self.tls, Self.alice), (Self.alice, Self.tls)] {
            let example = try WebExample(first)
            let keeper = try await keeper(example)
            _ = try example.folder.write(second, to: "web.yml")
            #expect(
                await keeper.reload()
                    == .refused("TLS cannot be switched on or off while the exporter runs: restart it"))
        }
    }
}
