import Glibc
import Testing

@testable import MicroHTTPServer

// Each in a process of its own: descriptors are the whole process's.
@Suite("Floods and the end of descriptors", .timeLimit(.minutes(3)))
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

    @Test("2,000 idle connections of one address are not even held where its number is limited")
    func idleConnectionsOfOneAddress() async {
        await #expect(processExitsWith: .success) {
            try Self.setDescriptorLimit(atLeast: 6000)
            let most = 32 + 4
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
                #expect(server.connectionCounts.dropped >= 2000 - server.connectionCounts.overdue - most)
            }
        }
    }

    @Test("without a descriptor left the server serves whom it has, and others once there is one again")
    func noDescriptors() async {
        await #expect(processExitsWith: .success) {
            try await withServer(.loopback { $0.idleTimeout = 0 }) { _ in
                .status(200)
            } test: { server in
                let early = try await server.client()
                try await early.request("/")
                #expect(try await early.reply()?.status == 200)

                // The library behind Task.sleep ends the process if it finds no descriptor for its first timer.
                try await Task.sleep(for: .milliseconds(1))
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
