import NIOConcurrencyHelpers

/// The configuration by which the program runs now, for whoever wants to show it.
final class ConfigurationInForce: Sendable {
    private let box: NIOLockedValueBox<Configuration>

    init(_ configuration: Configuration) {
        box = NIOLockedValueBox(configuration)
    }

    var value: Configuration { box.withLockedValue { $0 } }

    func replace(with configuration: Configuration) {
        box.withLockedValue { $0 = configuration }
    }
}
