import Glibc
import TestSupport
import Testing

@testable import Commands

@Suite("This machine's resolver and network")
struct NetworkProbeTests {
    @Test("an address resolves to itself", arguments: ["127.0.0.1", "::1"])
    func address(text: String) async throws {
        let addresses = try await NetworkProbe.system.resolve(text, .seconds(10)).get()
        #expect(addresses == [NetworkAddress(text)])
    }

    @Test("a name that cannot exist has no address")
    func noName() async {
        // RFC 6761 keeps the top-level domain `invalid` free for this.
        let result = await NetworkProbe.system.resolve("no-such-host.invalid", .seconds(20))
        #expect(throws: NetworkFailure.self) { try result.get() }
    }

    @Test("a port where somebody listens accepts, and refuses once nobody does")
    func connect() async throws {
        let listener = try Listener()
        let local = NetworkAddress("127.0.0.1")
        _ = try await NetworkProbe.system.connect(local, listener.port, .seconds(10)).get()
        listener.stop()
        let result = await NetworkProbe.system.connect(local, listener.port, .seconds(10))
        guard case .failure(let failure) = result else {
            Issue.record("a closed port accepted a connection")
            return
        }
        #expect(failure.kind == .refused)
        #expect(!failure.description.isEmpty)
    }
}

/// A socket that listens on a free port of 127.0.0.1.
private struct Listener {
    let port: Int
    private let socket: Int32

    init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(socket, generic, size) == 0 && listen(socket, 8) == 0 && getsockname(socket, generic, &size) == 0
            }
        }
        try #require(isListening)
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    func stop() {
        close(socket)
    }
}
