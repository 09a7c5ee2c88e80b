import Exposition
import Testing

@Suite("The format is negotiated as Prometheus 2 and 3 expect it")
struct NegotiationTests {
    private static let text = "text/plain; version=0.0.4; charset=utf-8"
    private static let openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    /// What Prometheus sends: version 2, version 3 by default, with text first, and with the binary format first, which
    /// is not offered.
    private static let prometheus: [(String, String)] = [
        (
            """
            application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
            text/plain;version=0.0.4;q=0.5,*/*;q=0.1
            """, openMetrics
        ),
        (
            "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "application/openmetrics-text; version=0.0.1; charset=utf-8"
        ),
        ("text/plain;version=0.0.4;q=1,*/*;q=0.1", text),
        (
            """
            application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
            application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
            text/plain;version=0.0.4;q=0.3,*/*;q=0.2
            """, openMetrics + "; escaping=allow-utf-8"
        ),
        (
            """
            text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,\
            application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.4,*/*;q=0.2
            """, "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
        ),
        (
            """
            application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,\
            application/openmetrics-text;version=1.0.0;escaping=values;q=0.6,text/plain;q=0.5
            """, openMetrics + "; escaping=values"
        ),
    ]

    private static let variants: [(String, String)] = [
        ("text/plain;version=0.0.4;escaping=dots", text + "; escaping=dots"),
        ("text/plain;version=0.0.4;escaping=klingon", text),
        ("text/plain;version=1.0.0", text),
        ("text/plain;version=1.0.0,application/openmetrics-text;q=0.1", openMetrics),
        ("application/openmetrics-text;version=2.0.0,text/plain;q=0.2", text),
        ("application/openmetrics-text", openMetrics),
        ("application/openmetrics-text;version=\"1.0.0\"", openMetrics),
        ("APPLICATION/OpenMetrics-Text ; Version = 1.0.0 ; Q=0.9 , text/plain;q=0.8", openMetrics),
        ("application/openmetrics-text;q=0.5,text/plain;q=0.500,*/*", text),
        ("application/openmetrics-text;q=0,*/*;q=0.1", text),
        ("*/*,application/openmetrics-text", openMetrics),
        ("text/*;q=0.3,application/*;q=0.2", text),
        ("application/*", openMetrics),
    ]

    /// Browsers, curl, and what nobody should send.
    private static let others: [(String, String)] = [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", text),
        ("*/*", text),
        ("", text),
        ("image/png", text),
        ("text/html;q=0", text),
        (",,;;,=;q=,\";\",\u{0}", text),
        (";version=1.0.0", text),
        ("application/openmetrics-text;q=abc", openMetrics),
        ("application/openmetrics-text;q=0.0000,text/plain;q=0.001", text),
        ("\"application/openmetrics-text", text),
        ("x/y;a=\"quoted, application/openmetrics-text\",text/plain", text),
    ]

    @Test("Accept decides about the content type", arguments: prometheus + variants + others)
    func contentType(accept: String, expected: String) {
        let chosen = Negotiation.choose(accept: accept, acceptEncoding: nil)
        #expect(chosen.contentType == expected)
        #expect(chosen.format == (expected.hasPrefix("text/plain") ? .text : .openMetrics))
    }

    @Test("no header at all means text without compression")
    func nothing() {
        let chosen = Negotiation.choose(accept: nil, acceptEncoding: nil)
        #expect(chosen.contentType == Self.text)
        #expect(!chosen.gzip)
    }

    @Test("a huge header is read to its limit and no further", arguments: [",", "a/b;", "\\", "\"", "a,"])
    func huge(rubbish: String) {
        let rubbish = "\"" + String(repeating: rubbish, count: 1 << 18)
        let behind = Negotiation.choose(
            accept: rubbish + ",application/openmetrics-text", acceptEncoding: rubbish + ",gzip")
        #expect(behind.format == .text)
        #expect(!behind.gzip)
        let before = Negotiation.choose(
            accept: "application/openmetrics-text," + rubbish, acceptEncoding: "gzip," + rubbish)
        #expect(before.format == .openMetrics)
        #expect(before.gzip)
    }

    @Test(
        "Accept-Encoding decides about gzip",
        arguments: [
            ("gzip", true), ("GZIP", true), ("x-gzip", true), ("deflate, gzip;q=0.5, br", true), ("*", true),
            ("gzip;q=0.001", true), ("gzip;q=1.0, identity;q=0.5", true), ("*;q=0, gzip", true),
            ("gzip;q=0", false), ("gzip;q=0.000", false), ("gzip;q=0, *", false), ("*;q=0", false),
            ("identity", false), ("identity;q=1, gzip;q=0.5", false), ("br, deflate", false), ("", false),
            ("gzipped", false), ("not gzip", false),
        ])
    func gzip(acceptEncoding: String, expected: Bool) {
        #expect(Negotiation.choose(accept: nil, acceptEncoding: acceptEncoding).gzip == expected)
    }
}
