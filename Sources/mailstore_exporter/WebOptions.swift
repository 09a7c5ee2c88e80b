import ArgumentParser
import Exporter

/// Where the web endpoint listens.
struct WebOptions: ParsableArguments {
    @Option(
        name: .customLong("web.listen-address"),
        help: ArgumentHelp(
            "An address to listen on, host:port; repeatable. IPv6 hosts stand in brackets, an empty host means all.",
            valueName: "address"))
    var listenAddresses: [String] = ["127.0.0.1:9463"]

    /// - Throws: A message that names the flag.
    func parse() throws -> [ListenAddress] {
        try listenAddresses.map { text in
            do {
                return try ListenAddress(parsing: text)
            } catch {
                throw Failure("--web.listen-address: \(error)", code: .configuration)
            }
        }
    }
}
