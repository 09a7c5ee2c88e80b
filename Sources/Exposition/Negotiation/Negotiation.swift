/// Chooses format, escaping and compression from what a client says it accepts.
///
/// It answers Prometheus 2 and 3 as Prometheus's own library does and never refuses: a client that accepts nothing
/// that there is gets text 0.0.4.
package enum Negotiation {
    /// The choice for the values of the headers `Accept` and `Accept-Encoding`; nil where a header is missing.
    package static func choose(accept: String?, acceptEncoding: String?) -> NegotiatedFormat {
        let gzip = acceptEncoding.map(wantsGzip) ?? false
        for element in ranked(HeaderList.parse(accept ?? "")) {
            let escaping = element.parameters["escaping"].flatMap(EscapingScheme.init)
            guard let (format, mediaType) = offer(for: element, hasEscaping: escaping != nil) else { continue }
            return NegotiatedFormat(
                format: format, escaping: escaping ?? .underscores,
                contentType: mediaType + (escaping.map { "; escaping=" + $0.rawValue } ?? ""), gzip: gzip)
        }
        return NegotiatedFormat(format: .text, escaping: .underscores, contentType: text004, gzip: gzip)
    }

    private static let text004 = "text/plain; version=0.0.4; charset=utf-8"
    private static let text100 = "text/plain; version=1.0.0; charset=utf-8"
    private static let openMetrics001 = "application/openmetrics-text; version=0.0.1; charset=utf-8"
    private static let openMetrics100 = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    /// What there is for this element of `Accept`, if anything.
    private static func offer(for element: HeaderElement, hasEscaping: Bool) -> (Format, String)? {
        let version = element.parameters["version"]
        switch (element.value, version) {
        case ("application/openmetrics-text", nil), ("application/openmetrics-text", "1.0.0"), ("application/*", nil):
            return (.openMetrics, openMetrics100)
        case ("application/openmetrics-text", "0.0.1"):
            return (.openMetrics, openMetrics001)
        case ("text/plain", nil), ("text/plain", "0.0.4"), ("text/*", nil), ("*/*", nil):
            return (.text, text004)
        case ("text/plain", "1.0.0") where hasEscaping:
            // The version is about escaping and nothing else: who does not name a scheme gains nothing by it.
            return (.text, text100)
        default:
            return nil
        }
    }

    /// The elements that are wanted at all, best first: by preference, then the exact before `x/*` and `*/*`, then as
    /// they came.
    private static func ranked(_ elements: [HeaderElement]) -> [HeaderElement] {
        let ranks = elements.enumerated().filter { $0.element.quality > 0 }.map { index, element in
            (rank: (-element.quality, element.value.count { $0 == "*" }, index), element: element)
        }
        return ranks.sorted { $0.rank < $1.rank }.map(\.element)
    }

    private static func wantsGzip(_ header: String) -> Bool {
        let elements = HeaderList.parse(header)
        let named = elements.first { $0.value == "gzip" || $0.value == "x-gzip" }
        guard let gzip = named ?? elements.first(where: { $0.value == "*" }), gzip.quality > 0 else { return false }
        let plain = elements.first { $0.value == "identity" }
        return gzip.quality >= plain?.quality ?? 0
    }
}
