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

    @Flag(
        name: .customLong("web.enable-lifecycle"),
        help: "Let POST /-/reload read the configuration again, as SIGHUP does.")
    var enablesLifecycle = false

    /// - Throws: A message that names the flag.
    func parse() throws -> WebSettings {
        let addresses = try listenAddresses.map { text in
            do {
                return try ListenAddress(parsing: text)
            } catch {
                throw Failure("--web.listen-address: \(error)", code: .configuration)
            }
        }
        return WebSettings(listenAddresses: addresses, enablesLifecycle: enablesLifecycle)
    }
}
