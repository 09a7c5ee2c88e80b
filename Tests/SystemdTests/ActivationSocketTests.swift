import Foundation
import Glibc
import MicroHTTPServer
import TestSupport
import Testing

@testable import OperatingSystem
@testable import Systemd

@Suite("Sockets that systemd passes")
struct ActivationSocketTests {
    private func environment(_ variables: [String: String]) -> ServiceEnvironment {
        ServiceEnvironment(variables, process: 42)
    }

    private func failure(_ variables: [String: String], from first: Int32 = 3) -> String? {
        do throws(StartupError) {
            _ = try ActivationSocket.adopt(environment(variables), from: first)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("are taken over with their names, answer, and are not inherited further")
    func adopted() async throws {
        let (one, two) = (try ListeningSocket(), try ListeningSocket())
        // Descriptors that follow one another, as they come from systemd.
        let first = fcntl(one.descriptor, F_DUPFD, 700)
        try #require(dup2(two.descriptor, first + 1) == first + 1)
        let sockets = try ActivationSocket.adopt(
            environment(["LISTEN_FDS": "2", "LISTEN_PID": "42", "LISTEN_FDNAMES": "web:"]), from: first)
        #expect(sockets.map(\.name) == ["web", nil])
        #expect(sockets.map(\.descriptor) == [first, first + 1])
        #expect(sockets.map(\.address.host) == ["127.0.0.1", "127.0.0.1"])
        for socket in sockets { #expect(fcntl(socket.descriptor, F_GETFD) & FD_CLOEXEC != 0) }
        close(first + 1)
        let server = try HTTPServer(
            ServerOptions(endpoints: [ServerEndpoint(host: sockets[0].address.host, port: 0, descriptor: first)])
        ) { _ in .respond(status: 200, Response(text: "hello\n")) }
        defer { server.stop() }
        #expect(server.port == one.port)
        let reply = try await Program.run("curl", ["-qsS", "--noproxy", "*", "http://127.0.0.1:\(one.port)/"])
        #expect(reply.text == "hello\n")
    }

    @Test(
        "that are missing or meant for another process are reported, with the remedy",
        arguments: [
            (
                [:],
                "systemd passed no socket ($LISTEN_FDS is not set); start the exporter through its socket unit (systemctl"
            ),
            (["LISTEN_FDS": "1", "LISTEN_PID": "7"], "meant for another process ($LISTEN_PID is 7, this is"),
            (["LISTEN_FDS": "1"], "meant for another process ($LISTEN_PID is none, this is"),
            (["LISTEN_FDS": "0", "LISTEN_PID": "42"], "$LISTEN_FDS is \"0\", not a number of sockets"),
            (["LISTEN_FDS": "many", "LISTEN_PID": "42"], "$LISTEN_FDS is \"many\", not a number of sockets"),
            (["LISTEN_FDS": "99999999999", "LISTEN_PID": "42"], "not a number of sockets"),
        ] as [([String: String], String)])
    func missing(variables: [String: String], message: String) throws {
        let words = try #require(failure(variables))
        #expect(words.hasPrefix("--web.systemd-socket: "))
        #expect(words.contains(message))
    }

    @Test("of the wrong kind are named, with what the socket unit must have")
    func wrongKind() throws {
        let variables = ["LISTEN_FDS": "1", "LISTEN_PID": "42", "LISTEN_FDNAMES": "web"]
        let silent = try ListeningSocket(backlog: nil)
        let remedy = "(web) does not listen; the socket unit must have ListenStream= and Accept=no"
        let words = failure(variables, from: silent.descriptor)
        #expect(words == "--web.systemd-socket: descriptor \(silent.descriptor) \(remedy)")
        let datagrams = try ListeningSocket(type: SOCK_DGRAM, backlog: nil)
        #expect(failure(variables, from: datagrams.descriptor)?.contains("is not a stream socket") == true)
        let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        #expect(failure(variables, from: file)?.contains("is not a socket") == true)
        #expect(failure(variables, from: 9999)?.contains("is not a socket") == true)
    }
}
