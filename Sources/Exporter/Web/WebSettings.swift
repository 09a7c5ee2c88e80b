/// How the exporter is reached.
public struct WebSettings: Sendable {
    /// Where it listens; at least one.
    public var listenAddresses: [ListenAddress]
    /// Whether it listens on the sockets that the service manager hands over, and not on the addresses.
    public var usesSystemdSocket = false
    /// Whether `POST /-/reload` reads the configuration again.
    public var enablesLifecycle = false
    /// The web configuration: TLS, passwords, headers; nil where there is none.
    public var configurationFile: String?
    /// Connections at a time, at least 1.
    public var maximumConnections = 512
    /// Connections at a time from one address, at least 1.
    public var maximumConnectionsPerAddress = 128

    public init(listenAddresses: [ListenAddress]) {
        self.listenAddresses = listenAddresses
    }

    /// Reads the web configuration and the files that it names.
    ///
    /// - Returns: what works but is unwise, one text each.
    /// - Throws: ``StartupError`` with every mistake.
    public func check() throws(StartupError) -> [String] {
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
