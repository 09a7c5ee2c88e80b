import Foundation
import Glibc
import MicroHTTPServer
import Testing

@testable import Exporter

@Suite("Whether the web endpoint answers")
struct EndpointLivenessTests {
    private static let patience = Duration.seconds(20)

    private func verdict(
        _ host: String, _ port: Int, within limit: Duration = patience
    ) async -> EndpointLiveness.Verdict {
        await EndpointLiveness(addresses: SocketAddress.candidates(host: host, port: port)).verdict(within: limit)
    }

    @Test(
        "is found out by whatever way it listens", arguments: [("127.0.0.1", "127.0.0.1"), ("", ""), ("", "localhost")])
    func answers(bound: String, asked: String) async throws {
        let refusal = Response(text: "no")
        let server = try HTTPServer(ServerOptions(host: bound, port: 0)) { _ in .respond(status: 401, refusal) }
        #expect(await verdict(asked, server.port) == .answers)
        server.stop()
        #expect(await verdict(asked, server.port) == .isSilent)
    }

    @Test("takes a connection that is closed without a word for an answer")
    func closed() async throws {
        let listener = try ListeningSocket()
        let descriptor = listener.descriptor
        Thread.detachNewThread { close(accept(descriptor, nil, nil)) }
        #expect(await verdict("127.0.0.1", listener.port) == .answers)
    }

    @Test("takes it for silence that nobody takes a connection, or that nobody answers")
    func silent() async throws {
        // The kernel takes connections for a listener, as many as its backlog allows.
        let listener = try ListeningSocket()
        #expect(await verdict("127.0.0.1", listener.port, within: .milliseconds(50)) == .isSilent)
        let check = EndpointLiveness(addresses: SocketAddress.candidates(host: "127.0.0.1", port: listener.port))
            .check(named: "127.0.0.1:1", within: .milliseconds(50))
        #expect(await check.problem() == "the web endpoint 127.0.0.1:1 does not answer")
    }

    @Test("says nothing where there is nobody to ask")
    func unknown() async {
        #expect(await EndpointLiveness(addresses: []).verdict(within: Self.patience) == .unknown)
    }
}
