package import Configuration
package import OperatingSystem

/// How the exporter is reached.
package struct WebSettings: Sendable {
    /// Where it listens; at least one.
    package var listenAddresses: [ListenAddress]
    /// Whether it listens on the sockets that the service manager hands over, and not on the addresses.
    package var usesSystemdSocket = false
    /// Whether `POST /-/reload` reads the configuration again.
    package var enablesLifecycle = false
    /// The web configuration: TLS, passwords, headers; nil where there is none.
    package var configurationFile: String?
    /// Connections at a time, at least 1.
    package var maximumConnections = 512
    /// Connections at a time from one address, at least 1.
    package var maximumConnectionsPerAddress = 128

    package init(listenAddresses: [ListenAddress]) {
        self.listenAddresses = listenAddresses
    }

    /// Reads the web configuration and the files that it names.
    ///
    /// - Returns: what works but is unwise, one text each.
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
