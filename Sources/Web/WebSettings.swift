package import Configuration
package import OperatingSystem
package import PlainText

/// The settings of the web endpoint.
package struct WebSettings: Sendable {
    /// The listen addresses; at least one.
    package var listenAddresses: [ListenAddress]
    /// Whether it listens on the sockets from systemd instead of the addresses.
    package var usesSystemdSocket = false
    /// Whether `POST /-/reload` reloads the configuration.
    package var enablesLifecycle = false
    /// The path of the metrics: begins with a slash, and is that of no other page.
    package private(set) var telemetryPath = usualTelemetryPath
    package static let usualTelemetryPath = "/metrics"
    /// The file with TLS, passwords and headers; nil if there is none.
    package var configurationFile: String?
    /// The most connections at a time on all listen addresses together, at least 1.
    package var maximumConnections = 1024
    /// The most connections at a time from one address, at least 1.
    package var maximumConnectionsPerAddress = 768

    package init(listenAddresses: [ListenAddress]) {
        self.listenAddresses = listenAddresses
    }

    /// - Throws: ``InvalidValue`` if the metrics cannot be served there.
    package mutating func setTelemetryPath(_ path: String) throws(InvalidValue) {
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"?#%\"<>".utf8.contains($0) })
        else {
            throw InvalidValue("\(QuotedText(path)) is not a path; write one such as /metrics, without a query")
        }
        let isTaken =
            path != Self.usualTelemetryPath
            && (Router.pagePaths.contains(path) || path == Router.reloadPath || path.hasPrefix("/targets/"))
        guard !isTaken else { throw InvalidValue("\(path) is the path of another page; choose another one") }
        telemetryPath = path
    }

    /// Reads the web configuration and the files that it names.
    ///
    /// - Returns: Warnings about settings that are valid but insecure.
    /// - Throws: ``StartupError`` with every mistake.
    package func check() throws(StartupError) -> [String] {
        guard let configurationFile else { return [] }
        do {
            let configuration = try WebConfigurationReading(path: configurationFile).outcome.get()
            try configuration.tls?.check()
            return configuration.warnings
        } catch {
            throw StartupError("\(error)", isMistake: true)
        }
    }
}
