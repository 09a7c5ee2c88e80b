import Exposition
import MailStoreAPI
import TestSupport
import Testing

@testable import Web

@Suite("Scrapes are answered with prebuilt responses")
struct MetricsEndpointTests {
    private let bench: WebBench

    init() throws {
        bench = try WebBench()
        bench.update()
        bench.store.render()
    }

    @Test("two scrapes within a second share one response while nothing has changed")
    func shared() {
        let first = bench.endpoint.response(accept: nil, acceptEncoding: nil)
        bench.time.advance(by: .milliseconds(999))
        #expect(bench.endpoint.response(accept: nil, acceptEncoding: nil) === first)
        #expect(bench.endpoint.response(accept: "text/plain", acceptEncoding: "identity") === first)
    }

    @Test("after a second the part about the exporter is made anew")
    func refreshed() {
        let first = bench.endpoint.response(accept: nil, acceptEncoding: nil)
        bench.time.advance(by: .seconds(1))
        let second = bench.endpoint.response(accept: nil, acceptEncoding: nil)
        #expect(second !== first)
        #expect(bench.endpoint.response(accept: nil, acceptEncoding: nil) === second)
    }

    @Test("a change of the targets makes a new response at once")
    func changed() {
        let first = bench.endpoint.response(accept: nil, acceptEncoding: nil)
        bench.update(sessions: 2)
        #expect(bench.endpoint.response(accept: nil, acceptEncoding: nil) === first)
        bench.store.render()
        #expect(bench.endpoint.response(accept: nil, acceptEncoding: nil) !== first)
    }

    @Test("formats and encodings have responses of their own")
    func separate() {
        let plain = bench.endpoint.response(accept: nil, acceptEncoding: nil)
        let gzip = bench.endpoint.response(accept: nil, acceptEncoding: "gzip")
        let openMetrics = bench.endpoint.response(accept: "application/openmetrics-text", acceptEncoding: nil)
        #expect(plain !== gzip && plain !== openMetrics && gzip !== openMetrics)
        #expect(bench.endpoint.response(accept: nil, acceptEncoding: "gzip") === gzip)
        #expect(bench.endpoint.response(accept: "application/openmetrics-text", acceptEncoding: nil) === openMetrics)
    }
}
