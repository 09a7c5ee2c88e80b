import Glibc
import Testing

@testable import MicroHTTPServer

@Suite("Limits of connections", .timeLimit(.minutes(2)))
struct LimitTests {
    @Test("a new client gets in, in place of the one that has waited longest")
    func connectionLimit() async throws {
        try await withServer(.loopback { $0.connectionLimit = 2 }) { _ in
            .status(200)
        } test: { server in
            let first = try await server.client()
            try await first.request("/")
            #expect(try await first.reply()?.status == 200)
            let second = try await server.client()
            try await second.request("/")
            #expect(try await second.reply()?.status == 200)
            let third = try await server.client()
            try await third.request("/")
            #expect(try await third.reply()?.status == 200)
            #expect(try await first.isClosed())
            try await second.request("/")
            #expect(try await second.reply()?.status == 200)
            #expect(server.connectionCounts.displaced == 1)
        }
    }

    @Test("an address at its limit gives up a connection of its own, none of other addresses")
    func perAddressLimit() async throws {
        try await withServer(.loopback { $0.perAddressConnectionLimit = 1 }) { _ in
            .status(200)
        } test: { server in
            let other = try await server.client(from: "127.0.0.9")
            try await other.request("/")
            #expect(try await other.reply()?.status == 200)
            let first = try await server.client()
            try await first.request("/")
            #expect(try await first.reply()?.status == 200)
            let second = try await server.client()
            try await second.request("/")
            #expect(try await second.reply()?.status == 200)
            #expect(try await first.isClosed())
            try await other.request("/")
            #expect(try await other.reply()?.status == 200)
            #expect(server.connectionCounts.displacedOfAddress == 1)
        }
    }

    @Test("all listen addresses share the limit")
    func severalAddresses() async throws {
        let endpoints = (1...3).map { ServerEndpoint(host: "127.0.0.\($0)", port: 0) }
        var options = ServerOptions(endpoints: endpoints)
        options.connectionLimit = 6
        try await withServer(options) { _ in
            .status(200)
        } test: { server in
            #expect(Set(server.endpoints.map(\.host)).count == 3)
            var clients: [RawClient] = []
            for _ in 1...10 {
                for endpoint in server.endpoints {
                    let client = try await RawClient(port: endpoint.port, host: endpoint.host)
                    try await client.request("/")
                    #expect(try await client.reply()?.status == 200)
                    clients.append(client)
                    #expect(server.connectionCounts.open <= 6)
                }
            }
            #expect(server.connectionCounts.displaced == 24)
        }
    }

    @Test("a connection that stays silent is closed", arguments: ["", "GET / HTTP/1.1\r\nHost: "])
    func idleTimeout(beginning: String) async throws {
        try await withServer(.loopback { $0.idleTimeout = 1 }) { _ in
            .status(200)
        } test: { server in
            let client = try await server.client()
            try await client.send(beginning)
            // Either without a word or with 408 (RFC 9110, 15.5.9).
            let reply = try await client.reply()
            #expect(reply == nil || reply?.status == 408)
            #expect(try await client.isClosed())
        }
    }
}

@Suite("Clients that share a limit")
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
        for address in [first, second] { #expect(ClientNetwork(address: address) == Self.network(address)) }
    }

    @Test("the zone of an address does not matter, and clients of local sockets are one network")
    func otherAddresses() {
        #expect(ClientNetwork(address: "fe80::1%eth0") == ClientNetwork(address: "fe80::2"))
        #expect(ClientNetwork(address: "fe80::1%eth0") != ClientNetwork(address: ""))
        #expect(ClientNetwork(address: "") == ClientNetwork(sockaddr_storage()))
    }
}

// Each in a process of its own: descriptors are the whole process's.
@Suite("Floods of connections, and no free descriptors", .timeLimit(.minutes(3)))
struct ExhaustionTests {
    private static func setDescriptorLimit(atLeast needed: rlim_t) throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        try #require(limit.rlim_max >= needed, "raise the hard limit of open files (ulimit -Hn)")
        limit.rlim_cur = max(limit.rlim_cur, needed)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    @Test("2,000 idle connections keep no other client from its replies")
    func idleConnections() async {
        await #expect(processExitsWith: .success) {
            try Self.setDescriptorLimit(atLeast: 6000)
            let options = ServerOptions.loopback {
                $0.connectionLimit = 4096
                $0.headTimeout = 0
            }
            try await withServer(options) { _ in
                .status(200)
            } test: { server in
                let scraper = try await server.client(from: "127.0.0.2")
                var idle: [RawClient] = []
                for count in 1...2000 {
                    idle.append(try await server.client())
                    guard count.isMultiple(of: 100) else { continue }
                    try await scraper.request("/")
                    #expect(try await scraper.reply()?.status == 200)
                    #expect(try await server.answers(from: "127.0.0.3"))
                }
                try await wait { server.connectionCounts.open >= 2001 }
                for client in idle { await client.leave() }
                try await wait { server.connectionCounts.open <= 1 }
            }
        }
    }

    @Test("of 2,000 idle connections of one address only the newest stay open if there is a limit for each address")
    func idleConnectionsOfOneAddress() async {
        await #expect(processExitsWith: .success) {
            try Self.setDescriptorLimit(atLeast: 6000)
            let most = 32
            let options = ServerOptions.loopback {
                $0.connectionLimit = 64
                $0.perAddressConnectionLimit = 32
            }
            try await withServer(options) { _ in
                .status(200)
            } test: { server in
                var idle: [RawClient] = []
                for count in 1...2000 {
                    idle.append(try await server.client())
                    guard count.isMultiple(of: 100) else { continue }
                    #expect(try await server.answers(from: "127.0.0.3"))
                    // That client's own may still be there.
                    #expect(server.connectionCounts.open <= most + 1)
                }
                try await wait { server.connectionCounts.displacedOfAddress >= 2000 - most }
                #expect(server.connectionCounts.dropped == 0)
            }
        }
    }

    @Test("without a free descriptor the server serves its connections, and new ones as soon as one is free")
    func noDescriptors() async {
        await #expect(processExitsWith: .success) {
            try await withServer(.loopback { $0.idleTimeout = 0 }) { _ in
                .status(200)
            } test: { server in
                let early = try await server.client()
                try await early.request("/")
                #expect(try await early.reply()?.status == 200)

                // The library behind Task.sleep ends the process if it finds no descriptor for its first timer. It makes
                // none for a sleep that is over before it looks, so one sleep is not enough on a busy machine.
                for _ in 1...20 { try await Task.sleep(for: .milliseconds(5)) }
                var limit = rlimit(rlim_cur: 200, rlim_max: 200)
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                let late = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                var taken: [Int32] = []
                while true {
                    let descriptor = open("/dev/null", O_RDONLY)
                    guard descriptor >= 0 else { break }
                    taken.append(descriptor)
                }
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = in_port_t(UInt16(server.port).bigEndian)
                inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
                let result = withUnsafePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(late, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
                #expect(result == 0)
                let lateClient = RawClient(descriptor: late)
                try await lateClient.request("/")
                try await wait { server.connectionCounts.failedAccepts >= 3 }
                try await early.request("/")
                #expect(try await early.reply()?.status == 200)

                for descriptor in taken { close(descriptor) }
                #expect(try await lateClient.reply()?.status == 200)
                #expect(try await server.answers())
            }
        }
    }
}
