import MailStoreAPI
import Testing

@testable import CurlTransport

@Suite("Kept-alive connections that have died")
struct RepetitionTests {
    /// Ways in which a server or something on the way ends a connection that was used before.
    static let endings = ["close", "drop", "reset", "garbage", "broken-tls"]

    @Test("a request that fails on a used connection before a reply is sent once more on a new one", arguments: endings)
    func repeated(ending: String) async throws {
        let setup = try Setup()
        for _ in 0..<3 { #expect(try await setup.send("/again/\(ending)").text == "first") }
        #expect(try setup.server.connections() == 3)
        #expect(try setup.server.requests() == 5)
    }

    @Test(
        "a new connection that fails too is an error: nothing is repeated twice", arguments: ["disconnect", "garbage"])
    func onceOnly(path: String) async throws {
        let setup = try Setup()
        _ = try await setup.send("/status/200")
        #expect(try await setup.failure("/\(path)").kind == .connect)
        #expect(try setup.server.requests() == 3)
    }

    @Test("a request that must not be repeated is sent once, on a new connection")
    func unrepeatable() async throws {
        let setup = try Setup()
        _ = try await setup.send("/status/200")
        var request = HTTPRequest(path: "/disconnect", credentials: .test, timeout: .seconds(20))
        request.isRepeatable = false
        await #expect(throws: TransportError.self) { try await setup.transport.send(request) }
        #expect(try setup.server.requests() == 2)
        #expect(try setup.server.connections() == 2)
    }

    @Test("a reply that broke off is not asked for again")
    func brokenReply() async throws {
        let setup = try Setup()
        _ = try await setup.send("/status/200")
        #expect(try await setup.failure("/short").kind == .truncated)
        #expect(try setup.server.requests() == 2)
    }
}

@Suite("Compressed replies")
struct CompressionTests {
    @Test(
        "nothing asks for compression, and a compressed reply is read", arguments: ["gzip", "deflate", "raw-deflate"])
    func unasked(coding: String) async throws {
        let setup = try Setup()
        #expect(try await !setup.send("/echo").text.lowercased().contains("accept-encoding"))
        let reply = try await setup.send("/compressed/\(coding)/131072")
        #expect(reply.body == [UInt8](repeating: UInt8(ascii: "a"), count: 131_072))
    }

    @Test("the limit counts what comes out of a compressed reply")
    func bomb() async throws {
        let setup = try Setup { $0.maximumReplySize = 1 << 20 }
        // Compressed, it is a thousandth of that.
        let error = try await setup.failure("/compressed/gzip/\(64 << 20)")
        #expect(error.kind == .tooLarge)
        #expect(error.description.contains("larger than the limit of 1048576 bytes"))
        #expect(try await setup.send("/compressed/gzip/\(1 << 20)").body.count == 1 << 20)
    }

    @Test("a compression that cannot be read is named, with who may cause it")
    func unknown() async throws {
        let setup = try Setup()
        let error = try await setup.failure("/encoded/x-pack")
        #expect(error.kind == .truncated)
        #expect(error.description.contains("is compressed in a form that cannot be read"))
        #expect(error.description.contains("proxy in front"))
    }

    @Test("a body that claims to be compressed and is not is an error", arguments: ["gzip", "deflate"])
    func lie(coding: String) async throws {
        let setup = try Setup()
        #expect(try await setup.failure("/encoded/\(coding)").kind == .truncated)
    }
}
