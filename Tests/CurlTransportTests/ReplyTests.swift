import MailStoreAPI
import Testing

@testable import CurlTransport

@Suite("Replies")
struct ReplyTests {
    @Test("every status comes back with its body", arguments: [200, 204, 400, 401, 403, 404, 411, 500, 503])
    func statuses(status: Int) async throws {
        let setup = try Setup()
        let reply = try await setup.send("/status/\(status)")
        #expect(reply.status == status)
        // A 204 has no body, whatever the server sends.
        #expect(reply.text == (status == 204 ? "" : "body of /status/\(status)"))
    }

    @Test("a redirect is handed back and not followed")
    func redirect() async throws {
        let setup = try Setup()
        let reply = try await setup.send("/redirect")
        #expect(reply.status == 302)
        #expect(reply.text == "elsewhere")
        #expect(try setup.server.requests() == 1)
    }

    @Test("Date and Content-Type come as they were sent, and are absent where they were not")
    func headers() async throws {
        let setup = try Setup()
        let dated = try await setup.send("/dated")
        #expect(dated.date == "Sat, 03 Jan 2026 10:00:00 GMT")
        #expect(dated.contentType == "application/json")
        let bare = try await setup.send("/status/200")
        #expect(bare.date == nil)
        #expect(bare.contentType == nil)
    }

    @Test("bodies of any length arrive whole", arguments: [0, 1, 16_384, 19_000, 3_000_000])
    func bodies(length: Int) async throws {
        let setup = try Setup()
        let reply = try await setup.send("/bytes/\(length)")
        #expect(reply.body == (0..<length).map { UInt8($0 % 251) })
    }

    @Test("a chunked body arrives whole")
    func chunks() async throws {
        let setup = try Setup()
        let reply = try await setup.send("/chunks/5000")
        #expect(reply.text == String(repeating: "abcde", count: 5000))
    }

    @Test(
        "a reply that breaks off is an error, not a short body",
        arguments: [("/short", 10), ("/broken-chunks", 5), ("/bad-chunks", 0)])
    func truncated(path: String, received: Int) async throws {
        let setup = try Setup()
        let error = try await setup.failure(path)
        #expect(error.kind == .truncated)
        #expect(error.description.contains("broke off in its body (bytes received: \(received))"))
        #expect(error.certificate?.verified == true)
    }

    @Test("a connection that is closed without a reply is told so")
    func disconnect() async throws {
        let setup = try Setup()
        let error = try await setup.failure("/disconnect")
        #expect(error.kind == .connect)
        #expect(error.description.contains("closed the connection before it replied"))
    }

    @Test("a reply that is not HTTP is told so")
    func garbage() async throws {
        let setup = try Setup()
        let error = try await setup.failure("/garbage")
        #expect(error.kind == .connect)
        #expect(error.description.contains("not HTTP"))
    }

    @Test("an error leaves the transport usable")
    func recovery() async throws {
        let setup = try Setup()
        for path in ["/short", "/disconnect", "/garbage", "/broken-chunks"] {
            _ = try await setup.failure(path)
            #expect(try await setup.send("/status/200").status == 200)
        }
    }
}

@Suite("The limit of a reply's size")
struct ReplySizeTests {
    @Test("a reply of exactly the limit is taken, one byte more is not", arguments: [(5000, true), (5001, false)])
    func border(length: Int, fits: Bool) async throws {
        let setup = try Setup { $0.maximumReplySize = 5000 }
        if fits {
            #expect(try await setup.send("/bytes/\(length)").body.count == length)
        } else {
            #expect(try await setup.failure("/bytes/\(length)").kind == .tooLarge)
        }
    }

    @Test("the limit holds for chunked bodies too", arguments: [(1000, true), (1001, false)])
    func chunkedBorder(chunks: Int, fits: Bool) async throws {
        let setup = try Setup { $0.maximumReplySize = 5000 }
        if fits {
            #expect(try await setup.send("/chunks/\(chunks)").body.count == chunks * 5)
        } else {
            #expect(try await setup.failure("/chunks/\(chunks)").kind == .tooLarge)
        }
    }

    @Test(
        "a reply that is announced too large, or never ends, is given up",
        arguments: ["/declared", "/endless", "/endless-plain", "/endless-headers"])
    func endless(path: String) async throws {
        let setup = try Setup { $0.maximumReplySize = 100_000 }
        let error = try await setup.failure(path)
        #expect(error.kind == .tooLarge)
        #expect(error.description.contains("100000 bytes"))
    }

    @Test("a request that allows a large reply has four times the limit, and says so")
    func largeReply() async throws {
        let setup = try Setup { $0.maximumReplySize = 100_000 }
        var request = HTTPRequest(path: "/endless", credentials: .test, timeout: .seconds(20))
        request.allowsLargeReply = true
        do throws(TransportError) {
            _ = try await setup.transport.send(request)
            Issue.record("an endless reply has ended")
        } catch {
            #expect(error.kind == .tooLarge)
            #expect(error.description.contains("400000 bytes"))
        }
    }

    @Test("what is kept never passes the limit")
    func buffer() {
        var buffer = ReplyBuffer(limit: 10)
        func append(_ bytes: [UInt8], announced: Int) -> Bool {
            bytes.withUnsafeBytes { buffer.append($0, announced: announced) }
        }
        #expect(append([1, 2, 3, 4, 5, 6], announced: .max))
        #expect(!append([7, 8, 9, 10, 11], announced: 0))
        #expect(buffer.overflowed)
        #expect(buffer.bytes == [1, 2, 3, 4, 5, 6])
        #expect(buffer.take() == [1, 2, 3, 4, 5, 6])
        #expect(buffer.bytes.isEmpty && !buffer.overflowed)
    }

    @Test("a nonsensical announced length is ignored", arguments: [-1, 0, 3])
    func announcedLength(announced: Int) {
        var buffer = ReplyBuffer(limit: 10)
        let taken = [UInt8](1...6).withUnsafeBytes { buffer.append($0, announced: announced) }
        #expect(taken)
        #expect(buffer.bytes == [1, 2, 3, 4, 5, 6])
    }
}
