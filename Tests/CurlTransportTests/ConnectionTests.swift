import MailStoreAPI
import Testing

@testable import CurlTransport

@Suite("Connections")
struct ConnectionTests {
    @Test("many calls one after the other use one connection, and each knows its certificate")
    func keepAlive() async throws {
        let setup = try Setup()
        var certificates: Set<String> = []
        for _ in 0..<20 {
            let reply = try await setup.send("/status/200")
            certificates.insert(reply.certificate?.publicKeyPin ?? "none")
        }
        #expect(try setup.server.connections() == 1)
        #expect(try setup.server.requests() == 20)
        #expect(certificates.count == 1 && !certificates.contains("none"))
    }

    @Test("calls run at the same time, up to the limit of connections")
    func concurrency() async throws {
        let setup = try Setup { $0.maximumConnections = 3 }
        // Each answer waits until three such requests are there.
        let replies = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<3 { group.addTask { try await setup.send("/together").text } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(replies == ["together", "together", "together"])
    }

    @Test("more calls than connections wait their turn and are all answered")
    func queue() async throws {
        let setup = try Setup { $0.maximumConnections = 2 }
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<60 { group.addTask { try await setup.send("/bytes/1000").body.count } }
            return try await group.reduce(0) { $0 + $1 }
        }
        #expect(count == 60_000)
        #expect(try setup.server.connections() <= 2)
    }

    @Test("a call that finds no free connection in its time says so")
    func expiredInQueue() async throws {
        let setup = try Setup { $0.maximumConnections = 1 }
        async let hanging = setup.failure("/hang", timeout: .seconds(20))
        while try setup.server.requests() == 0 { await Task.yield() }
        let error = try await setup.failure("/status/200", timeout: .milliseconds(100))
        #expect(error.kind == .timeout)
        #expect(error.description.contains("after 0.1 s while waiting for one of 1 connections"))
        setup.engine.shutdown()
        #expect(try await hanging.kind == .cancelled)
    }

    @Test("a connection that the server closed is made anew")
    func reconnect() async throws {
        let setup = try Setup()
        for _ in 0..<3 { #expect(try await setup.send("/close").text == "bye") }
        #expect(try setup.server.connections() == 3)
    }

    @Test("a connection that is older than its longest life is not used again", .timeLimit(.minutes(5)))
    func maximumAge() async throws {
        let setup = try Setup { $0.connectionMaximumAge = .seconds(1) }
        // libcurl counts whole seconds, so a connection may be used for almost two.
        while try setup.server.connections() < 2, !Task.isCancelled { _ = try await setup.send("/status/200") }
    }

    @Test("transports share one engine, and one that is gone takes nothing along")
    func sharing() async throws {
        let setup = try Setup()
        for _ in 0..<3 {
            let other = CurlTransport(
                engine: setup.engine, options: CurlOptions(baseURL: setup.server.url, skipVerification: true))
            let request = HTTPRequest(path: "/status/200", credentials: nil, timeout: .seconds(20))
            #expect(try await other.send(request).certificate?.verified == false)
            #expect(try await setup.send("/status/200").certificate?.verified == true)
        }
    }
}
