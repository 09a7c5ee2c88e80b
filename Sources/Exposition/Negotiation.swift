/// One of the two text formats that a page can be written in.
package enum Format: String, Sendable, Hashable, CaseIterable {
    /// Prometheus's text format, versions 0.0.4 and 1.0.0. They differ in how names are escaped, not in layout.
    case text
    /// OpenMetrics 1.0.
    case openMetrics = "openmetrics"
}

/// The format and encoding of a reply.
package struct NegotiatedFormat: Sendable {
    package let format: Format
    /// The value of the header `Content-Type`, one of about twenty.
    package let contentType: String
    /// Whether the client wants gzip.
    package let gzip: Bool
}

/// Chooses format, escaping scheme and compression from the request headers.
///
/// It answers Prometheus 2 and 3 like Prometheus's own library and never refuses: a client that accepts none of the
/// formats gets text 0.0.4.
package enum Negotiation {
    /// The choice for the values of the headers `Accept` and `Accept-Encoding`, nil for a missing header.
    package static func choose(accept: String?, acceptEncoding: String?) -> NegotiatedFormat {
        let gzip = acceptEncoding.map(wantsGzip) ?? false
        for element in ranked(HeaderList.parse(accept ?? "")) {
            let escaping = element.parameters["escaping"].flatMap { escapingSchemes.contains($0) ? $0 : nil }
            guard let (format, mediaType) = offer(for: element, hasEscaping: escaping != nil) else { continue }
            return NegotiatedFormat(
                format: format, contentType: mediaType + (escaping.map { "; escaping=" + $0 } ?? ""), gzip: gzip)
        }
        return NegotiatedFormat(format: .text, contentType: text004, gzip: gzip)
    }

    /// The known values of the parameter `escaping`.
    ///
    /// They select how to write names that Prometheus 2 cannot read ("UTF-8 metric and label name escaping schemes" in
    /// Prometheus's documentation). The exporter has no such names, so a page is the same under all of them.
    private static let escapingSchemes: Set<String> = ["allow-utf-8", "underscores", "dots", "values"]

    private static let text004 = "text/plain; version=0.0.4; charset=utf-8"
    private static let text100 = "text/plain; version=1.0.0; charset=utf-8"
    private static let openMetrics001 = "application/openmetrics-text; version=0.0.1; charset=utf-8"
    private static let openMetrics100 = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    /// The format that satisfies this element of `Accept`, if any.
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
            // The version differs only in escaping: without a scheme it has no advantage for the client.
            return (.text, text100)
        default:
            return nil
        }
    }

    /// The acceptable elements, best first: by preference, then exact ones before `x/*` and `*/*`, then in the order
    /// of the header.
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
