import ArgumentParser
import Configuration
import Web

/// Where the web endpoint listens.
struct WebOptions: ParsableArguments {
    @Option(
        name: .customLong("web.listen-address"),
        help: ArgumentHelp(
            "An address to listen on, host:port; repeatable. IPv6 hosts stand in brackets, an empty host means all.",
            valueName: "address"))
    var listenAddresses: [String] = ["127.0.0.1:9463"]

    @Flag(
        name: .customLong("web.systemd-socket"),
        help: "Listen on the sockets that systemd hands over, in place of --web.listen-address.")
    var usesSystemdSocket = false

    @Option(
        name: .customLong("web.config.file"),
        help: ArgumentHelp(
            "TLS, passwords and headers, in the file format that Prometheus's exporters share.", valueName: "file"))
    var configurationFile: String?

    @Option(
        name: .customLong("web.max-connections"),
        help: ArgumentHelp("Connections at a time; more are answered 503.", valueName: "number"))
    var maximumConnections = 512

    @Option(
        name: .customLong("web.max-connections-per-address"),
        help: ArgumentHelp("Connections at a time from one address.", valueName: "number"))
    var maximumConnectionsPerAddress = 128

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
        for (flag, number) in [
            ("--web.max-connections", maximumConnections),
            ("--web.max-connections-per-address", maximumConnectionsPerAddress),
        ] where !(1...100_000).contains(number) {
            throw Failure("\(flag): \(number) is out of range; use a number from 1 to 100000", code: .configuration)
        }
        var settings = WebSettings(listenAddresses: addresses)
        settings.usesSystemdSocket = usesSystemdSocket
        settings.enablesLifecycle = enablesLifecycle
        settings.configurationFile = configurationFile
        settings.maximumConnections = maximumConnections
        settings.maximumConnectionsPerAddress = maximumConnectionsPerAddress
        return settings
    }
}
