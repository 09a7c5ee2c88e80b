import Glibc
import MicroHTTPServer
import Testing

@Suite("Sockets that someone else has opened", .serialized, .timeLimit(.minutes(2)))
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
        ServerOptions(host: "127.99.0.4", port: 1, listenDescriptor: descriptor)
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

    @Test("its giver may go on listening when the server has stopped, and start another")
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

    @Test("a descriptor that is no listening socket is told, and stays its giver's", arguments: [true, false])
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
