/// How the exporter is reached.
public struct WebSettings: Sendable {
    /// Where it listens; at least one.
    public var listenAddresses: [ListenAddress]
    /// Whether `POST /-/reload` reads the configuration again.
    public var enablesLifecycle: Bool

    public init(listenAddresses: [ListenAddress], enablesLifecycle: Bool = false) {
        self.listenAddresses = listenAddresses
        self.enablesLifecycle = enablesLifecycle
    }
}
