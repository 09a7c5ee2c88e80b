package import Configuration
package import OperatingSystem

/// The settings of the web endpoint.
package struct WebSettings: Sendable {
    /// The listen addresses; at least one.
    package var listenAddresses: [ListenAddress]
    /// Whether it listens on the sockets from systemd instead of the addresses.
    package var usesSystemdSocket = false
    /// Whether `POST /-/reload` reloads the configuration.
    package var enablesLifecycle = false
    /// The file with TLS, passwords and headers; nil if there is none.
    package var configurationFile: String?
    /// The most connections at a time on all listen addresses together, at least 1.
    package var maximumConnections = 1024
    /// The most connections at a time from one address, at least 1.
    package var maximumConnectionsPerAddress = 768

    package init(listenAddresses: [ListenAddress]) {
        self.listenAddresses = listenAddresses
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
