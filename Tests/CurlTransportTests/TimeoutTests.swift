import MailStoreAPI
import Testing

@testable import CurlTransport

@Suite("Time-outs")
struct TimeoutTests {
    @Test(
        "the total time-out ends a call in every phase of the reply",
        arguments: [
            ("/hang", "waiting for the reply"), ("/stall", #"receiving the reply \(bytes received: 10\)"#),
        ])
    func total(path: String, phase: String) async throws {
        let setup = try Setup()
        let error = try await setup.failure(path, timeout: .milliseconds(300))
        #expect(error.kind == .timeout)
        #expect(error.description.contains(try Regex("timed out after [0-9.]+ s while \(phase)")))
        #expect(error.certificate?.verified == true)
    }

    @Test(
        "the connect time-out ends a call that gets no further",
        arguments: [(TestServer.Mode.silent, "negotiating TLS"), (.full, "connecting")])
    func connect(mode: TestServer.Mode, phase: String) async throws {
        let server = try TestServer(mode)
        let transport = CurlTransport(
            engine: CurlEngine(), options: CurlOptions(baseURL: server.url, connectTimeout: .milliseconds(300)))
        let error = try await transport.failure()
        #expect(error.kind == .timeout)
        #expect(error.description.contains(try Regex("timed out after [0-9.]+ s while \(phase)")))
        #expect(error.certificate == nil)
    }

    @Test("a total time-out shorter than the connect time-out counts for connecting too")
    func shorterTotal() async throws {
        let server = try TestServer(.silent)
        let transport = CurlTransport(engine: CurlEngine(), options: CurlOptions(baseURL: server.url))
        #expect(try await transport.failure(timeout: .milliseconds(200)).kind == .timeout)
    }

    @Test("no time at all is a time-out", arguments: [Duration.zero, .seconds(-5)])
    func nothingLeft(timeout: Duration) async throws {
        let transport = CurlTransport(engine: CurlEngine(), options: CurlOptions(baseURL: "https://127.0.0.1:1"))
        #expect(try await transport.failure(timeout: timeout).kind == .timeout)
    }

    @Test(
        "durations become milliseconds that libcurl does not take for endless",
        arguments: [
            (Duration.seconds(2), 2000), (.milliseconds(1), 1), (.nanoseconds(1), 1), (.zero, 1), (.seconds(-3), 1),
            (.milliseconds(-3), 1), (.microseconds(1500), 2), (.seconds(100_000_000_000), 2_000_000_000),
        ])
    func milliseconds(duration: Duration, expected: Int) {
        #expect(duration.curlMilliseconds == expected)
    }

    @Test(
        "durations are written in seconds with one decimal place at most",
        arguments: [
            (Duration.seconds(2), "2 s"), (.milliseconds(500), "0.5 s"), (.milliseconds(2040), "2 s"),
            (.milliseconds(2050), "2.1 s"), (.milliseconds(9960), "10 s"),
        ])
    func seconds(duration: Duration, expected: String) {
        #expect(duration.secondsText == expected)
    }
}
