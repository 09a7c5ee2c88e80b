import Glibc
import Testing

@Suite("A managed service")
struct NotificationTests {
    @Test("tells that it is ready, reloads and stops, and gives signs of life all the while")
    func life() async throws {
        try await Seats.shared.seated {
            let manager = try ManagerSocket()
            let folder = try TemporaryFolder()
            let configuration = try folder.write(Self.configuration(in: folder, port: 1), to: "config.yml")
            let exporter = try await Exporter(
                ["--config.file", configuration],
                environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "1000000", "MSP": "x"])
            let ready = try await manager.wait(for: "READY=1")
            #expect(ready == ["READY=1", "STATUS=Watching 1 target, listening on \(exporter.addresses[0])"])
            // It answers when it says so.
            #expect(try await exporter.get("/metrics").status == 200)
            // Nobody answers at the target's address: that is no reason to be restarted.
            try await manager.wait(for: "WATCHDOG=1", count: 3)

            try folder.write(Self.configuration(in: folder, port: 2), to: "config.yml")
            exporter.program.signal(SIGHUP)
            let reload = try await manager.wait(for: "RELOADING=1")
            #expect(Int64(reload[1].split(separator: "=")[1]) ?? 0 > 0)
            #expect(try await manager.wait(for: "READY=1", count: 2) == ["READY=1", "STATUS=Watching 1 target"])

            // A reload that fails is over, too.
            try folder.write("targets: nonsense\n", to: "config.yml")
            exporter.program.signal(SIGHUP)
            let refused = try await manager.wait(for: "READY=1", count: 3)
            #expect(refused[1].hasPrefix("STATUS=The configuration was not reloaded"))

            #expect(try await exporter.stop() == .exit(0))
            let words = await manager.all().compactMap(\.first)
            #expect(words.last == "STOPPING=1")
            #expect(words.filter { $0 == "RELOADING=1" }.count == 2)
        }
    }

    @Test("gives no sign of life where the watchdog is meant for another process")
    func otherProcess() async throws {
        try await Seats.shared.seated {
            let manager = try ManagerSocket()
            let folder = try TemporaryFolder()
            let configuration = try folder.write(Self.configuration(in: folder, port: 1), to: "config.yml")
            let exporter = try await Exporter(
                ["--config.file", configuration],
                environment: [
                    "NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1", "MSP": "x",
                ])
            try await manager.wait(for: "READY=1")
            for _ in 0..<20 { _ = try await exporter.get("/-/healthy") }
            #expect(try await exporter.stop() == .exit(0))
            #expect(await manager.all().compactMap(\.first) == ["READY=1", "STOPPING=1"])
        }
    }

    @Test("writes lines that the journal understands where the journal reads them")
    func journal() async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            let configuration = try folder.write(Self.configuration(in: folder, port: 1), to: "config.yml")
            let program = try RunningProgram(
                "sh",
                [
                    "-c", #"JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec "$0" "$@""#, Exporter.path,
                    "--config.file", configuration, "--web.listen-address", "127.0.0.1:0",
                ], environment: ["MSP": "x"])
            try await eventually("it listens") { program.errors.contains("msg=listening") }
            program.signal(SIGTERM)
            #expect(try await program.waitForEnd() == .exit(0))
            let lines = program.errors.split(separator: "\n")
            #expect(lines.contains { $0.hasPrefix("<5>level=info msg=listening address=127.0.0.1:") })
            #expect(lines.allSatisfy { $0.wholeMatch(of: /<[2-7]>level=(info|warn|error) msg=.*/) != nil })
        }
    }

    @Test("that cannot start says why in lines that the journal takes for errors")
    func journalOfFailure() async throws {
        let program = try RunningProgram(
            "sh", ["-c", #"JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec "$0""#, Exporter.path])
        #expect(try await program.waitForEnd() == .exit(2))
        #expect(program.errors.hasPrefix("<3>mailstore_exporter: no server is configured"))
    }

    /// One target, at whose address nobody answers.
    private static func configuration(in folder: TemporaryFolder, port: Int) -> String {
        """
        targets:
          - name: archive
            url: https://127.0.0.1:\(port)
            username: admin
            password_env: MSP
        collection: { interval: 1s }
        state_directory: \(folder["state"])

        """
    }
}
