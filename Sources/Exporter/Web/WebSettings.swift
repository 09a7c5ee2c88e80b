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
}
