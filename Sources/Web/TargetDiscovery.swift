import MicroHTTPServer

/// The page at `/sd`: the configured targets, as Prometheus's `http_sd_configs` reads them.
///
/// Names and nothing else: they hold letters, digits, dots, hyphens and underscores only, so that nothing needs to be
/// escaped.
enum TargetDiscovery {
    static func response(for names: [String]) -> Response {
        let groups = names.map { "{\"targets\": [\"\($0)\"], \"labels\": {}}" }
        return Response(
            Array("[\(groups.joined(separator: ",\n "))]\n".utf8),
            headers: [(name: "Content-Type", value: "application/json"), (name: "Cache-Control", value: "no-store")])
    }
}
