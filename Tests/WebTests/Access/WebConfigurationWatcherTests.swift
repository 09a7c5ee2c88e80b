import TestSupport
import Testing

@testable import Configuration
@testable import OperatingSystem
@testable import Web

@Suite("The web configuration in force", .timeLimit(.minutes(1)))
struct WebConfigurationWatcherTests {
    private let time = ManualTime()
    private let log = RecordingLog()
    private let applied = Locked<[WebConfiguration]>([])
    private let status: ConfigurationStatus

    private static let tls = "tls_server_config: { cert_file: server.crt, key_file: server.key }\n"
    private static let alice = "basic_auth_users: { alice: \(WebExample.Hash.horse) }\n"

    init() throws {
        status = ConfigurationStatus(Configuration(targets: []), start: time.now)
    }

    private func watcher(_ example: WebExample) async throws -> WebConfigurationWatcher {
        let watcher = try unattached(example.path)
        await watcher.attach { [applied] new in applied.withLock { $0.append(new) } }
        return watcher
    }

    private func unattached(_ path: String?) throws -> WebConfigurationWatcher {
        // The certificates of the examples are none that a server could use.
        try WebConfigurationWatcher(path: path, status: status, clock: time.clock, logger: log.logger) { _ in }
    }

    /// Lets the watcher check the files so many times.
    private func look(_ watcher: WebConfigurationWatcher, times: Int = 1) async {
        let task = Task { await watcher.run() }
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
            try unattached(example.path)
        } throws: { error in
            (error as? ConfigurationError)?.mistakes.count == 2
        }
        let none = try unattached(nil)
        #expect(await none.configuration == WebConfiguration())
        #expect(await none.reload() == .unchanged)
        await none.run()
    }

    @Test("a reload applies what changed, once")
    func reload() async throws {
        let example = try WebExample(Self.tls)
        let watcher = try await watcher(example)
        #expect(await watcher.reload() == .unchanged)
        _ = try example.folder.write(Self.tls + Self.alice, to: "web.yml")
        time.advance(by: .seconds(60))
        #expect(await watcher.reload() == .changed)
        #expect(await watcher.reload() == .unchanged)
        #expect(applied.withLock { $0 } == [try example.read()])
        #expect(await watcher.configuration == (try example.read()))
        #expect(await watcher.failure == nil)
        #expect(status.isValid)
        #expect(status.lastReload.success == time.now)
    }

    @Test("an invalid file leaves the last valid configuration in force, and the reason is kept")
    func bad() async throws {
        let example = try WebExample(Self.tls + Self.alice)
        let watcher = try await watcher(example)
        let start = time.now
        _ = try example.folder.write("basic_auth_users: { alice: hunter2 }", to: "web.yml")
        time.advance(by: .seconds(60))
        guard case .refused(let reason) = await watcher.reload() else {
            Issue.record("the bad file was taken")
            return
        }
        #expect(reason.contains("htpasswd -nBC 10"))
        #expect(!reason.contains("hunter2"))
        #expect(await watcher.failure == reason)
        #expect(!status.isValid)
        #expect(status.lastReload.success == start)
        #expect(await watcher.configuration.users.count == 1)
        #expect(applied.withLock { $0 }.isEmpty)
    }

    @Test(
        "a change of any of the files is noticed",
        arguments: ["web.yml", "server.crt", "server.key", "clients.crt"])
    func noticed(file: String) async throws {
        let text =
            "tls_server_config: { cert_file: server.crt, key_file: server.key, client_ca_file: clients.crt, "
            + "client_auth_type: RequireAndVerifyClientCert }\n"
        let example = try WebExample(text)
        let watcher = try await watcher(example)
        await look(watcher, times: 3)
        #expect(applied.withLock { $0 }.isEmpty)
        let contents = [
            "web.yml": text + Self.alice, "server.key": WebExample.key + "more\n",
            "server.crt": WebExample.certificate + "more\n", "clients.crt": WebExample.certificate + "more\n",
        ]
        _ = try example.folder.write(try #require(contents[file]), to: file)
        await look(watcher)
        #expect(applied.withLock { $0 } == [try example.read()])
        await look(watcher, times: 2)
        #expect(applied.withLock { $0 }.count == 1)
        #expect(log.events.filter { $0.message == "web configuration reloaded" }.count == 1)
    }

    @Test("a failure is logged once, and its end once")
    func failures() async throws {
        let example = try WebExample(Self.tls)
        let watcher = try await watcher(example)
        _ = try example.folder.write("rate_limits: {}", to: "web.yml")
        await look(watcher, times: 4)
        _ = try example.folder.write("# still\nrate_limits: {}", to: "web.yml")
        await look(watcher, times: 4)
        _ = try example.folder.write("# and now\n" + Self.tls, to: "web.yml")
        await look(watcher, times: 4)
        let refused = "invalid web configuration ignored: the previous one stays in force"
        #expect(log.events.map(\.message) == [refused, refused, "web configuration valid again"])
        #expect(log.events.map(\.level) == [.error, .error, .notice])
        #expect(log.events.first?.metadata["error"]?.contains("did you mean \"rate_limit\"?") == true)
        #expect(status.isValid)
    }

    @Test("a file that another change makes right again is noticed, though it did not change itself")
    func repaired() async throws {
        let example = try WebExample(Self.tls)
        let watcher = try await watcher(example)
        _ = try example.folder.write("not a key", to: "server.key")
        await look(watcher, times: 3)
        #expect(!status.isValid)
        _ = try example.folder.write(WebExample.key, to: "server.key")
        await look(watcher)
        #expect(status.isValid)
    }

    @Test("what the server refuses is not in force, and is tried again when a file changes")
    func refusedByServer() async throws {
        struct Refusal: Error, CustomStringConvertible { var description: String { "the key belongs to another" } }
        let example = try WebExample(Self.tls)
        let watcher = try await watcher(example)
        let before = await watcher.configuration
        await watcher.attach { _ in throw Refusal() }
        _ = try example.folder.write(WebExample.certificate + "other\n", to: "server.crt")
        await look(watcher)
        #expect(await watcher.failure == "the key belongs to another")
        #expect(await watcher.configuration == before)
        await watcher.attach { _ in }
        _ = try example.folder.write(WebExample.key + "other key\n", to: "server.key")
        await look(watcher)
        #expect(status.isValid)
        #expect(await watcher.configuration == (try example.read()))
    }

    @Test("TLS is not switched on or off while the program runs")
    func switching() async throws {
        for (first, second) in [(Self.tls, Self.alice), (Self.alice, Self.tls)] {
            let example = try WebExample(first)
            let watcher = try await watcher(example)
            _ = try example.folder.write(second, to: "web.yml")
            #expect(
                await watcher.reload()
                    == .refused("TLS cannot be switched on or off while the exporter runs: restart it"))
        }
    }

    @Test("what a reload has checked is what it applies, and a later change of the file is noticed")
    func prepared() async throws {
        let example = try WebExample(Self.tls)
        let watcher = try await watcher(example)
        _ = try example.folder.write(Self.tls + Self.alice, to: "web.yml")
        let checked = try example.read()
        #expect(await watcher.prepare() == nil)
        #expect(applied.withLock { $0 }.isEmpty)
        _ = try example.folder.write("nonsense: 1", to: "web.yml")
        #expect(await watcher.applyPrepared() == .changed)
        #expect(applied.withLock { $0 } == [checked])
        #expect(status.isValid)
        await look(watcher)
        #expect(!status.isValid)
        #expect(await watcher.configuration == checked)
    }

    @Test("what a reload has checked does not replace a newer file that was read meanwhile")
    func superseded() async throws {
        let example = try WebExample(Self.tls)
        let watcher = try await watcher(example)
        _ = try example.folder.write(Self.tls + Self.alice, to: "web.yml")
        #expect(await watcher.prepare() == nil)
        _ = try example.folder.write("# newer\n" + Self.tls + "rate_limit: { interval: 1s, burst: 2 }", to: "web.yml")
        let newest = try example.read()
        await look(watcher)
        #expect(await watcher.applyPrepared() == .unchanged)
        #expect(applied.withLock { $0 } == [newest])
        #expect(await watcher.configuration == newest)
    }

    @Test("a certificate that a server cannot use is refused before anything is applied, and its end is recovered from")
    func checkedTLS() async throws {
        struct Refusal: Error, CustomStringConvertible { var description: String { "the key belongs to another" } }
        let example = try WebExample(Self.tls)
        let recoveries = Locked(0)
        let watcher = try WebConfigurationWatcher(
            path: example.path, status: status, clock: time.clock, logger: log.logger
        ) { if $0.certificatePEM.contains("other") { throw Refusal() } }
        await watcher.attach(recover: { recoveries.withLock { $0 += 1 } }) { [applied] new in
            applied.withLock { $0.append(new) }
        }
        _ = try example.folder.write(WebExample.certificate + "other\n", to: "server.crt")
        #expect(await watcher.prepare() == "the key belongs to another")
        #expect(await watcher.applyPrepared() == .unchanged)
        #expect(!status.isValid)
        await look(watcher, times: 2)
        // The caller of `prepare()` has logged it.
        #expect(log.events.isEmpty)
        _ = try example.folder.write(WebExample.certificate, to: "server.crt")
        await look(watcher)
        #expect(status.isValid)
        #expect(recoveries.withLock { $0 } == 1)
        #expect(applied.withLock { $0 }.isEmpty)
    }
}

extension WebConfigurationWatcher {
    /// Reads the files and applies them, as a reload does.
    fileprivate func reload() -> Outcome {
        prepare().map(Outcome.refused) ?? applyPrepared()
    }
}
