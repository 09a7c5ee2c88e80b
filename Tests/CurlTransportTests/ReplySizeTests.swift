import MailStoreAPI
import Testing

@testable import CurlTransport

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
        let error = await #expect(throws: TransportError.self) { [request] in
            try await setup.transport.send(request)
        }
        #expect(error?.kind == .tooLarge)
        #expect(error?.description.contains("400000 bytes") == true)
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
