import Foundation
import Glibc
import Testing

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
