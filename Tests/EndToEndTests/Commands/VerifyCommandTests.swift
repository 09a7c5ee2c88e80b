import Foundation
import MailStoreSimulator
import Testing

@Suite("The command verify, without a terminal")
struct VerifyCommandTests {
    private func damage(_ scene: CommandScene, store id: Int) {
        scene.simulator.change { world in
            for index in world.stores.indices where world.stores[index].id == id {
                world.stores[index].damagedMessages = 2
            }
        }
    }

    /// Runs a verification to its end, moving the clock as long as it takes.
    private func verify(
        _ arguments: [String], in scene: CommandScene
    ) async throws -> (exitCode: RunningProgram.Ending, output: String, errors: String) {
        let program = try scene.start(["verify"] + arguments)
        try await scene.moveClock(by: 1000, until: "the verification is over") { await program.ending() != nil }
        return (try await program.waitForEnd(), program.output, program.errors)
    }

    @Test("a store without damage: exit code 0, and the verdict on standard output")
    func sound() async throws {
        let scene = try CommandScene()
        let run = try await verify(["--store", "3"], in: scene)
        #expect(run.exitCode == .exit(0))
        #expect(
            run.output.hasPrefix(
                "verification of store 3 \"Archiv 2025 – Köln & Zürich\": succeeded; 96,000 messages verified; "
                    + "no line of the log looks like damage (0:00:"), "\(run.output)")
        #expect(run.errors.contains("  400 messages verified...\n"))
        let sent = scene.simulator.requestLog().first { $0.function == "VerifyStore" }
        #expect(sent?.arguments == ["id": "3", "includeIndexes": "false"])
    }

    @Test(
        "damage has the exit code 2, whichever way the server tells it",
        arguments: [
            (Quirks.DamageOutcome.failed, "failed on the server: 2 errors have been found."),
            (.succeededWithLog, "succeeded; "),
        ])
    func damaged(outcome: Quirks.DamageOutcome, words: String) async throws {
        let scene = try CommandScene { $0.quirks.damageOutcome = outcome }
        damage(scene, store: 4)
        let log = scene.folder["verify.log"]
        let run = try await verify(["--store", "4", "--log", log], in: scene)
        #expect(run.exitCode == .exit(2))
        #expect(run.output.contains(words), "\(run.output)")
        #expect(run.output.contains("3 lines of the log look like damage"))
        let kept = TemporaryFolder.text(of: log)
        #expect(kept.hasPrefix("Verifying file group #4...\r\nCreating a list of messages to be verified...\r\n"))
        #expect(kept.hasSuffix("2 errors have been found (see above).\r\n"))
    }

    @Test("all stores are verified with VerifyStores")
    func all() async throws {
        let scene = try CommandScene()
        scene.simulator.change { world in world.stores.removeAll { $0.id != 3 } }
        let run = try await verify(["--all", "--include-indexes"], in: scene)
        #expect(run.exitCode == .exit(0))
        #expect(run.output.hasPrefix("verification of all stores: succeeded; "))
        let sent = scene.simulator.requestLog().first { $0.function == "VerifyStores" }
        #expect(sent?.arguments == ["includeIndexes": "true"])
    }

    @Test("an older server that does not know includeIndexes is not sent it, and that is told")
    func oldServer() async throws {
        let scene = try CommandScene { $0.oldServer = true }
        let run = try await verify(["--store", "3", "--include-indexes"], in: scene)
        #expect(run.exitCode == .exit(0))
        #expect(run.errors.contains("warning: VerifyStore of this server has no argument includeIndexes"))
        #expect(scene.simulator.requestLog().first { $0.function == "VerifyStore" }?.arguments == ["id": "3"])
    }

    @Test("a store that does not exist brings the list of those that do, and nothing is begun")
    func unknownStore() async throws {
        let scene = try CommandScene()
        let run = try await scene.run(["verify", "--store", "9"])
        #expect(run.exitCode == .exit(1))
        #expect(run.errors.contains("there is no store \"9\""))
        for store in scene.simulator.state().stores {
            #expect(run.errors.contains("  \(store.id)  \(store.name)\n"), "\(run.errors)")
        }
        #expect(!scene.called.contains("VerifyStore"))
    }

    @Test(
        "what cannot be run or watched to its end has the exit code 1, never 2",
        arguments: [["--store", "3", "--log", "/no/such/folder/log"], ["--store", "3", "--target", "other"]])
    func cannotRun(arguments: [String]) async throws {
        let scene = try CommandScene()
        let run = try await scene.run(["verify"] + arguments)
        #expect(run.exitCode == .exit(1))
        #expect(run.output == "")
        #expect(!scene.called.contains("VerifyStore"))
    }

    @Test("either one store or all of them", arguments: [[], ["--all", "--store", "3"], ["--store", ""]])
    func scope(arguments: [String]) async throws {
        let scene = try CommandScene()
        let run = try await scene.run(["verify"] + arguments)
        #expect(run.exitCode == .exit(64))
        #expect(scene.called.isEmpty)
    }

    @Test("a verification that is left has the exit code 1 and no verdict")
    func left() async throws {
        let scene = try CommandScene()
        let program = try scene.start(["verify", "--store", "3"])
        try await eventually("it is watched") { scene.called.contains("get-status") }
        program.signal(SIGTERM)
        #expect(try await program.waitForEnd() == .exit(1))
        #expect(program.output == "")
        #expect(program.errors.contains("its token is "))
    }

    @Test("a long log passes through without piling up")
    func longLog() async throws {
        let short = try await peakMemory(ofLog: 1 << 20)
        let long = try await peakMemory(ofLog: 10 << 20)
        #expect(short > 0)
        #expect(long < short + (6 << 20), "\(short >> 10) KiB, then \(long >> 10) KiB")
    }

    /// The most memory that a verification took whose log has `size` bytes, all of which have to be kept.
    private func peakMemory(ofLog size: Int) async throws -> Int {
        let scene = try CommandScene()
        scene.simulator.change { world in
            for index in world.stores.indices { world.stores[index].messages = 8000 }
        }
        scene.simulator.inject(.longLog(bytes: size), for: "VerifyStore")
        let program = try scene.start(["verify", "--store", "4", "--log", scene.folder["log"]])
        var polls = 0
        var peak = 0
        try await eventually("the log is through", tries: 20_000) {
            // A step, which takes 0.8 s, at a time: as the server sends it to somebody who keeps up.
            let now = scene.called.count { $0 == "get-status" }
            if now > polls {
                polls = now
                peak = max(peak, Self.peakMemory(of: program.pid))
                scene.simulator.advanceClock(by: 0.81)
            }
            return await program.ending() != nil
        }
        #expect(try await program.waitForEnd() == .exit(0))
        let attributes = try FileManager.default.attributesOfItem(atPath: scene.folder["log"])
        #expect(try #require(attributes[.size] as? Int) >= size)
        return peak
    }

    /// The most memory that a process ever had, in bytes; 0 where that cannot be told.
    private static func peakMemory(of pid: pid_t) -> Int {
        let status = TemporaryFolder.text(of: "/proc/\(pid)/status")
        let line = status.components(separatedBy: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 << 10 } ?? 0
    }
}
