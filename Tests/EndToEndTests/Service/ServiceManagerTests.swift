import Foundation
import Glibc
import Testing

@Suite("A managed service")
struct NotificationTests {
    @Test("tells that it is ready, reloads and stops, and sends watchdog keep-alives throughout")
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

    @Test("sends no keep-alive if the watchdog is meant for another process")
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

@Suite("Socket activation")
struct SocketActivationTests {
    private static let arguments = [
        "--mailstore.url", "https://127.0.0.1:1", "--mailstore.username", "admin", "--web.systemd-socket",
    ]

    private func arguments(in folder: TemporaryFolder) throws -> [String] {
        let password = try folder.write("x\n", to: "password")
        return Self.arguments + ["--mailstore.password-file", password, "--state.directory", folder["state"]]
    }

    @Test("starts the program at the first request, which is answered, as are those that follow")
    func activated() async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            let path = folder["web.sock"]
            // systemd's own tool: it listens, waits for a connection and becomes the program.
            let program = try RunningProgram(
                "systemd-socket-activate", ["--listen", path, Exporter.path] + arguments(in: folder))
            try await eventually("the tool listens") { FileManager.default.fileExists(atPath: path) }
            for _ in 0..<2 {
                let reply = try await CurlReply.get("http://localhost/-/healthy", ["--unix-socket", path])
                #expect(reply.status == 200)
            }
            #expect(program.errors.contains("msg=listening address=\(path)"))
            program.signal(SIGTERM)
            #expect(try await program.waitForEnd() == .exit(0))
        }
    }

    @Test("serves every socket that systemd passes, and sends watchdog keep-alives")
    func several() async throws {
        try await Seats.shared.seated {
            let folder = try TemporaryFolder()
            let manager = try ManagerSocket()
            let paths = [folder["one.sock"], folder["two.sock"]]
            let program = try RunningProgram(
                "systemd-socket-activate",
                paths.flatMap { ["--listen", $0] } + [
                    "--setenv=NOTIFY_SOCKET=\(manager.path)", "--setenv=WATCHDOG_USEC=500000", Exporter.path,
                ] + arguments(in: folder))
            try await eventually("the tool listens") { paths.allSatisfy { FileManager.default.fileExists(atPath: $0) } }
            for path in paths {
                let reply = try await CurlReply.get("http://localhost/metrics", ["--unix-socket", path])
                #expect(reply.status == 200)
            }
            try await manager.wait(for: "WATCHDOG=1", count: 2)
            program.signal(SIGTERM)
            #expect(try await program.waitForEnd() == .exit(0))
        }
    }

    @Test("that did not happen ends the program, with the remedy")
    func missing() async throws {
        let folder = try TemporaryFolder()
        let program = try Exporter.launch(try arguments(in: folder))
        #expect(try await program.waitForEnd() == .exit(1))
        #expect(program.errors.contains("systemctl enable --now mailstore_exporter.socket"))
    }
}

/// The socket of a service manager, of which a test reads what the program sends.
actor ManagerSocket {
    nonisolated let path: String
    private let folder: TemporaryFolder
    private let descriptor: Int32
    private var received: [[String]] = []

    init() throws {
        folder = try TemporaryFolder()
        path = folder["notify"]
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { throw TestFailure("long: \(path)") }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw TestFailure("no socket at \(path)") }
    }

    deinit {
        close(descriptor)
    }

    /// All datagrams so far, as lines.
    func all() -> [[String]] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT)), count >= 0 {
            received.append(String(decoding: buffer[..<count], as: UTF8.self).components(separatedBy: "\n"))
        }
        return received
    }

    /// Waits for a datagram that begins so, and returns it.
    @discardableResult
    nonisolated func wait(for first: String, count: Int = 1) async throws -> [String] {
        try await eventually("the program says \(first)") {
            await all().count { $0.first == first } >= count
        }
        return await all().last { $0.first == first } ?? []
    }
}
