import Glibc
import Testing

@testable import MicroHTTPServer

@Suite("Whose connections are counted together")
struct ClientNetworkTests {
    private static func network(_ text: String) -> ClientNetwork {
        var storage = sockaddr_storage()
        withUnsafeMutablePointer(to: &storage) { pointer in
            if text.contains(":") {
                pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    $0.pointee.sin6_family = sa_family_t(AF_INET6)
                    inet_pton(AF_INET6, text, &$0.pointee.sin6_addr)
                }
            } else {
                pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    $0.pointee.sin_family = sa_family_t(AF_INET)
                    $0.pointee.sin_port = in_port_t.random(in: 1...UInt16.max)
                    inet_pton(AF_INET, text, &$0.pointee.sin_addr)
                }
            }
        }
        return ClientNetwork(storage)
    }

    @Test(
        "an IPv4 address alone, an IPv6 network of 64 bits as one",
        arguments: [
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("10.0.0.1", "11.0.0.1", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true), ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
            ("2001:db8::1", "2001:db8::ffff:2", true), ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
            ("::1", "127.0.0.1", false),
        ])
    func networks(first: String, second: String, areOne: Bool) {
        #expect((Self.network(first) == Self.network(second)) == areOne)
    }
}
