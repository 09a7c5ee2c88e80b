import Foundation
import Logging
import MailStoreAPI
import TestSupport
import Testing

@testable import Collection
@testable import Configuration
@testable import Ledger
@testable import OperatingSystem

/// The verifications of one target against a ``ProcessServer``, on clocks that stand still until a test moves them.
///
/// They begin at 2026-01-01T00:00:00Z; campaigns begin each full hour.
struct VerificationBench {
    let time: ManualTime
    let server: ProcessServer
    let folder: TemporaryFolder
    let log = RecordingLog()
    let settings: VerificationSettings
    let parts: TargetDependencies

    /// - Parameters:
    ///   - former: The bench whose clocks, server and state folder this one takes over: a restart of the exporter.
    ///   - stores: What GetStores answers, always.
    init(
        after former: VerificationBench? = nil, stores: String = #"[{"id": 11, "name": "A"}]"#,
        metadata: String = ProcessServer.allFunctions, _ change: (inout VerificationSettings) -> Void = { _ in }
    ) throws {
        time = former?.time ?? ManualTime()
        server = former?.server ?? ProcessServer(time: time)
        folder = try former?.folder ?? TemporaryFolder()
        server.answerAlways("GetStores", .result(stores))
        server.answerAlways("get-metadata", .raw(metadata))
        var settings = VerificationSettings(
            schedule: try Schedule(parsing: "0 * * * *"), timeZone: TimeZone(identifier: "UTC"))
        change(&settings)
        self.settings = settings
        var target = TargetConfiguration(
            name: "archive", url: try ServerURL(parsing: "https://archive.example:8463"), username: "admin",
            password: .inline(Secret("correct horse")))
        target.verification = settings
        var configuration = Configuration(targets: [target])
        configuration.stateDirectory = folder.path
        let state = try StateDatabase(in: folder.path, clock: time.clock, logger: log.logger)
        parts = TargetDependencies(
            target, of: configuration, transport: server, state: state,
            saved: try state.ledger(of: StateKey(target.name)), environment: [:], clock: time.clock, logger: log.logger)
    }

    /// Runs the verifications until the body is through.
    func running<Value>(_ body: () async throws -> Value) async throws -> Value {
        let runner = VerificationRunner(settings, of: parts)
        let run = Task { await runner.run {} }
        do {
            let value = try await body()
            run.cancel()
            await run.value
            return value
        } catch {
            run.cancel()
            await run.value
            throw error
        }
    }

    /// Runs until the next campaign is through, and the one after it planned.
    func runCampaign() async throws {
        try await running {
            await passToNextHour()
            await waitForPlan()
        }
    }

    /// Waits until a campaign is through and the next one planned.
    func waitForPlan(_ count: Int = 2) async {
        await eventually { log.events.count { $0.message == "next verification is planned" } >= count }
        await time.waitForSleepers(1)
    }

    /// Moves the clocks to the next full hour, as the runner sleeps towards it.
    func passToNextHour() async {
        let seconds = Int(time.now.secondsSince1970)
        let hour = Timestamp(secondsSince1970: Double(seconds / 3600 * 3600 + 3600))
        while time.now < hour {
            await time.waitForSleepers(1)
            time.advance(by: min(.seconds(60), hour.since(time.now)))
        }
    }

    /// Waits until a function was called so many times.
    func waitForCalls(_ count: Int, of function: String) async {
        await eventually { server.calls(of: function).count >= count }
    }

    var queue: VerificationQueue {
        get async { await parts.ledger.ledger.ownVerifications }
    }

    /// What the verifications have on the page.
    var page: ScrapedPage {
        get async throws {
            let ledger = await parts.ledger.ledger
            var samples = parts.makeWriter()
            Collectors.writeCounters(ledger, to: &samples)
            VerificationOutcomes.write(ledger, settings, success: parts.rules.success, to: &samples)
            VerificationProgress.write(ledger, settings, to: &samples)
            return try ScrapedPage(samples.finish())
        }
    }

    /// The exporter's own verifications that were counted, by `store result`.
    var counted: [String: Int] {
        get async throws {
            var counted: [String: Int] = [:]
            for series in try await page.all("mailstore_verification_runs_total", ["source": "exporter"])
            where series.value > 0 {
                counted["\(series.labels["store_id"] ?? "") \(series.labels["result"] ?? "")"] = Int(series.value)
            }
            return counted
        }
    }

    /// What is logged, from warnings on.
    var complaints: [String] {
        log.events.filter { $0.level >= .warning }.map(\.message)
    }

    /// The state as it is on the disk.
    var savedState: String {
        let ledger = try? SavedState(directory: folder.path).ledger(of: StateKey("archive"))
        return ledger.flatMap { try? LedgerDocument($0).bytes() }.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// What is on the disk at this moment, to be put back as if the exporter had been killed now.
    func disk() throws -> [String: Data] {
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        var files: [String: Data] = [:]
        for name in names {
            if let data = FileManager.default.contents(atPath: folder.path + "/" + name) { files[name] = data }
        }
        return files
    }

    func restore(_ disk: [String: Data]) throws {
        for (name, data) in disk { try data.write(to: URL(fileURLWithPath: folder.path + "/" + name)) }
    }

    /// The logs that are kept of a store, oldest first.
    func keptLogs(of store: String = "11") throws -> [String] {
        let directory = folder.path + "/archive.verifications/" + store
        return try (FileManager.default.contentsOfDirectory(atPath: directory)).sorted().map {
            try String(contentsOfFile: directory + "/" + $0, encoding: .utf8)
        }
    }
}
