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

    @Test("a port in use is reported, with the remedy", arguments: ["127.0.0.1", "::1", ""])
    func portInUse(host: String) throws {
        let server = try Self.start(host)
        defer { server.stop(grace: 0) }
        let error = try Self.failure(host, server.port)
        #expect(error.kind == .addressInUse)
        #expect(error.description.contains(":\(server.port): the port is in use"))
        #expect(error.description.contains("choose another port"))
    }

    @Test("a port in use for IPv6 is not served for IPv4 alone")
    func portInUseForOneFamily() throws {
        let server = try Self.start("::")
        defer { server.stop(grace: 0) }
        #expect(try Self.failure("", server.port).kind == .addressInUse)
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
        "a host of another machine is reported",
        arguments: [
            ("192.0.2.1", "ip address"), ("2001:db8::1", "ip address"), ("no such host", "a name that resolves to one"),
        ]
    )
    func foreignHost(host: String, advice: String) throws {
        let error = try Self.failure(host, 0)
        #expect(error.kind == .addressNotAvailable)
        #expect(error.description.contains(host))
        #expect(error.description.contains(advice))
    }

    @Test("a number that is not a port is reported", arguments: [-1, 65536])
    func noPort(port: Int) throws {
        let error = try Self.failure("127.0.0.1", port)
        #expect(error.description == "\(port) is not a port: use a number from 0 to 65535")
    }

    @Test(
        "errors of the system have a kind and a remedy",
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

@Suite("Sockets that another process has opened", .serialized, .timeLimit(.minutes(2)))
struct AdoptionTests {
    /// A socket of a loopback address of this suite's own.
    private static func bound(listening: Bool) throws -> Int32 {
        // A program that another test starts meanwhile must not keep it open.
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, "127.99.0.4", &address.sin_addr)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0, !listening || listen(descriptor, 16) == 0 else { throw SystemCallError(call: "bind") }
        return descriptor
    }

    private static func options(_ descriptor: Int32) -> ServerOptions {
        ServerOptions(endpoints: [ServerEndpoint(host: "127.99.0.4", port: 1, descriptor: descriptor)])
    }

    @Test("a listening socket is served at its port and closed in the end")
    func adopted() async throws {
        let descriptor = try Self.bound(listening: true)
        let server = try HTTPServer(Self.options(descriptor)) { _ in .status(200) }
        #expect(server.port > 1)
        for _ in 1...3 { #expect(try await server.answers()) }
        try await server.stopped(grace: 0)
        await #expect(throws: SystemCallError(call: "connect", code: ECONNREFUSED)) {
            try await RawClient(port: server.port, host: server.host)
        }
    }

    @Test("its owner may continue listening after the server has stopped, and start another")
    func shared() async throws {
        let descriptor = try Self.bound(listening: true)
        let first = try HTTPServer(Self.options(dup(descriptor))) { _ in .status(200) }
        #expect(try await first.answers())
        try await first.stopped(grace: 0)
        let waiting = try await RawClient(port: first.port, host: first.host)
        try await waiting.request("/")
        let second = try HTTPServer(Self.options(descriptor)) { _ in .status(200) }
        #expect(try await waiting.reply()?.status == 200)
        try await second.stopped(grace: 0)
    }

    @Test("a descriptor that is not a listening socket is reported, and stays open", arguments: [true, false])
    func notListening(isSocket: Bool) throws {
        let descriptor = isSocket ? try Self.bound(listening: false) : open("/dev/null", O_RDONLY)
        defer { close(descriptor) }
        let error = try #require(throws: ServerError.self) {
            try HTTPServer(Self.options(descriptor)) { _ in .status(200) }
        }
        #expect(error.description.contains("descriptor \(descriptor) is not a listening socket"))
        #expect(fcntl(descriptor, F_GETFD) >= 0)
    }
}
