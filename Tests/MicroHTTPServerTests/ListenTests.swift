import Glibc
import Testing

@testable import MicroHTTPServer

// One after the other: a server on all addresses would also answer at a port that another test expects to be closed.
@Suite("Listening", .serialized)
struct ListenTests {
    private static func start(_ host: String, _ port: Int = 0) throws(ServerError) -> HTTPServer {
        try HTTPServer(ServerOptions(host: host, port: port)) {
            .respond(status: 200, Response(text: $0.clientAddress))
        }
    }

    private static func failure(_ host: String, _ port: Int) throws -> ServerError {
        try #require(throws: ServerError.self) { try start(host, port) }
    }

    @Test(
        "each kind of host is reached at its addresses and sees the client's own",
        arguments: [
            ("127.0.0.1", ["127.0.0.1"]), ("::1", ["::1"]), ("0.0.0.0", ["127.0.0.1"]), ("::", ["::1"]),
            ("", ["127.0.0.1", "::1"]), ("localhost", ["127.0.0.1"]),
        ])
    func hosts(host: String, addresses: [String]) async throws {
        let server = try Self.start(host)
        defer { server.stop(grace: 0) }
        #expect(server.host == host)
        #expect((1...65535).contains(server.port))
        for address in addresses {
            let client = try await RawClient(port: server.port, host: address)
            try await client.request("/")
            #expect(try await client.reply()?.text == address)
        }
    }

    @Test("an IPv6 host takes no IPv4 connections", arguments: ["::", "::1"])
    func onlyIPv6(host: String) async throws {
        let server = try Self.start(host)
        defer { server.stop(grace: 0) }
        // A loopback address of its own, since another test's server may have the same port for IPv4.
        await #expect(throws: SystemCallError(call: "connect", code: ECONNREFUSED)) {
            try await RawClient(port: server.port, host: "127.99.0.1")
        }
    }

    @Test("a port in use is told, with what to do", arguments: ["127.0.0.1", "::1", ""])
    func portInUse(host: String) throws {
        let server = try Self.start(host)
        defer { server.stop(grace: 0) }
        let error = try Self.failure(host, server.port)
        #expect(error.kind == .addressInUse)
        #expect(error.description.contains(":\(server.port): the port is in use"))
        #expect(error.description.contains("choose another port"))
    }

    @Test("a port can be taken again as soon as its server has stopped")
    func reuse() async throws {
        let first = try Self.start("127.99.0.1")
        #expect(try await first.answers())
        first.stop(grace: 0)
        let second = try Self.start("127.99.0.1", first.port)
        defer { second.stop(grace: 0) }
        #expect(try await second.answers())
    }

    @Test(
        "a host that is not of this machine is told",
        arguments: [
            ("192.0.2.1", "ip address"), ("2001:db8::1", "ip address"), ("no such host", "a name that has one"),
        ]
    )
    func foreignHost(host: String, advice: String) throws {
        let error = try Self.failure(host, 0)
        #expect(error.kind == .addressNotAvailable)
        #expect(error.description.contains(host))
        #expect(error.description.contains(advice))
    }

    @Test("a number that is no port is told", arguments: [-1, 65536])
    func noPort(port: Int) throws {
        let error = try Self.failure("127.0.0.1", port)
        #expect(error.description == "\(port) is not a port: use a number from 0 to 65535")
    }

    @Test(
        "errors of the system are put into words",
        arguments: [
            (EACCES, ServerError.Kind.permissionDenied, "CAP_NET_BIND_SERVICE"),
            (EADDRINUSE, .addressInUse, "ss -ltnp"),
            (EADDRNOTAVAIL, .addressNotAvailable, "no such address"),
            (EAFNOSUPPORT, .addressNotAvailable, "use an IPv4 address"),
            (EMFILE, .other, "LimitNOFILE="),
            (ENOBUFS, .other, "No buffer space available"),
        ])
    func words(code: Int32, kind: ServerError.Kind, part: String) {
        let error = ServerError(errno: code, host: "::1", port: 80)
        #expect(error.kind == kind)
        #expect(error.description.hasPrefix("cannot listen on [::1]:80: "))
        #expect(error.description.contains(part))
    }

    @Test("the server's threads leave signals to the program")
    func signals() async throws {
        try await withServer { _ in
            .later { .status(200) }
        } test: { server in
            #expect(try await server.answers())
            let masks = try await Program.run(
                "sh", "-c",
                "grep -l '^MHD' /proc/\(getpid())/task/*/comm | xargs dirname | "
                    + "while read task; do sed -n 's/^SigBlk:[[:space:]]*//p' $task/status; done")
            let blocked = masks.text.split(separator: "\n").compactMap { UInt64($0, radix: 16) }
            #expect(blocked.count >= 2)
            for signal in [SIGTERM, SIGINT, SIGHUP, SIGPIPE] {
                #expect(blocked.allSatisfy { $0 & (1 << (signal - 1)) != 0 })
            }
            #expect(blocked.allSatisfy { $0 & (1 << (SIGSEGV - 1)) == 0 })
        }
    }
}
